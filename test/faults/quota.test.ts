import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { dayOf } from "../../src/time/zone.ts";
import { listenHttp } from "../outbound/listener.ts";
import { ORGANIZATION } from "../support/engine.ts";
import { seededRandom } from "../support/random.ts";
import { sendAll, type Calls } from "./callers.ts";
import { violations } from "./invariants.ts";
import { readLedger, settledOrLate } from "./ledger.ts";
import { placeKinds, type Place } from "./places.ts";
import { launchIn, startProcesses, type Process } from "./processes.ts";
import { zoneFarFromMidnight } from "./scenario.ts";
import { tellRules } from "./tell-rules.ts";

const EVENTS = 1600;
const LIMIT = 1000;
const CALLERS = 64;
const PROCESSES = 4;
const KILLS = 20;
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const rules = (port: number): string => `
kind: Organization
timeZone: ${zoneFarFromMidnight()}
limits: { webhooksPerDay: ${LIMIT} }
---${tellRules(port)}`;

const events = Array.from({ length: EVENTS }, (_, n) => {
  const id = `evt-${n}`;
  return { id, body: JSON.stringify({ id, module: "invoices", type: "created", record: { invoice_id: String(n) } }), rules: ["told"] };
});

/** Kills the processes in turn at even steps of the load; each is started again while the load goes on with the others. */
async function killInTurn(victims: readonly Process[], calls: Calls, random: () => number, signal: AbortSignal): Promise<void> {
  const step = EVENTS / (KILLS + 1);
  const up = victims.map(() => Promise.resolve());
  for (let kill = 1; kill <= KILLS; kill++) {
    // The load must not be over before the kills are.
    calls.allow(Math.ceil((kill + 1) * step));
    while (calls.acknowledged() < Math.floor(kill * step)) await pause(2, undefined, { signal });
    await pause(random() * 30);
    const turn = kill % victims.length;
    const victim = victims[turn];
    await up[turn];
    await victim?.kill();
    up[turn] = victim?.start() ?? Promise.resolve();
  }
  await Promise.all(up);
  calls.allow(EVENTS);
}

/** What came of it. */
type Exhausted = {
  /** Starts that the day's counter says. */
  readonly counted: number;
  /** Distinct webhooks that arrived. */
  readonly arrived: number;
  readonly refused: number;
  readonly faults: readonly string[];
};

async function exhaust(place: Place): Promise<Exhausted> {
  const random = seededRandom(SEED);
  const webhooks = new Map<string, number>();
  const receiver = await listenHttp(({ headers }, response) => {
    const id = String(headers["webhook-id"]);
    webhooks.set(id, (webhooks.get(id) ?? 0) + 1);
    response.writeHead(200).end();
  });
  const roles = Array.from({ length: PROCESSES }, () => "serve" as const);
  const processes = await startProcesses(roles, await launchIn(place, rules(receiver.port), receiver));
  const store = await place.open();
  const over = AbortSignal.timeout(90_000);
  try {
    const calls = sendAll(events, CALLERS, () => processes.intake(random), over);
    await Promise.all([calls.done, killInTurn(processes.all, calls, random, over)]);
    await settledOrLate(store, place, 30_000);

    const { runs } = await readLedger(store, ORGANIZATION);
    const day = dayOf(runs[0]?.createdAt ?? 0, zoneFarFromMidnight());
    const { webhook: counted } = await store.runs.usage(ORGANIZATION, day);
    const refused = runs.filter(({ reason }) => reason === "quotaExceeded").length;
    const acknowledged = new Map(events.map((event) => [event.id, event.rules]));
    const nothing = { cascades: new Map(), firstTime: new Map(), records: [], mails: new Map() };
    const observed = { organization: ORGANIZATION, acknowledged, limits: { webhook: LIMIT }, webhooks, ...nothing };
    // Also: each run that was not skipped has arrived, and nothing else has.
    const faults = [...(await violations(store, observed)), ...processes.deaths];
    return { counted, arrived: webhooks.size, refused, faults };
  } finally {
    await processes.stop();
    await store.close();
    await receiver.close();
    await place.remove();
  }
}

for (const { name, missing, open } of await placeKinds())
  it.skipIf(missing !== null)(
    `${name}: ${CALLERS} callers, ${PROCESSES} processes and ${KILLS} kills -9: ${LIMIT} of ${EVENTS} webhooks start, and no other`,
    { timeout: 180_000 },
    async () => {
      console.log(`seed ${SEED} (SEED=${SEED} repeats the kills)`);
      const { counted, arrived, refused, faults } = await exhaust(await open());
      expect(faults).toEqual([]);
      expect(counted).toBe(LIMIT);
      expect(refused).toBe(EVENTS - LIMIT);
      expect(arrived).toBeLessThanOrEqual(LIMIT);
    },
  );

import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { listenHttp } from "../outbound/listener.ts";
import { seededRandom } from "../support/random.ts";
import { sendAll } from "./callers.ts";
import { violations } from "./invariants.ts";
import { settledOrLate } from "./ledger.ts";
import { placeKinds } from "./places.ts";
import { launchIn, startProcesses } from "./processes.ts";
import { tellRules } from "./tell-rules.ts";

/** What the product promises. */
const RESUMES_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const VICTIMS = 4;
const HELD = 6;

for (const { name, missing, open } of await placeKinds())
  it.skipIf(missing !== null)(`${name}: what a killed worker was doing goes on elsewhere within 10 s`, { timeout: 120_000 }, async () => {
    const random = seededRandom(Number(process.env["SEED"] ?? Date.now() % 1_000_000));
    const place = await open();
    const arrived = new Map<string, number[]>();
    let onArrival = (): void => undefined;
    // The first attempt gets no answer while its worker lives.
    const receiver = await listenHttp(({ headers }, response) => {
      const id = String(headers["webhook-id"]);
      arrived.set(id, [...(arrived.get(id) ?? []), Date.now()]);
      if ((arrived.get(id)?.length ?? 0) > 1) response.writeHead(200).end();
      onArrival();
    });
    /** Resolves when so many webhooks have arrived so often. */
    const arrivals = (ids: number, times: number): Promise<void> =>
      new Promise((resolve) => {
        onArrival = () => {
          if ([...arrived.values()].filter((instants) => instants.length >= times).length >= ids) resolve();
        };
        onArrival();
      });
    const processes = await startProcesses(
      [...Array.from({ length: VICTIMS }, () => "serve" as const), "worker"],
      await launchIn(place, tellRules(receiver.port), receiver),
    );
    const store = await place.open();
    try {
      const acknowledged = new Map<string, readonly string[]>();
      const resumed: number[] = [];
      for (const [index, victim] of processes.all.slice(0, VICTIMS).entries()) {
        const events = Array.from({ length: HELD }, (_, n) => {
          const id = `${index}-${n}`;
          acknowledged.set(id, ["told"]);
          return { id, body: JSON.stringify({ id, module: "invoices", type: "created", record: { invoice_id: id } }), rules: ["told"] };
        });
        const calls = sendAll(events, HELD, () => victim.url(), AbortSignal.timeout(20_000));
        calls.allow(HELD);
        await calls.done;
      }
      await arrivals(VICTIMS * HELD, 1);
      const killedAt = new Map<string, number>();
      for (const [index, victim] of processes.all.slice(0, VICTIMS).entries()) {
        // At any point between two heartbeats.
        await pause(random() * HEARTBEAT_MS);
        await victim.kill();
        const now = Date.now();
        for (let n = 0; n < HELD; n++) killedAt.set(`${index}-${n}`, now);
      }
      await arrivals(VICTIMS * HELD, 2);
      for (const [id, [, second = Infinity]] of arrived) {
        const run = await store.runs.run("default", id);
        expect(run?.attempts[0]).toMatchObject({ outcome: "lost" });
        resumed.push(second - (killedAt.get(run?.record ?? "") ?? 0));
      }
      console.log(`${name}: resumed after ${[...new Set(resumed)].toSorted((a, b) => a - b).join(", ")} ms`);
      expect(Math.max(...resumed)).toBeLessThanOrEqual(RESUMES_MS);

      await settledOrLate(store, place, 20_000);
      const webhooks = new Map([...arrived].map(([id, instants]) => [id, instants.length]));
      const nothing = { cascades: new Map(), firstTime: new Map(), records: [], limits: {}, mails: new Map() };
      expect(await violations(store, { organization: "default", acknowledged, webhooks, ...nothing })).toEqual([]);
    } finally {
      await processes.stop();
      await store.close();
      await receiver.close();
      await place.remove();
    }
  });

import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../support/random.ts";
import { sendAll, type Calls } from "./callers.ts";
import { violations } from "./invariants.ts";
import { readLedger, settledOrLate } from "./ledger.ts";
import type { Place } from "./places.ts";
import { launchIn, startProcesses, type Process, type Role } from "./processes.ts";
import { listenForAll } from "./receivers.ts";
import { mixedLoad } from "./scenario.ts";
import { summaryOf } from "./summary.ts";

export type CrashOptions = {
  readonly events: number;
  readonly kills: number;
  readonly seed: number;
  readonly roles: readonly Role[];
  /** The load must have been acknowledged after so long. */
  readonly limitMs: number;
};

/** What came out: faults in words (none if all is well), and how much happened. */
export type CrashReport = { readonly faults: readonly string[]; readonly summary: string };

const CALLERS = 20;
/** After the last kill: a lease, a retry's delay and the work that is left. */
const SETTLE_MS = 60_000;

/** One kill -9: who, and how long after a share of the events was acknowledged. */
type Kill = { readonly victim: number; readonly at: number; readonly delayMs: number };

/** Runs the mixed load on real processes, kills them at random, waits until nothing is left to do, and looks at what came of it. */
export async function crash(place: Place, { events, kills, seed, roles, limitMs }: CrashOptions): Promise<CrashReport> {
  const began = Date.now();
  const random = seededRandom(seed);
  const plan = killPlan(random, { events, kills, victims: roles.length });
  const scenario = mixedLoad(events);
  const receivers = await listenForAll();
  const processes = await startProcesses(roles, await launchIn(place, scenario.rules(receivers), receivers));
  const store = await place.open();
  const over = new AbortController();
  const late = setTimeout(() => over.abort(new Error(`not all events were acknowledged after ${limitMs} ms`)), limitMs);
  try {
    const opening = sendAll(scenario.first, CALLERS, () => processes.intake(random), over.signal);
    opening.allow(scenario.first.length);
    await opening.done;
    const calls = sendAll(scenario.events, CALLERS, () => processes.intake(random), over.signal);
    await Promise.all([calls.done, killAll(plan, processes.all, calls, events, over.signal)]);
    clearTimeout(late);
    const loaded = Date.now();
    await settledOrLate(store, place, SETTLE_MS);
    const exits = await Promise.all(processes.all.map((one) => one.end()));
    const observed = scenario.expected(receivers);
    const damage = await place.damage();
    const faults = [
      ...(await violations(store, observed)),
      ...processes.deaths,
      ...(damage === null ? [] : [`the store is damaged: ${damage}`]),
      ...exits.filter((code) => code !== 0).map((code) => `a process that was asked to stop ended with ${String(code)}`),
    ];
    const times = `${seconds(loaded - began)} s of load, ${seconds(Date.now() - loaded)} s until nothing was left`;
    const summary = `${kills} kills -9, ${summaryOf(await readLedger(store, observed.organization), observed)}, ${times}`;
    return { faults, summary };
  } finally {
    clearTimeout(late);
    over.abort();
    await processes.stop();
    await store.close();
    await receivers.close();
  }
}

function killPlan(random: () => number, { events, kills, victims }: { events: number; kills: number; victims: number }): readonly Kill[] {
  return Array.from({ length: kills }, (_, n) => ({
    victim: Math.floor(random() * victims),
    at: Math.round(((n + 1) * events) / (kills + 1)),
    delayMs: random() * 30,
  }));
}

/** Each victim's kills one after the other, those of different victims beside each other; the load goes on at the pace of the kills. */
async function killAll(
  plan: readonly Kill[],
  victims: readonly Process[],
  calls: Calls,
  events: number,
  signal: AbortSignal,
): Promise<void> {
  let killed = 0;
  const ahead = Math.ceil(events / 20);
  const allow = (): void => calls.allow(killed === plan.length ? events : (plan[killed]?.at ?? 0) + ahead);
  allow();
  await Promise.all(
    victims.map(async (victim, index) => {
      for (const { at, delayMs } of plan.filter((kill) => kill.victim === index)) {
        while (calls.acknowledged() < at) await pause(2, undefined, { signal });
        await pause(delayMs);
        await victim.kill();
        killed += 1;
        allow();
        await victim.start();
      }
    }),
  );
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

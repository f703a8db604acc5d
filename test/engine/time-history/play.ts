import { isOutdated } from "./changes.ts";
import { define, redefines, take } from "./deeds.ts";
import { startFleet, type FleetOptions } from "./fleet.ts";
import { faultsIn } from "./judge.ts";
import type { Log } from "./log.ts";
import { look } from "./look.ts";
import { note, settle, type Races } from "./races.ts";
import { readLog } from "./read-log.ts";
import { begin } from "./state.ts";
import type { History, Step } from "./steps.ts";

export type Played = {
  /** Where engines and model differ, and what else is wrong; nothing if all is well. */
  readonly faults: readonly string[];
  /** What the engines' log says in the end. */
  readonly log: Log;
};

/** After so long what somebody who was killed had begun goes on elsewhere: turns and leases last for 8 s. */
const RECOVERED_MS = 10_000;
/** After so long every process knows what is defined, and what one wrote that did not has been found. */
const KNOWN_MS = 11_000;
/** Dates that may come at any moment are looked for every second. */
const LOOKED_MS = 1000;

/** Plays a history with real engines and with the model. */
export async function play(history: History, options: FleetOptions = {}): Promise<Played> {
  const { zone, first, second, waits, ticks, steps } = history;
  const fleet = await startFleet(history, options);
  const { clock, store } = fleet;
  const state = begin({ zone, first, second, waits, ticks }, clock.now());
  const races: Races = new Map();
  /** Since when somebody may have looked at the clock, or not; null: everybody has. */
  let unlookedSince: number | null = null;
  let redefined = true;
  /** Time has passed while something was under way, as if its process had been frozen: its leases may have ended. */
  let stalled = false;

  async function lookNow(): Promise<void> {
    const from = unlookedSince ?? clock.now();
    await fleet.live(0);
    await fleet.arm(0, null);
    const rough = fleet.wasKilled();
    if (rough) await fleet.live(RECOVERED_MS);
    await fleet.live(redefined ? KNOWN_MS : LOOKED_MS);
    const { lines } = await readLog(store);
    settle(state, races, lines, rough || stalled);
    look(state, { from, to: clock.now(), seen: lines, rough: rough || stalled });
    unlookedSince = null;
    redefined = false;
    stalled = false;
    fleet.forgetKills();
  }

  /** Of two things that nobody can tell apart by the clock, it must be clear which was first; and everybody must know what is defined. */
  function needsClarity(step: Step): boolean {
    if (redefined && (fleet.wasKilled() || !fleet.isOne() || step.do === "pass" || step.do === "reach")) return true;
    if (step.do === "set" || step.do === "zone" || step.do === "stop") return true;
    return "age" in step && isOutdated(state, { record: step.record, occurredAt: clock.now() - step.age });
  }

  await define(fleet, state, 0);
  await lookNow();
  for (const [index, step] of steps.entries()) {
    if (needsClarity(step)) await lookNow();
    if (unlookedSince !== null) note(state, races, clock.now());
    await fleet.arm(index, step.kill);
    // Whoever does not know it yet may look while it is done, but for a clock that jumps.
    const since = step.do === "pass" || step.do === "reach" || step.do === "set" ? null : clock.now();
    redefined ||= redefines(step);
    stalled ||= step.slow;
    await take({ fleet, state, races }, step, index);
    unlookedSince ??= since ?? clock.now();
    if (step.looked || step.do === "set") await lookNow();
  }
  await lookNow();
  const log = await readLog(store);
  await fleet.close();
  return { faults: [...fleet.errors, ...faultsIn(state, log, fleet.acts, clock.now())], log: log.lines };
}

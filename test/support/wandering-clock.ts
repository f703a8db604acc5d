import type { Clock, WakeUps } from "../../src/clock/clock.ts";

/** What several processes of one machine go by: time passes for all of them, and the clock on the wall may be set. */
export type WanderingClock = {
  /** What the clock shows, ms. */
  now(): number;
  /** Time passes; whatever is due by then fires at its end, as on a machine that slept. */
  pass(ms: number): void;
  /** The clock is set so far ahead, or back, and no time passes. */
  set(ms: number): void;
  /** Time passes and the clock stands. */
  freeze(ms: number): void;
  /** The clock as one process has it. */
  process(): ProcessClock;
};

/** Once its process is gone, nothing fires any more. */
export type ProcessClock = Clock & { readonly wakeUps: WakeUps; drop(): void };

/** What becomes of a wake-up that is asked for: how many ms after its instant each of the calls comes; none where it is lost. */
export type WakeUpFate = () => readonly number[];

type Interval = { next: number; readonly everyMs: number; readonly task: () => void };
type WakeUp = { readonly at: number; readonly wake: () => void };

const ON_TIME: WakeUpFate = () => [0];

/** @param start ISO 8601 */
export function wanderingClock(start: string, fate: WakeUpFate = ON_TIME): WanderingClock {
  /** ms since the start, which nobody can set. */
  let passed = 0;
  let shown = Date.parse(start);
  const intervals = new Set<Interval>();
  const wakeUps = new Set<WakeUp>();

  function fire(): void {
    for (const interval of intervals) {
      if (interval.next > passed) continue;
      interval.next = passed + interval.everyMs;
      interval.task();
    }
    for (const wakeUp of wakeUps) {
      if (wakeUp.at > shown) continue;
      wakeUps.delete(wakeUp);
      wakeUp.wake();
    }
  }

  function process(): ProcessClock {
    const own = new Set<Interval>();
    let wake = (): void => undefined;
    return {
      now: () => shown,
      every(everyMs, task) {
        const interval = { next: passed + everyMs, everyMs, task };
        own.add(interval);
        intervals.add(interval);
        return () => void (own.delete(interval), intervals.delete(interval));
      },
      wakeUps: {
        start: (onWake) => void (wake = onWake),
        at(instant) {
          for (const late of fate()) wakeUps.add({ at: instant + late, wake: () => wake() });
        },
        async stop() {
          wake = () => undefined;
        },
      },
      drop() {
        wake = () => undefined;
        for (const interval of own) intervals.delete(interval);
      },
    };
  }

  return {
    now: () => shown,
    pass(ms) {
      passed += ms;
      shown += ms;
      fire();
    },
    set: (ms) => void (shown += ms),
    freeze(ms) {
      passed += ms;
      fire();
    },
    process,
  };
}

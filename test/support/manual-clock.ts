import type { Clock, WakeUps } from "../../src/clock/clock.ts";
import { oneAtATime } from "../../src/clock/one-at-a-time.ts";

/** A clock that stands still until it is moved; its intervals and wake-ups fire as it passes them. */
export type ManualClock = Clock & {
  readonly wakeUps: WakeUps;
  /** Moves to an instant (ms or ISO), firing what lies between in order. */
  moveTo(instant: number | string): void;
  moveBy(ms: number): void;
};

type Timer = { at: number; readonly everyMs: number | null; readonly task: () => void };

export function manualClock(start = "2026-11-20T09:00:00.000Z"): ManualClock {
  let now = Date.parse(start);
  const timers = new Set<Timer>();

  function moveTo(instant: number | string): void {
    const target = typeof instant === "number" ? instant : Date.parse(instant);
    for (;;) {
      const next = [...timers].filter((timer) => timer.at <= target).toSorted((a, b) => a.at - b.at)[0];
      if (!next) break;
      now = Math.max(now, next.at);
      if (next.everyMs === null) timers.delete(next);
      // Intervals skip what a long move jumps over, as a sleeping machine's do.
      else next.at = Math.max(next.at + next.everyMs, target - next.everyMs + 1);
      next.task();
    }
    now = target;
  }

  function every(ms: number, task: () => void): () => void {
    const timer: Timer = { at: now + ms, everyMs: ms, task };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  const wakeUps: WakeUps = {
    start(onWake, recurring, trouble) {
      wake = onWake;
      for (const one of recurring) stops.push(every(one.everyMs, oneAtATime(one, trouble)));
    },
    at(instant) {
      timers.add({ at: instant, everyMs: null, task: () => wake() });
    },
    async stop() {
      wake = () => undefined;
      for (const stop of stops.splice(0)) stop();
    },
  };
  const stops: (() => void)[] = [];
  let wake = (): void => undefined;

  return {
    now: () => now,
    every,
    wakeUps,
    moveTo,
    moveBy: (ms) => moveTo(now + ms),
  };
}

import type { Clock } from "../../../src/clock/clock.ts";

/** This machine's clock, set ahead: it goes on by itself, and is moved on from outside. */
export type MovedClock = Clock & {
  /** Sets it so many ms ahead of the machine's; what has come by then fires once, as on a machine that slept. */
  setAhead(ms: number): void;
};

/**
 * @param timers where they `stand`, intervals fire when the clock is moved and at no other time: a process that looks for work all the same was
 *   woken.
 */
export function movedClock(ahead: number, timers: "go" | "stand"): MovedClock {
  const intervals = new Set<{ next: number; fire(): void }>();
  const now = (): number => Date.now() + ahead;
  return {
    now,
    every(ms, task) {
      const interval = {
        next: now() + ms,
        fire() {
          interval.next = now() + ms;
          task();
        },
      };
      intervals.add(interval);
      const timer = timers === "go" ? setInterval(() => interval.fire(), ms).unref() : undefined;
      return () => {
        clearInterval(timer);
        intervals.delete(interval);
      };
    },
    setAhead(ms) {
      ahead = ms;
      for (const interval of intervals) if (interval.next <= now()) interval.fire();
    },
  };
}

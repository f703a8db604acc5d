import type { Clock } from "../clock.ts";

/**
 * The machine's clock. Its intervals keep no process alive.
 * @param offset ms to add to it, asked each time: what another clock, which all go by, is ahead of it.
 */
export function systemClock(offset: () => number = () => 0): Clock {
  return {
    now: () => Date.now() + offset(),
    every(ms, task) {
      const timer = setInterval(task, ms).unref();
      return () => clearInterval(timer);
    },
  };
}

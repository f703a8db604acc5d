import type { Clock, WakeUps } from "../clock.ts";

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

/** Node's timers hold at most 2^31-1 ms; the sweep asks again long before that. */
const LONGEST_MS = 2_147_483_647;

/** One timer for the next due instant; whoever is woken says what comes after it. */
export function timerWakeUps(clock: Clock): WakeUps {
  let timer: NodeJS.Timeout | null = null;
  let next = Infinity;
  let wake = (): void => undefined;

  function arm(instant: number): void {
    if (timer) clearTimeout(timer);
    next = instant;
    timer = setTimeout(fire, Math.min(Math.max(instant - clock.now(), 0), LONGEST_MS)).unref();
  }

  function fire(): void {
    next = Infinity;
    timer = null;
    wake();
  }

  return {
    start(onWake) {
      wake = onWake;
    },
    at(instant) {
      if (instant < next) arm(instant);
    },
    async stop() {
      if (timer) clearTimeout(timer);
      timer = null;
      wake = () => undefined;
    },
  };
}

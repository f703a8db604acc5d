import type { Clock } from "../clock/clock.ts";

/** Resolves when so much time has passed, or the signal says that nobody should wait any more. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.every(ms, end);
    signal?.addEventListener("abort", end, { once: true });
    function end(): void {
      stop();
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}

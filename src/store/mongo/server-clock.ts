import type { Db } from "mongodb";
import type { Calls } from "./calls.ts";

/** How far the server's clock is ahead of this machine's, ms, so that what several workers call now is one thing. */
export type ServerClock = { offset(): number; stop(): void };

const SAMPLES = 5;
const AGAIN_MS = 30_000;

export async function followServerClock(calls: Calls, db: Db): Promise<ServerClock> {
  let offset = await measure();
  const timer = setInterval(() => {
    // Without an answer the last known difference holds: clocks drift by milliseconds an hour.
    measure().then(
      (measured) => (offset = measured),
      () => undefined,
    );
  }, AGAIN_MS).unref();

  /** From the fastest answer of some: half its way is the error. */
  async function measure(): Promise<number> {
    let best = { took: Infinity, offset: 0 };
    for (let i = 0; i < SAMPLES; i++) {
      const [sent, started] = [Date.now(), performance.now()];
      const { localTime } = await calls("server time", () => db.command({ hello: 1 }));
      const took = performance.now() - started;
      if (localTime instanceof Date && took < best.took) best = { took, offset: localTime.getTime() - (sent + took / 2) };
    }
    return Math.round(best.offset);
  }

  return { offset: () => offset, stop: () => clearInterval(timer) };
}

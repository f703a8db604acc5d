import type { Db } from "mongodb";
import type { Calls } from "./calls.ts";

/** How far the server's clock is ahead of this machine's, ms, so that what several workers call now is one thing. */
export type ServerClock = { offset(): number; stop(): void };

const SAMPLES = 5;
const AGAIN_MS = 30_000;

/** The server's time at an instant of this process's own steady clock, both ms. */
type Sight = { readonly server: number; readonly steady: number };

export async function followServerClock(calls: Calls, db: Db): Promise<ServerClock> {
  let sight = await look();
  const timer = setInterval(() => {
    // Without an answer what was seen last holds: clocks drift by milliseconds an hour.
    look().then(
      (seen) => (sight = seen),
      () => undefined,
    );
  }, AGAIN_MS).unref();

  /** The fastest answer of some: half its way is the error. */
  async function look(): Promise<Sight> {
    let best = { took: Infinity, server: Date.now(), steady: performance.now() };
    for (let i = 0; i < SAMPLES; i++) {
      const started = performance.now();
      const { localTime } = await calls("server time", () => db.command({ hello: 1 }));
      const took = performance.now() - started;
      if (localTime instanceof Date && took < best.took) best = { took, server: localTime.getTime(), steady: started + took / 2 };
    }
    return best;
  }

  return {
    // From the steady clock, so that a step of this machine's own clock is made up for at once.
    offset: () => Math.round(sight.server + (performance.now() - sight.steady) - Date.now()),
    stop: () => clearInterval(timer),
  };
}

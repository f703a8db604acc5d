import type { Clock } from "../clock/clock.ts";
import type { ActionRun } from "../model/run.ts";
import type { Settlement } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import { isStoreAway } from "./failures.ts";
import { pause } from "./pause.ts";

/** Of what is done for runs, what fails and is tried again while the store is away. */
export type RunWork = "claiming due runs" | "beginning runs" | "settling runs";

/** As `Failures`, for these alone. */
export type RunFailures = {
  failed(what: RunWork, error: unknown): void;
  over(what: RunWork): void;
};

export type SettlingDeps = { readonly store: Store; readonly clock: Clock; readonly failures: RunFailures };

/** Writes how a run went on; false where another worker has claimed it meanwhile. */
export type Settle = (run: ActionRun, settlement: Settlement, signal: AbortSignal) => Promise<boolean>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 500;

/**
 * What an action did must not be forgotten because the store was away for a moment: the same settle is tried until the store answers or
 * the process stops. The token makes that safe however late it is, and while nobody reaches the store nobody else claims the run; the
 * pauses are shorter than a sweep, so that whoever has done the work usually comes before who would do it again.
 * @throws what the store says where it is there and refuses, or where the process stops first
 */
export function createSettling({ store, clock, failures }: SettlingDeps): Settle {
  async function isOurs(run: ActionRun): Promise<boolean> {
    const found = await store.runs.run(run.organization, run.id);
    return found !== null && found.token === run.token && found.status !== "running";
  }

  return async (run, settlement, signal) => {
    for (let pauseMs = FIRST_PAUSE_MS, again = false; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS), again = true) {
      try {
        // A settle whose answer was lost is refused when it is repeated, and has been done all the same.
        const done = (await store.runs.settle(run, settlement)) || (again && (await isOurs(run)));
        failures.over("settling runs");
        return done;
      } catch (error) {
        if (!isStoreAway(error) || signal.aborted) throw error;
        failures.failed("settling runs", error);
      }
      await pause(clock, pauseMs, signal);
    }
  };
}

import type { Clock, Recurring } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "./log.ts";
import { DAY_MS } from "../time/calendar.ts";

export type RetentionDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long history is kept that is over; 0: for ever. */
  readonly days: number;
};

/** Deletes old history, a little at a time, so that the work does not notice. */
export type Retention = {
  /** Nothing where history is kept for ever. */
  readonly recurring: readonly Recurring[];
  /** Ends what is under way after its next step. */
  stop(): void;
};

const EVERY_MS = 3_600_000;
/** Events looked at in one step: a transaction of some milliseconds. */
const STEP = 100;

export function createRetention({ store, clock, log, days }: RetentionDeps): Retention {
  let stopped = false;

  async function walk(): Promise<void> {
    const before = clock.now() - days * DAY_MS;
    const deleted = { events: 0, runs: 0 };
    let after: string | null = null;
    do {
      const step = await store.retention.expire(before, after, STEP);
      deleted.events += step.events;
      deleted.runs += step.runs;
      after = step.next;
      // Whatever has come meanwhile goes first.
      await new Promise<void>((resolve) => void setImmediate(resolve));
    } while (after !== null && !stopped);
    if (deleted.events > 0) log.info({ ...deleted, days }, "old history is deleted");
  }

  return {
    // Where a walk fails, what it deleted is; the next one begins anew.
    recurring: days === 0 ? [] : [{ name: "retention", everyMs: EVERY_MS, work: walk }],
    stop: () => void (stopped = true),
  };
}

import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { Failures } from "./failures.ts";
import type { Logger } from "./log.ts";

export type RetentionDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly failures: Failures;
  /** How long history is kept that is over; 0: for ever. */
  readonly days: number;
};

/** Deletes old history, a little at a time, so that the work does not notice. */
export type Retention = {
  start(): void;
  stop(): void;
};

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** Soon after the start, but not while everything else begins. */
const FIRST_MS = 60_000;
/** Events looked at in one step: a transaction of some milliseconds. */
const STEP = 100;
const DELETING = "deleting old history";

export function createRetention({ store, clock, log, failures, days }: RetentionDeps): Retention {
  const stops: (() => void)[] = [];
  let walking = false;
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

  async function walkOnce(): Promise<void> {
    if (walking) return;
    walking = true;
    try {
      await walk();
      failures.over(DELETING);
    } catch (error) {
      // What was deleted is; the next walk begins anew.
      if (!stopped) failures.failed(DELETING, error);
    } finally {
      walking = false;
    }
  }

  return {
    start() {
      if (days === 0) return;
      const stopFirst = clock.every(FIRST_MS, () => {
        stopFirst();
        void walkOnce();
      });
      stops.push(
        stopFirst,
        clock.every(EVERY_MS, () => void walkOnce()),
      );
    },
    stop() {
      stopped = true;
      for (const stop of stops.splice(0)) stop();
    },
  };
}

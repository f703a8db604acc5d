import { setTimeout as pause } from "node:timers/promises";
import type { Notification } from "../../src/store/notifications.ts";
import type { Page, PageRequest } from "../../src/store/page.ts";
import type { StoredEvent } from "../../src/store/events.ts";
import type { Store } from "../../src/store/store.ts";
import type { ActionRun } from "../../src/model/run.ts";
import type { Place } from "./places.ts";

/** Everything that one organization has in a store, read as anybody else reads it: page by page through the port. */
export type Ledger = {
  readonly events: readonly StoredEvent[];
  readonly runs: readonly ActionRun[];
  readonly notifications: readonly Notification[];
};

const PAGE = 500;

export async function readLedger(store: Store, organization: string): Promise<Ledger> {
  const [events, runs, notifications] = await Promise.all([
    all((page) => store.events.events({ organization }, page)),
    all((page) => store.runs.runs({ organization }, page)),
    all((page) => store.notifications.list({ organization }, page)),
  ]);
  return { events, runs, notifications };
}

async function all<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: PAGE, cursor });
    rows.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

/**
 * Resolves when nothing is due, runs or waits in an outbox, and has not for so long that what a crash left half stored would have been
 * found; after `ms` it does so all the same, and the invariants say what is left.
 */
export async function settledOrLate(store: Store, { quietMs }: Pick<Place, "quietMs">, ms: number): Promise<void> {
  let quietSince = Infinity;
  for (const end = Date.now() + ms; Date.now() < end; await pause(100)) {
    const isQuiet = (await store.runs.nextDue(0)) === null && (await store.records.outbox(1)).length === 0;
    quietSince = isQuiet ? Math.min(quietSince, Date.now()) : Infinity;
    if (Date.now() - quietSince >= quietMs) return;
  }
}

import type Database from "better-sqlite3";
import type { Store } from "../store.ts";
import { openDatabase, type SqliteOptions } from "./database.ts";
import { createDefinitionStore } from "./definitions.ts";
import { createEventLedger } from "./events.ts";
import { createGroupCommit, type GroupCommit, type Intercept } from "./group-commit.ts";
import { createKeyStore } from "./keys.ts";
import { createMarkStore } from "./marks.ts";
import { createNotificationStore } from "./notifications.ts";
import { createQuotaCounter } from "./quota.ts";
import { createPendingRuns } from "./pending-runs.ts";
import { createDateIndex, createWriteDates } from "./record-dates.ts";
import { createRecordRows } from "./record-rows.ts";
import { createRecordStore } from "./records.ts";
import { createRetentionStore } from "./retention.ts";
import { createRunWriter } from "./run-rows.ts";
import { createRunLedger } from "./runs.ts";

export type SqliteStoreOptions = SqliteOptions & {
  /** Tests put faults around the transactions. */
  readonly intercept?: Intercept;
};

/** The ledger, and what else may be kept in its file goes by: its connection and its transactions. */
export type OpenSqlite = {
  readonly store: Store;
  readonly db: Database.Database;
  /** As the group commit's `writeSoon`. */
  readonly write: GroupCommit["writeSoon"];
};

/** The store alone, of `openSqlite`. */
export function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Store {
  return openSqlite(path, options).store;
}

/** The embedded store: one SQLite file (or `:memory:`), written by one connection in group commits. Closing the store closes that. */
export function openSqlite(path: string, { intercept, ...options }: SqliteStoreOptions = {}): OpenSqlite {
  const db = openDatabase(path, options);
  const commits = createGroupCommit(db, intercept);
  const quota = createQuotaCounter(db);
  const writeDates = createWriteDates(db);
  const recordRows = createRecordRows(db);
  const pending = createPendingRuns(db);
  let closing: Promise<void> | null = null;

  async function close(): Promise<void> {
    // Whoever wrote what is refused now is told so by that write.
    await commits.settled().catch(() => undefined);
    db.close();
  }

  const store: Store = {
    events: createEventLedger({ db, commits, records: recordRows, writeDates, pending, writeRun: createRunWriter(db, quota) }),
    runs: createRunLedger({ db, commits, quota, pending }),
    records: createRecordStore({ db, commits, rows: recordRows, writeDates }),
    dates: createDateIndex(db, commits, writeDates),
    marks: createMarkStore(db, commits),
    definitions: createDefinitionStore(db, commits),
    keys: createKeyStore(db, commits),
    notifications: createNotificationStore(db, commits),
    retention: createRetentionStore(db, commits),
    clockOffset: () => 0,
    async ping() {
      db.prepare("select 1").get();
    },
    close: () => (closing ??= close()),
  };
  return { store, db, write: commits.writeSoon };
}

import type { Store } from "../store.ts";
import { openDatabase, type SqliteOptions } from "./database.ts";
import { createDefinitionStore } from "./definitions.ts";
import { createEventLedger } from "./events.ts";
import { createGroupCommit, type Intercept } from "./group-commit.ts";
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

/** The embedded store: one SQLite file (or `:memory:`), written by one connection in group commits. */
export function openSqliteStore(path: string, { intercept, ...options }: SqliteStoreOptions = {}): Store {
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

  return {
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
}

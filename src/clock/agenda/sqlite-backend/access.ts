import type Database from "better-sqlite3";

/** The ledger's own connection, on whose file the jobs are. */
export type SqliteAccess = {
  readonly db: Database.Database;
  /** Runs `work` in one transaction with whatever else is written at that moment; resolves once it is durable. It may be run twice. */
  write<T>(work: () => T): Promise<T>;
};

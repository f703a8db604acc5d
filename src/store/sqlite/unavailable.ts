import Database from "better-sqlite3";
import { RulewrightError } from "../../model/errors.ts";

/** What SQLite's result codes begin with when the file, not the statement, is in the way; the same may work in a moment. */
const REASONS: readonly (readonly [code: string, reason: string])[] = [
  ["SQLITE_BUSY", "another process has been writing to it for too long"],
  ["SQLITE_LOCKED", "another connection has it locked"],
  ["SQLITE_FULL", "the disk is full"],
  ["SQLITE_IOERR", "the disk fails"],
];

/** The error as callers are told of it: `overloaded` where the database cannot be written or read now, whatever is asked of it; else null. */
export function unavailable(error: unknown): RulewrightError | null {
  if (!(error instanceof Database.SqliteError)) return null;
  const reason = REASONS.find(([code]) => error.code.startsWith(code))?.[1];
  if (reason === undefined) return null;
  return new RulewrightError("overloaded", `The database cannot be used now: ${reason} (${error.code}). Send this again in a moment.`, {
    retryAfter: 1,
    cause: error,
  });
}

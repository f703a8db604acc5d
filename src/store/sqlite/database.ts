import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { RulewrightError } from "../../model/errors.ts";
import { MIGRATIONS } from "./migrations.ts";
import { unavailable } from "./unavailable.ts";

export type SqliteOptions = {
  /** How long a write waits for another process that is writing. Everything in this process waits with it. */
  readonly busyTimeoutMs?: number;
};

/**
 * Opens (or makes) the file and brings its schema up to date. WAL with `synchronous=FULL`: what was committed survives a power cut.
 * @throws RulewrightError validation_failed where the file cannot be opened, is no database, or was written by a newer version;
 *   overloaded where another process keeps it locked.
 */
export function openDatabase(path: string, { busyTimeoutMs = 5_000 }: SqliteOptions = {}): Database.Database {
  let db: Database.Database | null = null;
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    db = new Database(path, { timeout: busyTimeoutMs });
    prepare(db, path);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof RulewrightError) throw cause;
    const refused = unavailable(cause);
    if (refused) throw refused;
    throw new RulewrightError("validation_failed", `Expected a SQLite file that can be opened at ${path}: ${String(cause)}`, { cause });
  }
}

function prepare(db: Database.Database, path: string): void {
  db.pragma("journal_mode = wal");
  db.pragma("synchronous = full");
  // Measured: 1000 pages (the default) checkpoints so often that a commit waits 3.5 ms at the 99th percentile.
  db.pragma("wal_autocheckpoint = 4000");
  migrate(db, path);
}

function migrate(db: Database.Database, path: string): void {
  // A file that is up to date is opened without waiting for whoever is writing to it.
  if (db.pragma("user_version", { simple: true }) === MIGRATIONS.length) return;
  db.transaction(() => {
    const version = Number(db.pragma("user_version", { simple: true }));
    if (version > MIGRATIONS.length)
      throw new RulewrightError(
        "validation_failed",
        `${path} was written by a newer version of Rulewright (schema ${version}, this one knows ${MIGRATIONS.length}). Upgrade, or restore a backup.`,
      );
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  }).immediate();
}

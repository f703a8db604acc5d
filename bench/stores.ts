import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openMongoStore } from "../src/store/mongo/mongo-store.ts";
import { openSqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../src/store/store.ts";
import { startBenchMongod } from "./mongod.ts";

/** An empty store, gone with whatever it was on once it is disposed of. */
export type Opened = {
  readonly store: Store;
  /** As `--store` names it. */
  readonly location: string;
  dispose(): Promise<void>;
};

/** A kind of store to measure. `fill` is given an empty store of it first. */
export type Measured = { readonly name: string; open(fill?: (store: Store) => Promise<void>): Promise<Opened> };

export const SQLITE: Measured = {
  name: "SQLite",
  async open(fill) {
    const folder = await mkdtemp(join(tmpdir(), "rulewright-bench-"));
    const path = join(folder, "bench.db");
    if (fill) await fillWithoutIndexes(path, fill);
    const store = openSqliteStore(path);
    return {
      store,
      location: `sqlite:${path}`,
      async dispose() {
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

export const MONGODB: Measured = {
  name: "MongoDB standalone",
  async open(fill) {
    const mongod = await startBenchMongod("standalone");
    const store = await openMongoStore(mongod.urlOf("bench"));
    await fill?.(store);
    return {
      store,
      location: mongod.urlOf("bench"),
      async dispose() {
        await store.close();
        await mongod.stop();
      },
    };
  },
};

/**
 * Stores through the port, without the indexes of runs and with them made anew afterwards: a million instants in any order, each put in its
 * place in two indexes, are 30 GB of pages written. What is measured then has every index.
 */
async function fillWithoutIndexes(path: string, fill: (store: Store) => Promise<void>): Promise<void> {
  await openSqliteStore(path).close();
  const indexes = withDatabase(path, (db) => {
    const found = db
      .prepare<[], Index>("select name, sql from sqlite_master where type = 'index' and tbl_name = 'runs' and sql like '%wake%'")
      .all();
    for (const { name } of found) db.exec(`drop index ${name}`);
    return found;
  });
  const store = openSqliteStore(path);
  await fill(store);
  await store.close();
  withDatabase(path, (db) => {
    for (const { sql } of indexes) db.exec(sql);
  });
}

type Index = { readonly name: string; readonly sql: string };

function withDatabase<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

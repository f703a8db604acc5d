import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMongoStore } from "../src/store/mongo/mongo-store.ts";
import { openSqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../src/store/store.ts";
import { startBenchMongod } from "./mongod.ts";

/** An empty store, gone with whatever it was on once it is disposed of. */
export type Opened = { readonly store: Store; dispose(): Promise<void> };

/** A kind of store to measure. */
export type Measured = { readonly name: string; open(): Promise<Opened> };

export const SQLITE: Measured = {
  name: "SQLite",
  async open() {
    const folder = await mkdtemp(join(tmpdir(), "rulewright-bench-"));
    const store = openSqliteStore(join(folder, "bench.db"));
    return {
      store,
      async dispose() {
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

export const MONGODB: Measured = {
  name: "MongoDB standalone",
  async open() {
    const mongod = await startBenchMongod("standalone");
    const store = await openMongoStore(mongod.urlOf("bench"));
    return {
      store,
      async dispose() {
        await store.close();
        await mongod.stop();
      },
    };
  },
};

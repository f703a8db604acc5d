import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMongoStore } from "../src/store/mongo/mongo-store.ts";
import { openSqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../src/store/store.ts";
import { withMongod } from "./mongod.ts";

/** A kind of store to measure: `run` gives `work` an empty one on the same disk as every other's. */
export type Measured = { readonly name: string; run<T>(work: (store: Store) => Promise<T>): Promise<T> };

export const SQLITE: Measured = {
  name: "SQLite",
  async run(work) {
    const folder = await mkdtemp(join(tmpdir(), "rulewright-bench-"));
    try {
      return await opened(openSqliteStore(join(folder, "bench.db")), work);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

export const MONGODB: Measured = {
  name: "MongoDB standalone",
  run: (work) => withMongod("standalone", async (mongod) => opened(await openMongoStore(mongod.urlOf("bench")), work)),
};

async function opened<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

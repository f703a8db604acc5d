import { MongoClient } from "mongodb";
import { findMongod } from "../test/support/mongod-find.ts";
import { startMongod, type Mongod, type MongodKind } from "../test/support/mongod.ts";

/** What the tests' servers have is less than a million runs. */
const CACHE = "cache_size=1G";

/** A mongod beside, for whoever stops it. @throws Error where none is found */
export async function startBenchMongod(kind: MongodKind): Promise<Mongod> {
  const found = await findMongod();
  if (found.path === null) throw new Error(`Expected a mongod to measure: ${found.why}`);
  const mongod = await startMongod(found.path, kind);
  const client = await MongoClient.connect(mongod.url);
  try {
    await client.db("admin").command({ setParameter: 1, wiredTigerEngineRuntimeConfig: CACHE });
  } finally {
    await client.close();
  }
  return mongod;
}

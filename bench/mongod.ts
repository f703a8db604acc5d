import { findMongod } from "../test/support/mongod-find.ts";
import { startMongod, type Mongod, type MongodKind } from "../test/support/mongod.ts";

/** A mongod beside, for as long as `work` takes. @throws Error where none is found */
export async function withMongod<T>(kind: MongodKind, work: (mongod: Mongod) => Promise<T>): Promise<T> {
  const found = await findMongod();
  if (found.path === null) throw new Error(`Expected a mongod to measure: ${found.why}`);
  const mongod = await startMongod(found.path, kind);
  try {
    return await work(mongod);
  } finally {
    await mongod.stop();
  }
}

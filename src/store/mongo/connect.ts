import { MongoClient, type Db } from "mongodb";
import { RulewrightError } from "../../model/errors.ts";

export type Connection = { readonly client: MongoClient; readonly db: Db };

/**
 * Connects with what the ledger's promises rest on: a write counts once a majority of the replica set has it in its journal, or the
 * standalone has. @throws RulewrightError validation_failed where the URL is wrong or nothing answers there.
 */
export async function connect(url: string): Promise<Connection> {
  let client: MongoClient | null = null;
  try {
    client = new MongoClient(url, {
      appName: "rulewright",
      writeConcern: { w: "majority", journal: true },
      readPreference: "primary",
      retryWrites: true,
      // Callers are told to come again rather than kept waiting; an election is over in some ten seconds.
      serverSelectionTimeoutMS: 5000,
      connectTimeoutMS: 5000,
      // Longer than anything takes that we ask; a server that hangs is as good as away.
      socketTimeoutMS: 10_000,
      maxPoolSize: 20,
      ignoreUndefined: true,
    });
    await client.connect();
    // The URL names the database.
    const db = client.db();
    await db.command({ ping: 1 });
    return { client, db };
  } catch (cause) {
    await client?.close();
    const message = cause instanceof Error ? cause.message : String(cause);
    // The hosts alone: the rest of a URL may hold passwords.
    const hosts = client?.options.hosts.join(", ") ?? "the store's URL";
    throw new RulewrightError("validation_failed", `Expected a MongoDB server that answers at ${hosts}: ${message}`, { cause });
  }
}

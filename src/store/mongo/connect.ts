import { MongoClient, type Db } from "mongodb";
import { RulewrightError } from "../../model/errors.ts";

export type Connection = { readonly client: MongoClient; readonly db: Db };

const DATABASE = "rulewright";

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
    // The URL's own database; `test` is what the driver calls one that was not named.
    const named = client.db().databaseName;
    const db = client.db(named === "test" && !/\/test(\?|$)/.test(url) ? DATABASE : named);
    await db.command({ ping: 1 });
    return { client, db };
  } catch (cause) {
    await client?.close();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new RulewrightError("validation_failed", `Expected a MongoDB server that answers at ${withoutPassword(url)}: ${message}`, {
      cause,
    });
  }
}

/** The URL as it may be shown. */
function withoutPassword(url: string): string {
  return url.replace(/^(mongodb(?:\+srv)?:\/\/[^:@/]*):[^@/]*@/, "$1:***@");
}

import { MongoClient, type Db } from "mongodb";
import { RulewrightError } from "../../model/errors.ts";
import { WRITE_CONCERN } from "./write-concern.ts";
import { connectError } from "./refusals.ts";

export type Connection = { readonly client: MongoClient; readonly db: Db };

/**
 * Connects with what the ledger's promises rest on: a write counts once a majority of the replica set has it in its journal, or the
 * standalone has. @throws RulewrightError validation_failed where the URL is wrong, nothing answers there, or its user is refused.
 */
export async function connect(url: string): Promise<Connection> {
  let client: MongoClient | null = null;
  const said = new Map<string, string | null>();
  try {
    refuseWeaker(url);
    client = new MongoClient(url, {
      appName: "rulewright",
      writeConcern: WRITE_CONCERN,
      readPreference: "primary",
      retryWrites: true,
      // Callers are told to come again rather than kept waiting; an election is over in some ten seconds.
      serverSelectionTimeoutMS: 5000,
      connectTimeoutMS: 5000,
      // Longer than anything takes that we ask; a server that hangs is as good as away.
      socketTimeoutMS: 10_000,
      maxPoolSize: 20,
      waitQueueTimeoutMS: 5000,
      ignoreUndefined: true,
    });
    // The driver forgets a server of another replica set than the URL names, and does not say why.
    client.on("serverHeartbeatSucceeded", ({ connectionId, reply }) => said.set(connectionId, setOf(reply)));
    await client.connect();
    // The URL names the database.
    const db = client.db();
    await db.command({ ping: 1 });
    return { client, db };
  } catch (cause) {
    await client?.close();
    throw connectError(cause, client, said);
  }
}

function setOf({ setName }: { readonly setName?: unknown }): string | null {
  return typeof setName === "string" ? setName : null;
}

/** Of what a URL says of writes the driver lets some win over what is asked for here, which would take back what the ledger promises. */
function refuseWeaker(url: string): void {
  const { w = "majority", journal = true, wtimeoutMS = "none" } = new MongoClient(url).options.writeConcern ?? {};
  if (w === "majority" && journal && wtimeoutMS === "none") return;
  throw new RulewrightError(
    "validation_failed",
    `Expected a store URL without w, journal and wtimeoutMS, got w=${w}, journal=${journal}, wtimeoutMS=${wtimeoutMS}: every write waits for a majority with its journal`,
  );
}

import { MongoClient, MongoNetworkError, MongoNetworkTimeoutError, MongoServerSelectionError } from "mongodb";
import { openMongoStore } from "../../src/store/mongo/mongo-store.ts";
import type { Intercept } from "../../src/store/mongo/calls.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import type { Database } from "../support/mongod-shared.ts";
import { cuttingProxy, type Cut, type CuttingProxy } from "../support/cutting-proxy.ts";
import { late, type FaultPoints, type Kind } from "./ambiguous-faults.ts";
import { watch, type Watched } from "./ambiguous-quiet.ts";
import type { Lane } from "./ambiguous-sweep.ts";

/** A database of its own, emptied before each case, behind a proxy that breaks connections. */
export async function mongoLane({ url, drop }: Pick<Database, "url" | "drop">): Promise<Lane> {
  const direct = new URL(url);
  const proxy = await cuttingProxy({ host: direct.hostname, port: Number(direct.port) });
  const proxied = new URL(direct);
  proxied.host = `127.0.0.1:${proxy.port}`;
  // Else the driver goes where the replica set says that its members are, which is not through the proxy.
  proxied.search = "?directConnection=true";
  const reader = await openMongoStore(direct.href);
  const client = new MongoClient(direct.href);
  const db = client.db();

  return {
    async prepare() {
      const collections = await db.collections();
      // Its indexes stay: making a database anew takes longer than all that is done in it.
      await Promise.all(collections.map((collection) => collection.deleteMany({})));
      return {
        reader,
        // Each hop costs as much as the rest of a call, so only those go through the proxy whose connection it is to break.
        open: (points, kind, clock) =>
          openFaulty(kind === "cut" || kind === "cutAnswer" ? proxied.href : direct.href, proxy, points, kind, clock),
        close: async () => proxy.callOff(),
      };
    },
    async close() {
      await client.close();
      await reader.close();
      await proxy.close();
      await drop();
    },
  };
}

async function openFaulty(url: string, proxy: CuttingProxy, points: FaultPoints, kind: Kind | null, clock: ManualClock) {
  let dead = false;
  let watched: Watched | null = null;
  const othersQuiet = async (): Promise<void> => watched?.othersQuiet();

  const intercept: Intercept = async (name, work) => {
    if (dead) throw gone();
    if (!points.isAt(name) || kind === null) return work();
    return faulty(kind, work);
  };

  async function faulty<T>(what: Kind, work: () => Promise<T>): Promise<T> {
    switch (what) {
      case "fails":
        throw new MongoNetworkError("connection closed");
      case "refused":
        throw gone();
      case "timesOut":
        await work();
        throw new MongoNetworkTimeoutError("connection timed out");
      case "lost":
        await work();
        throw gone();
      case "late2":
      case "late9":
      case "held9":
        return late(what, work, clock, othersQuiet);
      case "cut":
        return whileCut("request", work);
      case "cutAnswer":
        return whileCut("answer", work);
      case "dies":
        dead = true;
        throw gone();
      case "diesAfter":
        dead = true;
        await work();
        throw gone();
    }
  }

  async function whileCut<T>(cut: Cut, work: () => Promise<T>): Promise<T> {
    void proxy.cutNext(cut);
    return work();
  }

  const store = await openMongoStore(url, { intercept });
  watched = watch(store, (_name, work) => work());
  return { watched, isDead: () => dead };
}

/** As the driver says it that has lost its server: nobody tries again. */
function gone(): MongoServerSelectionError {
  // Only its message is looked at; a description of the server is nothing that a test can make.
  return new MongoServerSelectionError("Server selection timed out", {} as ConstructorParameters<typeof MongoServerSelectionError>[1]);
}

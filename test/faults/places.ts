import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openMongoStore } from "../../src/store/mongo/mongo-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { type Database as MongoDatabase, databaseOn, sharedMongod } from "../support/mongod-shared.ts";

/** A store that real processes share, seen from outside them. */
export type Place = {
  /** As `--store` takes it. */
  readonly url: string;
  /** For rules and whatever else a scenario needs. */
  readonly folder: string;
  /** How long an event may lie half stored after a crash until somebody finishes it. */
  readonly quietMs: number;
  /** Opens it in this process, beside the others. */
  open(): Promise<Store>;
  /** What the technology itself says of its data; null where all is well. */
  damage(): Promise<string | null>;
  remove(): Promise<void>;
};

/** A technology that fault tests run on; `missing` says why it is not here, null where it is. */
export type PlaceKind = { readonly name: string; readonly missing: string | null; open(): Promise<Place> };

/** Every one of them; on MongoDB a replica set, whose members are what a crash may take away. */
export async function placeKinds(): Promise<readonly PlaceKind[]> {
  const shared = await sharedMongod("replicaSet");
  return [
    { name: "SQLite", missing: null, open: sqlitePlace },
    {
      name: "MongoDB replica set",
      missing: shared.url === null ? shared.why : null,
      open: async () => mongoPlace(databaseOn(shared.url ?? "")),
    },
  ];
}

async function sqlitePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-fault-"));
  const file = join(folder, "store.db");
  // A worker may be up before the serve that is started at the same time, and makes no file.
  await openSqliteStore(file).close();
  return {
    url: `sqlite:${file}`,
    folder,
    // One transaction stores all of it or nothing.
    quietMs: 0,
    open: async () => openSqliteStore(file),
    async damage() {
      const db = new Database(file, { readonly: true });
      const said = String(db.pragma("integrity_check", { simple: true }));
      db.close();
      return said === "ok" ? null : said;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** On a server that runs; `remove` drops the database. */
export async function mongoPlace({ url, drop }: Pick<MongoDatabase, "url" | "drop">): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-fault-"));
  return {
    url,
    folder,
    quietMs: 7_000,
    open: () => openMongoStore(url),
    damage: async () => null,
    async remove() {
      await drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

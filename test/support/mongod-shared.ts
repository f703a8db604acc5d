import { randomBytes } from "node:crypto";
import { type Db, MongoClient } from "mongodb";
import { describe, inject } from "vitest";
import { findMongod } from "./mongod-find.ts";
import type { MongodKind } from "./mongod.ts";
import type { SharedMongod } from "./mongod-setup.ts";

/** A database of a test's own on the run's server. */
export type Database = {
  readonly url: string;
  /** Removes every document, and leaves collections and indexes, which take much longer to make. */
  empty(): Promise<void>;
  drop(): Promise<void>;
};

const KINDS: readonly MongodKind[] = ["standalone", "replicaSet"];

/**
 * Tests on a real MongoDB of each kind: at MONGODB_URL for its own kind, else on the run's own. Where there is none they are seen to be
 * skipped; in CI that is a failure.
 */
export async function describeMongo(suite: (kind: MongodKind, database: () => Database) => void): Promise<void> {
  for (const kind of KINDS) {
    const shared = await sharedMongod(kind);
    const why = "why" in shared ? ` (${shared.why})` : "";
    describe.skipIf(shared.url === null)(`MongoDB ${kind}${why}`, () => {
      suite(kind, () => databaseOn(shared.url ?? ""));
    });
  }
}

/** @throws Error in CI where there is none */
export async function sharedMongod(kind: MongodKind): Promise<SharedMongod> {
  const given = process.env["MONGODB_URL"];
  if (given !== undefined && given !== "" && (await kindOf(given)) === kind) return { url: given };
  const answer = await fetch(`${inject("mongodDesk")}/${kind}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The run's MongoDB ${kind} did not start: ${text}`);
  // Written by this run's own setup.
  return required(JSON.parse(text) as SharedMongod, (told) => told.url);
}

/** The program, for tests that start and kill their own. @throws Error in CI where there is none */
export async function mongodProgram(): Promise<string | null> {
  return required(await findMongod(), (found) => found.path).path;
}

function required<T extends object>(found: T, what: (found: T) => string | null): T {
  if (what(found) === null && process.env["CI"]) throw new Error(`Expected a mongod in CI: ${"why" in found ? String(found.why) : ""}`);
  return found;
}

async function kindOf(url: string): Promise<MongodKind> {
  const client = new MongoClient(url);
  try {
    const { setName, msg } = await client.db().admin().command({ hello: 1 });
    return setName === undefined && msg !== "isdbgrid" ? "standalone" : "replicaSet";
  } finally {
    await client.close();
  }
}

/** A database of a name of its own, on a server whose URL names none. */
export function databaseOn(server: string): Database {
  const url = new URL(server);
  url.pathname = `/rulewright_test_${randomBytes(8).toString("hex")}`;
  const connected = async (work: (db: Db) => Promise<unknown>): Promise<void> => {
    const client = new MongoClient(url.href);
    try {
      await work(client.db());
    } finally {
      await client.close();
    }
  };
  return {
    url: url.href,
    empty: () => connected(async (db) => Promise.all((await db.collections()).map((collection) => collection.deleteMany()))),
    drop: () => connected((db) => db.dropDatabase()),
  };
}

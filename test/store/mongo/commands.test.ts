import { readFileSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WRITE_CALLS } from "../../faults/ambiguous-mongo-writes.ts";
import { describeMongo } from "../../support/mongod-shared.ts";
import { everyCall } from "./every-call.ts";
import { openNotedStore, type Command, type Sent } from "./noted-commands.ts";

const SOURCE = new URL("../../../src/store/mongo/", import.meta.url);
/** Each call names itself for those who put faults around it. */
const CALL = /(?:calls|insertNew)\(\s*(?:calls,\s*)?"([^"]+)"/g;
const WRITES = new Set(["insert", "update", "delete", "findAndModify", "createIndexes"]);

await describeMongo((_kind, database) => {
  const { url, drop } = database();
  const sent: Sent[] = [];
  beforeAll(async () => {
    const noted = await openNotedStore(url);
    for (const { work } of everyCall(noted)) await work();
    sent.push(...noted.sent);
  });
  afterAll(drop);

  it("makes every call that the source has, so that what follows is said of all of them", () => {
    const source = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(new URL(name, SOURCE), "utf8"));
    const calls = new Set(source.flatMap((text) => [...text.matchAll(CALL)].map(([, name]) => name)));
    expect(calls.size).toBeGreaterThan(30);
    const made = new Set(sent.map(({ call }) => call));
    expect([...calls].filter((name) => name === undefined || !made.has(name))).toEqual([]);
  });

  it("writes in those calls whose writes the fault tests let go wrong, and in no other", () => {
    const writing = new Set(sent.filter(({ name }) => WRITES.has(name)).map(({ call }) => call));
    expect([...writing].toSorted()).toEqual([...WRITE_CALLS].toSorted());
  });

  it("begins no transaction: nothing that a sharded cluster or a standalone has not", () => {
    expect(sent.filter(({ command }) => "startTransaction" in command || "autocommit" in command)).toEqual([]);
  });

  it("names the whole key of a document that it changes alone, so that a router knows its shard", () => {
    const alone = sent.flatMap(changesOfOne);
    expect(alone.length).toBeGreaterThan(30);
    expect(alone.filter(({ filter }) => typeof filter["_id"] !== "string")).toEqual([]);
  });

  it("inserts under a key of its own", () => {
    const inserted = sent.filter(({ name }) => name === "insert").flatMap(({ command }) => command["documents"] as readonly Command[]);
    expect(inserted.length).toBeGreaterThan(10);
    expect(inserted.filter(({ _id }) => typeof _id !== "string")).toEqual([]);
  });

  it("has every write in the journal of a majority before it counts", () => {
    const writes = sent.filter(({ name }) => WRITES.has(name));
    expect(new Set(writes.map(({ name }) => name))).toEqual(WRITES);
    for (const { call, command } of writes)
      expect({ call, concern: command["writeConcern"] }).toEqual({ call, concern: { w: "majority", j: true } });
  });
});

type Change = { readonly call: string; readonly filter: Command };

/** The filters of what changes or deletes one document. */
function changesOfOne({ call, name, command }: Sent): readonly Change[] {
  if (name === "findAndModify") return [{ call, filter: command["query"] as Command }];
  const statements = (command[name === "update" ? "updates" : "deletes"] ?? []) as readonly Statement[];
  return statements.filter(({ multi, limit }) => multi !== true && limit !== 0).map(({ q }) => ({ call, filter: q }));
}

/** Of an update or a delete; the former says `multi`, the latter a `limit`, of which 0 is none. */
type Statement = { readonly q: Command; readonly multi?: boolean; readonly limit?: number };

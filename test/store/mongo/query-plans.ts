import type { Db, Document } from "mongodb";
import type { Command, Sent } from "./noted-commands.ts";

/** How the server carries a command out. */
export type QueryPlan = {
  readonly call: string;
  /** Filter and order, for a reader. */
  readonly asked: string;
  readonly stages: readonly string[];
  readonly keysExamined: number;
  readonly documentsExamined: number;
  /** Documents that came out of the search, or as many as the filter names by key. */
  readonly expected: number;
};

/** Plans of everything that searches among these commands, as the collections are now; of those that are alike but for their values one. */
export async function explain(db: Db, sent: readonly Sent[]): Promise<readonly QueryPlan[]> {
  const different = new Map<string, Search & { readonly call: string }>();
  for (const { call, name, command } of sent)
    for (const search of searchesOf(name, command)) different.set(`${call} ${shapeOf(search)}`, { call, ...search });
  const plans: QueryPlan[] = [];
  for (const { call, ...search } of different.values())
    plans.push(readPlan(call, search, await db.command({ explain: search.command, verbosity: "executionStats" })));
  return plans;
}

function shapeOf({ filter }: Search): string {
  return JSON.stringify(filter, (key, value: unknown) =>
    Number.isInteger(Number(key)) || typeof value === "object" ? value : typeof value,
  );
}

/** Reads no more than it returns, or a few: a key before it sees that a walk is over, a document that is over by now. `factor` times as much where a filter narrows what the index found. */
export function isGood({ stages, keysExamined, documentsExamined, expected }: QueryPlan, factor = 2): boolean {
  return !stages.includes("COLLSCAN") && Math.max(keysExamined, documentsExamined) <= factor * expected + FEW;
}

/** Reads what it returns, in the index's order: a key more for each range before it sees that it is over. */
export function isExact({ stages, keysExamined, documentsExamined, expected }: QueryPlan): boolean {
  const ranges = stages.filter((stage) => stage === "IXSCAN").length;
  return ranges > 0 && !stages.includes("SORT") && documentsExamined === expected && keysExamined <= expected + 2 * ranges;
}

export function inWords({ call, asked, stages, keysExamined, documentsExamined, expected }: QueryPlan): string {
  return `${call}: ${asked}\n    -> ${stages.join(" < ")}: ${keysExamined} keys, ${documentsExamined} documents for ${expected}`;
}

const FEW = 20;

type Search = { readonly command: Command; readonly filter: unknown };

/** A command that changes several things by several statements is that many searches. */
function searchesOf(
  name: string,
  { lsid: _session, txnNumber: _number, writeConcern: _concern, $db: _db, ...command }: Command,
): readonly Search[] {
  const own = Object.fromEntries(Object.entries(command).filter(([key]) => !key.startsWith("$")));
  const each = (key: "updates" | "deletes"): readonly Search[] =>
    (own[key] as readonly Command[]).map((statement) => ({ command: { ...own, [key]: [statement] }, filter: statement["q"] }));
  switch (name) {
    case "find":
      return [{ command: own, filter: own["filter"] }];
    case "findAndModify":
      return [{ command: own, filter: own["query"] }];
    case "aggregate":
      // A change stream reads the log of changes, which has no index.
      return isStream(own["pipeline"]) ? [] : [{ command: own, filter: own["pipeline"] }];
    case "update":
      return each("updates");
    case "delete":
      return each("deletes");
    default:
      return [];
  }
}

function isStream(pipeline: unknown): boolean {
  return Array.isArray(pipeline) && pipeline.some((stage) => "$changeStream" in (stage as Command));
}

function readPlan(call: string, { command, filter }: Search, answer: Document): QueryPlan {
  const found = objectsIn(answer["executionStats"] ?? answer["stages"]);
  const outermost = (key: string): number => numberOf(found.find((each) => key in each)?.[key]);
  return {
    call,
    asked: JSON.stringify({ filter, sort: toObject(command["sort"]), limit: command["limit"] }),
    stages: found.flatMap(({ stage }) => (typeof stage === "string" ? [stage] : [])),
    keysExamined: outermost("totalKeysExamined"),
    documentsExamined: outermost("totalDocsExamined"),
    // What a change found it does not return.
    expected: Math.max(outermost("nReturned"), outermost("nMatched"), outermost("nWouldDelete"), keysNamed(filter)),
  };
}

function toObject(sort: unknown): unknown {
  return sort instanceof Map ? Object.fromEntries(sort) : sort;
}

/** How many documents a filter names by key. */
function keysNamed(filter: unknown): number {
  if (typeof filter !== "object" || filter === null) return 0;
  const { _id, $and } = filter as Command;
  if (Array.isArray($and)) return Math.max(0, ...$and.map(keysNamed));
  if (typeof _id === "string") return 1;
  const named = (_id as Command | undefined)?.["$in"];
  return Array.isArray(named) ? named.length : 0;
}

/** Every object within, outermost first. */
function objectsIn(value: unknown): readonly Command[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== "object" || value === null) return [];
  return [value as Command, ...Object.values(value).flatMap(objectsIn)];
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

import { MongoClient } from "mongodb";
import { openMongoStore } from "../src/store/mongo/mongo-store.ts";
import { everyCall } from "../test/store/mongo/every-call.ts";
import { makeOldEvent, makeOldRun } from "../test/store/mongo/history.ts";
import { openNotedStore } from "../test/store/mongo/noted-commands.ts";
import { explain, inWords, isGood, type QueryPlan } from "../test/store/mongo/query-plans.ts";
import { fill } from "../test/support/fill.ts";
import { startBenchMongod } from "./mongod.ts";

/** Of two filters the index knows one, and the other leaves one in seven of what it finds. */
const NARROWED = 12;
/** Keys or documents for each that is returned, from which a plan is printed. */
const WORTH_READING = 2;

type Judged = { readonly line: string; readonly good: boolean; readonly ratio: number };

/**
 * Every query of the MongoDB adapter, explained with so many runs stored: how many there are, those that read more than they return, dearest
 * first. @throws Error that names those that a store of that size cannot afford
 */
export async function* checkPlans(runs: number): AsyncGenerator<string> {
  const mongod = await startBenchMongod("standalone");
  try {
    const url = mongod.urlOf("bench");
    const store = await openMongoStore(url);
    await fill(store, runs, { event: makeOldEvent, run: makeOldRun });
    await store.close();
    const judged = (await judge(url)).toSorted((a, b) => b.ratio - a.ratio);
    const bad = judged.filter(({ good }) => !good);
    yield `${judged.length} searches explained, ${bad.length} of them bad`;
    yield* judged.filter(({ ratio }) => ratio > WORTH_READING).map(({ line }) => line);
    if (bad.length > 0) throw new Error(`bad plans:\n${bad.map(({ line }) => line).join("\n")}`);
  } finally {
    await mongod.stop();
  }
}

async function judge(url: string): Promise<readonly Judged[]> {
  const client = await MongoClient.connect(url);
  try {
    const judged: Judged[] = [];
    const noted = await openNotedStore(url);
    for (const { title, narrows, work } of everyCall(noted)) {
      noted.sent.length = 0;
      await work();
      for (const plan of await explain(client.db(), noted.sent))
        judged.push({ line: `${title}: ${inWords(plan)}`, good: isGood(plan, narrows ? NARROWED : undefined), ratio: ratioOf(plan) });
    }
    return judged;
  } finally {
    await client.close();
  }
}

function ratioOf({ keysExamined, documentsExamined, expected }: QueryPlan): number {
  return Math.max(keysExamined, documentsExamined) / Math.max(1, expected);
}

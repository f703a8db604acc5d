import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";
import { fill } from "../../support/fill.ts";
import { describeMongo } from "../../support/mongod-shared.ts";
import { everyCall } from "./every-call.ts";
import { makeOldEvent, makeOldRun } from "./history.ts";
import { openNotedStore } from "./noted-commands.ts";
import { explain, inWords, isExact, isGood } from "./query-plans.ts";

const RUNS = 4_000;
/** Of two filters the index knows one: it finds what is one rule of seven, one module of four, one type of five. */
const NARROWED = 12;

/** What is asked so often, or of so much, that it may read nothing but what it returns, in the order in which it does. */
const EXACT = new Set(["find pending runs of records", "find runs of another zone", "find records by date"]);

await describeMongo((_kind, database) => {
  const { url, drop } = database();
  const client = new MongoClient(url);
  beforeAll(async () => {
    const store = await openMongoStore(url);
    await fill(store, RUNS, { event: makeOldEvent, run: makeOldRun });
    await store.close();
  });
  afterAll(async () => {
    await client.close();
    await drop();
  });

  it("reads hardly more than it returns, whatever is asked", async () => {
    const noted = await openNotedStore(url);
    const bad: string[] = [];
    const exact = new Map<string, string[]>();
    let explained = 0;
    for (const { title, narrows, work } of everyCall(noted)) {
      noted.sent.length = 0;
      await work();
      const plans = await explain(client.db(), noted.sent);
      explained += plans.length;
      bad.push(...plans.filter((plan) => !isGood(plan, narrows ? NARROWED : undefined)).map((plan) => `${title}: ${inWords(plan)}`));
      for (const plan of plans)
        if (EXACT.has(plan.call)) exact.set(plan.call, [...(exact.get(plan.call) ?? []), ...(isExact(plan) ? [] : [inWords(plan)])]);
    }
    expect(explained).toBeGreaterThan(150);
    expect(bad).toEqual([]);
    expect(Object.fromEntries(exact)).toEqual(Object.fromEntries([...EXACT].map((call) => [call, []])));
  });
});

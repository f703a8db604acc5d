import { expect, it } from "vitest";
import { toConditions, type CriteriaBlock } from "../../src/criteria/conditions.ts";
import { explainCondition, type ConditionVerdict } from "../../src/criteria/explain.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { CONTEXT, facts, ORDERS } from "./orders.ts";

const explain = (block: CriteriaBlock, record: JsonObject, previous: JsonObject | null = null): Promise<ConditionVerdict> =>
  explainCondition({ ...block, conditions: toConditions(block, ORDERS) }, facts(record, previous), CONTEXT);

it("answers as the contract shows it", async () => {
  const block: CriteriaBlock = {
    criteria: [
      { field: "status", comparator: "equal", value: "paid" },
      { field: "total", comparator: "greaterEqual", value: 500 },
    ],
    pattern: "1 AND 2",
  };
  expect(await explain(block, { status: "paid", total: "12000.0" })).toEqual({
    matched: true,
    pattern: "1 AND 2",
    criteria: [
      { number: 1, field: "status", comparator: "equal", expected: "paid", actual: "paid", matched: true },
      { number: 2, field: "total", comparator: "greaterEqual", expected: 500, actual: "12000.0", matched: true },
    ],
  });
});

it("gives every criterion a verdict, whatever the others said", async () => {
  const block: CriteriaBlock = {
    criteria: [
      { field: "status", comparator: "equal", value: "paid" },
      { field: "total", comparator: "lessThan", value: { field: "credit_limit" } },
      { field: "due_date", comparator: "greaterThan", value: { days: -30 } },
      { field: "line_items.*.item_total", comparator: "greaterThan", value: 10 },
    ],
    pattern: "1 AND (2 OR NOT (3 AND 1)) OR 4",
  };
  const record = { status: "draft", total: 5, credit_limit: "6.0", due_date: "2026-11-01", line_items: [{ item_total: 11 }, {}] };
  const verdict = await explain(block, record);
  expect(verdict.matched).toBe(true);
  expect(verdict.criteria.map(({ matched }) => matched)).toEqual([false, true, true, true]);
  expect(verdict.criteria.map(({ expected }) => expected)).toEqual(["paid", { field: "credit_limit" }, { days: -30 }, 10]);
  expect(verdict.criteria.map(({ actual }) => actual)).toEqual(["draft", 5, "2026-11-01", [11, null]]);
});

it("says null for what is missing and for a comparator without a value, and the pattern that holds when none is written", async () => {
  const block: CriteriaBlock = {
    criteria: [
      { field: "status", comparator: "isEmpty" },
      { field: "cf_budget", comparator: "changed" },
    ],
  };
  expect(await explain(block, { custom_fields: [{ label: "Budget", value: "7" }] })).toEqual({
    matched: true,
    pattern: "1 AND 2",
    criteria: [
      { number: 1, field: "status", comparator: "isEmpty", expected: null, actual: null, matched: true },
      { number: 2, field: "cf_budget", comparator: "changed", expected: null, actual: "7", matched: true },
    ],
  });
});

it("matches every record where there are no criteria", async () => {
  expect(await explain({ criteria: [] }, {})).toEqual({ matched: true, pattern: null, criteria: [] });
});

it("keeps a hundred explanations at once apart", async () => {
  const block: CriteriaBlock = { criteria: [{ field: "total", comparator: "greaterEqual", value: 50 }], pattern: "NOT 1" };
  const verdicts = await Promise.all(Array.from({ length: 100 }, (_, total) => explain(block, { total })));
  expect(verdicts.map(({ matched }) => matched)).toEqual(Array.from({ length: 100 }, (_, total) => total < 50));
  expect(verdicts.map(({ criteria }) => criteria[0]?.actual)).toEqual(Array.from({ length: 100 }, (_, total) => total));
});

it("takes fields with hostile names", async () => {
  const block: CriteriaBlock = {
    criteria: ["__proto__", "constructor", "fact", "toString"].map((field) => ({ field, comparator: "isNotEmpty" })),
    pattern: "1 OR 2 OR 3 OR 4",
  };
  expect((await explain(block, {})).matched).toBe(false);
  expect((await explain(block, { fact: "x" })).matched).toBe(true);
});

import { expect, it } from "vitest";
import { toConditions } from "../../src/criteria/conditions.ts";
import { RulewrightError } from "../../src/model/errors.ts";
import { nearest } from "../../src/model/nearest.ts";
import { ORDERS } from "./orders.ts";

it("holds everything that evaluating needs", () => {
  const block = {
    criteria: [
      { field: "total", comparator: "greaterEqual", value: 500 },
      { field: "created_time", comparator: "between", value: [{ field: "due_date" }, { days: 3 }] },
      { field: "custom_fields.quote number", comparator: "equal", value: "Q", caseSensitive: true },
      { field: "new", comparator: "isEmpty" },
    ],
    pattern: "1 AND (2 OR NOT 3) OR 4",
  } as const;
  expect(toConditions({ ...block, criteria: block.criteria.map((criterion) => structuredClone(criterion) as never) }, ORDERS)).toEqual({
    any: [
      {
        all: [
          { name: "1", fact: "total", operator: "greaterEqual", value: 500, params: { type: "currency" } },
          {
            any: [
              {
                name: "2",
                fact: "created_time",
                operator: "between",
                value: [{ fact: "due_date", params: { type: "date" } }, { days: 3 }],
                params: { type: "datetime" },
              },
              {
                not: {
                  name: "3",
                  fact: "custom_fields.quote number",
                  operator: "equal",
                  value: "Q",
                  params: { type: "text", caseSensitive: true, customField: { name: "cf_quote_number", label: "Quote Number" } },
                },
              },
            ],
          },
        ],
      },
      { name: "4", fact: "new", operator: "isEmpty", value: null, params: {} },
    ],
  });
});

it("is null without criteria, and has a boolean root with one", () => {
  expect(toConditions({ criteria: [] }, ORDERS)).toBeNull();
  expect(Object.keys(toConditions({ criteria: [{ field: "status", comparator: "isEmpty" }] }, ORDERS) ?? {})).toEqual(["all"]);
});

it("refuses a pattern that is wrong", () => {
  expect(() => toConditions({ criteria: [{ field: "status", comparator: "isEmpty" }], pattern: "2" }, ORDERS)).toThrow(RulewrightError);
});

it.each([
  ["statsu", "status"],
  ["Status", "status"],
  ["dueDate", "due_date"],
  ["due_dat", "due_date"],
  ["tot", null],
  ["customer", null],
  ["", null],
])("nearest to %j is %j", (name, expected) => {
  expect(nearest(name, ["status", "due_date", "total"])).toBe(expected);
});

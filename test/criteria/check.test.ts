import { expect, it } from "vitest";
import { checkCriteria } from "../../src/criteria/check.ts";
import type { Criterion } from "../../src/model/criterion.ts";
import { COMPARATORS } from "../../src/model/criterion.ts";
import { FIELD_TYPES } from "../../src/model/field.ts";
import { fitting, ORDERS } from "./orders.ts";

const LIMITS = { criteriaPerCondition: 10 };
const check = (criterion: Criterion) => checkCriteria({ criteria: [criterion] }, ORDERS, LIMITS);

it.each<[string, Criterion]>([
  ["an amount", { field: "total", comparator: "greaterEqual", value: "12000.50" }],
  ["a percentage", { field: "percent_a", comparator: "equal", value: "12.5%" }],
  ["a relative date", { field: "due_date", comparator: "between", value: [{ days: -30 }, { months: 1 }] }],
  ["a datetime against a date field", { field: "created_time", comparator: "lessThan", value: { field: "due_date" } }],
  ["an unknown field", { field: "whatever", comparator: "greaterThan", value: 5 }],
  ["an unknown field with a type", { field: "whatever", type: "date", comparator: "lessThan", value: { days: 0 } }],
  ["an unknown reference", { field: "total", comparator: "lessThan", value: { field: "whatever" } }],
  ["a lookup against text", { field: "lookup_a", comparator: "equal", value: { field: "text_a" } }],
  ["nothing to change from", { field: "status", comparator: "changedFrom", value: null }],
  ["nothing to equal", { field: "status", comparator: "equal", value: "" }],
  ["any element", { field: "line_items.*.item_total", comparator: "greaterThan", value: 5 }],
  ["a custom field", { field: "custom_fields.Quote Number", comparator: "contains", value: "q" }],
  ["a number in a list", { field: "list_a", comparator: "includesAny", value: ["a", 5, true] }],
  ["a regular expression", { field: "text_a", comparator: "matches", value: "^INV-\\d+$" }],
])("takes %s", (_, criterion) => {
  expect(check(criterion)).toEqual([]);
});

it.each<[string, Criterion, string, string]>([
  [
    "a comparator of another type",
    { field: "total", comparator: "contains", value: "5" },
    "comparator",
    "expected a comparator that currency fields take, got contains",
  ],
  ["no value", { field: "status", comparator: "equal" }, "value", "expected one value, got nothing"],
  ["a list for one", { field: "status", comparator: "equal", value: ["a"] }, "value", 'expected one value, got ["a"]'],
  ["one for a list", { field: "status", comparator: "in", value: "a" }, "value", 'expected a list of values, got "a"'],
  ["an empty list", { field: "status", comparator: "in", value: [] }, "value", "expected a list of values, got []"],
  ["three for a pair", { field: "total", comparator: "between", value: [1, 2, 3] }, "value", "expected [low, high], got [1,2,3]"],
  [
    "a value for none",
    { field: "status", comparator: "isEmpty", value: true },
    "value",
    "expected no value, because isEmpty takes none, got true",
  ],
  ["no number", { field: "total", comparator: "lessThan", value: "1,000" }, "value", 'expected a number such as 12000.50, got "1,000"'],
  [
    "no number in a pair",
    { field: "total", comparator: "between", value: [1, "x"] },
    "value.1",
    'expected a number such as 12000.50, got "x"',
  ],
  ["nothing to be less than", { field: "total", comparator: "lessThan", value: "" }, "value", 'expected a value for lessThan, got ""'],
  ["nothing to contain", { field: "text_a", comparator: "contains", value: "" }, "value", 'expected a value for contains, got ""'],
  [
    "a day that is none",
    { field: "due_date", comparator: "equal", value: "2026-02-30" },
    "value",
    'expected a date such as 2026-11-20, got "2026-02-30"',
  ],
  ["no boolean", { field: "boolean_a", comparator: "equal", value: "yes" }, "value", 'expected true or false, got "yes"'],
  [
    "a relative date for an amount",
    { field: "total", comparator: "equal", value: { days: 1 } },
    "value",
    'expected a number such as 12000.50, got the relative date {"days":1}',
  ],
  [
    "a reference of another type",
    { field: "total", comparator: "lessThan", value: { field: "due_date" } },
    "value.field",
    "expected a field that can be compared with currency, got due_date, which is date",
  ],
  [
    "a reference to any element",
    { field: "total", comparator: "lessThan", value: { field: "line_items.*.item_total" } },
    "value.field",
    'expected one field, got "line_items.*.item_total", which is any element of a list',
  ],
  [
    "a list as if it were one",
    { field: "line_items.item_total", comparator: "lessThan", value: 5 },
    "field",
    'expected *, because line_items is a list, got "line_items.item_total"',
  ],
  [
    "a path with a hole",
    { field: "billing_address..country", comparator: "isEmpty" },
    "field",
    'expected names with a point between them, got "billing_address..country"',
  ],
  [
    "a back-reference",
    { field: "text_a", comparator: "matches", value: "(a)\\1" },
    "value",
    "expected a regular expression in RE2 syntax: error parsing regexp: invalid escape sequence: `\\1`",
  ],
  [
    "a long expression",
    { field: "text_a", comparator: "matches", value: "a".repeat(1001) },
    "value",
    "expected at most 1000 characters, got 1001",
  ],
  [
    "an expression that would take minutes",
    { field: "text_a", comparator: "matches", value: ".{0,999}a".repeat(8) },
    "value",
    "expected fewer or smaller repetitions: this one would be too slow",
  ],
  [
    "a field as an expression",
    { field: "text_a", comparator: "matches", value: { field: "text_b" } },
    "value",
    'expected a regular expression, got {"field":"text_b"}',
  ],
])("refuses %s", (_, criterion, path, message) => {
  expect(check(criterion)).toMatchObject([{ path: `criteria.0.${path}`, message }]);
});

it.each(FIELD_TYPES)("%s takes the comparators that the contract lists, and names them where it does not", (type) => {
  for (const comparator of COMPARATORS) {
    const [issue] = check({ field: `${type}_a`, comparator }).filter(({ path }) => path === "criteria.0.comparator");
    expect([comparator, issue === undefined]).toEqual([comparator, fitting(type).includes(comparator)]);
    const named = issue?.hint?.replace("one of ", "").split(", ") ?? fitting(type);
    expect(new Set(named)).toEqual(new Set(fitting(type)));
  }
});

it("hints how a list's field is addressed", () => {
  expect(check({ field: "line_items.item_total", comparator: "isEmpty" })[0]?.hint).toBe("line_items.*.item_total");
});

it("checks the pattern and the number of criteria", () => {
  const criteria: Criterion[] = [{ field: "status", comparator: "isEmpty" }];
  expect(checkCriteria({ criteria, pattern: "1 AND 2" }, ORDERS, LIMITS)).toEqual([
    { path: "pattern", message: 'expected a criterion\'s number from 1 to 1 at column 7, found "2"' },
  ]);
  expect(checkCriteria({ criteria: [], pattern: "1" }, ORDERS, LIMITS)).toMatchObject([{ path: "pattern" }]);
  expect(checkCriteria({ criteria: [...criteria, ...criteria] }, ORDERS, { criteriaPerCondition: 1 })).toMatchObject([
    { path: "criteria", message: "expected at most 1 criteria, got 2" },
  ]);
});

import { describe, expect, it } from "vitest";
import type { Criterion } from "../../src/model/criterion.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { createChangeTest } from "../../src/criteria/changed.ts";
import { facts, holds, ORDERS, verdict, ZONE } from "./orders.ts";

/** JSON.parse alone makes own `__proto__` keys. */
const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

type Row = readonly [sentence: string, criterion: Criterion, record: JsonObject, expected: boolean];

describe("values, a sentence of the contract a row", () => {
  it.each<Row>([
    ["missing is empty", { field: "status", comparator: "isEmpty" }, {}, true],
    ['"[]" is empty in a list field', { field: "list_a", comparator: "isEmpty" }, { list_a: "[]" }, true],
    ['"[]" is not empty in a text field', { field: "text_a", comparator: "isEmpty" }, { text_a: "[]" }, false],
    ["malformed is not empty", { field: "total", comparator: "isEmpty" }, { total: "garbage" }, false],
    ["malformed never matches <", { field: "total", comparator: "lessThan", value: 5 }, { total: "garbage" }, false],
    ["empty never matches <=", { field: "total", comparator: "lessEqual", value: 5 }, { total: null }, false],
    ["empty never matches notBetween", { field: "total", comparator: "notBetween", value: [1, 2] }, {}, false],
    ["malformed never matches isFalse", { field: "boolean_a", comparator: "isFalse" }, { boolean_a: 0 }, false],
    ["notEqual matches on empty", { field: "total", comparator: "notEqual", value: 5 }, {}, true],
    ["notIn matches on malformed", { field: "total", comparator: "notIn", value: [5] }, { total: "x" }, true],
    ["notContains matches on empty", { field: "text_a", comparator: "notContains", value: "x" }, { text_a: null }, true],
    ['"12000.0" equals 12000', { field: "total", comparator: "equal", value: 12000 }, { total: "12000.0" }, true],
    [
      "a string keeps digits beyond 2^53",
      { field: "total", comparator: "greaterThan", value: "9007199254740992" },
      { total: "9007199254740993" },
      true,
    ],
    ["percent may end in %", { field: "percent_a", comparator: "equal", value: "12.50%" }, { percent_a: 12.5 }, true],
    ["currency may not", { field: "total", comparator: "isNotEmpty" }, { total: "12%" }, true],
    ["thousands separators are malformed", { field: "total", comparator: "greaterThan", value: 1 }, { total: "1,000" }, false],
    ["surrounding spaces are malformed", { field: "total", comparator: "greaterThan", value: 1 }, { total: " 5" }, false],
    [
      "a fraction in an integer field compares as it is",
      { field: "integer_a", comparator: "greaterThan", value: 2 },
      { integer_a: "2.5" },
      true,
    ],
    ["booleans as strings in any case", { field: "boolean_a", comparator: "isTrue" }, { boolean_a: "TRUE" }, true],
    ["nothing else is a boolean", { field: "boolean_a", comparator: "isTrue" }, { boolean_a: 1 }, false],
    [
      "an instant in a date field is its day there",
      { field: "due_date", comparator: "equal", value: "2026-11-20" },
      { due_date: "2026-11-19T18:30:00Z" },
      true,
    ],
    [
      "+0530 is an offset",
      { field: "created_time", comparator: "equal", value: "2026-11-20T09:00:00Z" },
      { created_time: "2026-11-20T14:30:00+0530" },
      true,
    ],
    [
      "without an offset: the organization's zone",
      { field: "created_time", comparator: "equal", value: "2026-11-20T09:00:00Z" },
      { created_time: "2026-11-20T14:30" },
      true,
    ],
    [
      "a datetime against a date: whole days",
      { field: "created_time", comparator: "equal", value: "2026-11-20" },
      { created_time: "2026-11-20T23:59:00+0530" },
      true,
    ],
    [
      "a datetime against a relative date: whole days",
      { field: "created_time", comparator: "lessEqual", value: { days: 0 } },
      { created_time: "2026-11-20T23:59:00+0530" },
      true,
    ],
    [
      "a datetime against an instant: the instant",
      { field: "created_time", comparator: "lessEqual", value: "2026-11-20T09:00:00Z" },
      { created_time: "2026-11-20T23:59:00+0530" },
      false,
    ],
    [
      "relative dates count from the event's day",
      { field: "due_date", comparator: "lessThan", value: { days: -30 } },
      { due_date: "2026-10-20" },
      true,
    ],
    [
      "30 days before is not less than itself",
      { field: "due_date", comparator: "lessThan", value: { days: -30 } },
      { due_date: "2026-10-21" },
      false,
    ],
    [
      "a day that the calendar lacks is malformed",
      { field: "due_date", comparator: "notEqual", value: "2026-03-01" },
      { due_date: "2026-02-30" },
      true,
    ],
    ["text ignores case", { field: "status", comparator: "equal", value: "PAID" }, { status: "Paid" }, true],
    ["unless caseSensitive", { field: "status", comparator: "equal", value: "PAID", caseSensitive: true }, { status: "Paid" }, false],
    ["text is composed", { field: "text_a", comparator: "equal", value: "\u00e9" }, { text_a: "E\u0301" }, true],
    ["nothing is trimmed", { field: "status", comparator: "equal", value: "paid" }, { status: "paid " }, false],
    ["matches is case-sensitive", { field: "text_a", comparator: "matches", value: "inv" }, { text_a: "INV-1" }, false],
    ["matches is a search", { field: "text_a", comparator: "matches", value: "V-\\d" }, { text_a: "INV-1" }, true],
    ["more than 64 KB never matches", { field: "text_a", comparator: "matches", value: "a" }, { text_a: "a".repeat(65_537) }, false],
    [
      "two empty fields are equal",
      { field: "text_a", comparator: "equal", value: { field: "text_b" } },
      { text_a: "", text_b: null },
      true,
    ],
    ["excludesAll: none is present", { field: "list_a", comparator: "excludesAll", value: ["x", "b"] }, { list_a: ["a", "b"] }, false],
    ["excludesAny: one is absent", { field: "list_a", comparator: "excludesAny", value: ["x", "b"] }, { list_a: ["a", "b"] }, true],
    ["a list as JSON text", { field: "list_a", comparator: "includesAll", value: ["a", "B"] }, { list_a: '["A","b"]' }, true],
    ["a list with commas", { field: "multiselect_a", comparator: "includesAny", value: ["b"] }, { multiselect_a: "a, b" }, true],
    ["an unknown field is what its JSON is", { field: "new", comparator: "greaterThan", value: 5 }, { new: 6 }, true],
    ["a JSON string is text", { field: "new", comparator: "greaterThan", value: 5 }, { new: "6" }, false],
    ["a declared type reads it", { field: "new", type: "decimal", comparator: "greaterThan", value: 5 }, { new: "6" }, true],
    [
      "another field",
      { field: "total", comparator: "greaterThan", value: { field: "credit_limit" } },
      { total: "10", credit_limit: 9.5 },
      true,
    ],
    [
      "between has both ends",
      { field: "total", comparator: "between", value: [5, { field: "credit_limit" }] },
      { total: "5.0", credit_limit: "5" },
      true,
    ],
  ])("%s", (_, criterion, record, expected) => {
    expect(holds(criterion, record)).toBe(expected);
  });
});

describe("paths", () => {
  const items = { line_items: [{ item_total: "5" }, { item_total: "700.00" }, {}] };
  it.each<Row>([
    ["nested", { field: "billing_address.country", comparator: "equal", value: "india" }, { billing_address: { country: "India" } }, true],
    ["nested in what is no object", { field: "billing_address.country", comparator: "isEmpty" }, { billing_address: "India" }, true],
    ["any element", { field: "line_items.*.item_total", comparator: "greaterThan", value: 500 }, items, true],
    ["no element", { field: "line_items.*.item_total", comparator: "greaterThan", value: 700 }, items, false],
    ["any element also for negative comparators", { field: "line_items.*.item_total", comparator: "notEqual", value: 5 }, items, true],
    ["an element without it is empty", { field: "line_items.*.item_total", comparator: "isEmpty" }, items, true],
    ["no elements: false", { field: "line_items.*.item_total", comparator: "notEqual", value: 5 }, { line_items: [] }, false],
    ["no elements: isEmpty is true", { field: "line_items.*.item_total", comparator: "isEmpty" }, {}, true],
    [
      "elements in JSON text",
      { field: "line_items.*.item_total", comparator: "equal", value: 7 },
      { line_items: '[{"item_total":"7.0"}]' },
      true,
    ],
    ["the elements themselves", { field: "new.*", comparator: "equal", value: 7 }, { new: [6, 7] }, true],
    [
      "custom field by label",
      { field: "custom_fields.Quote Number", comparator: "equal", value: "q-1" },
      { custom_fields: [{ label: "quote number", value: "Q-1" }] },
      true,
    ],
    [
      "custom field by api name",
      { field: "custom_fields.cf_quote_number", comparator: "equal", value: "q-1" },
      { custom_fields: [{ api_name: "cf_quote_number", value: "Q-1" }] },
      true,
    ],
    [
      "custom field by its declaration, under its label",
      { field: "cf_budget", comparator: "greaterThan", value: 99 },
      { custom_fields: [{ label: "BUDGET", value: "100.0" }] },
      true,
    ],
    [
      "custom field at top level first",
      { field: "cf_budget", comparator: "equal", value: 1 },
      { cf_budget: "1.0", custom_fields: [{ label: "Budget", value: 2 }] },
      true,
    ],
    [
      "declared label has the declared type",
      { field: "custom_fields.budget", comparator: "greaterThan", value: 99 },
      { custom_fields: [{ api_name: "cf_budget", value: "100.0" }] },
      true,
    ],
    [
      "label with points",
      { field: "custom_fields.P.O. Number", comparator: "equal", value: "7" },
      { custom_fields: [{ label: "P.O. Number", value: "7" }] },
      true,
    ],
    ["custom fields as an object", { field: "cf_budget", comparator: "equal", value: 3 }, { custom_fields: { cf_budget: "3" } }, true],
    ["inherited names are nothing", { field: "constructor", comparator: "isEmpty" }, {}, true],
    ["nor nested", { field: "billing_address.toString", comparator: "isEmpty" }, { billing_address: { a: 1 } }, true],
    ["__proto__ is nothing", { field: "__proto__", comparator: "isEmpty" }, {}, true],
    ["an own __proto__ is something", { field: "__proto__", comparator: "isNotEmpty" }, parsed('{"__proto__": "x"}'), true],
    ["custom field __proto__", { field: "custom_fields.__proto__", comparator: "isEmpty" }, { custom_fields: {} }, true],
    ["length of a text is nothing", { field: "status.length", comparator: "isEmpty" }, { status: "paid" }, true],
  ])("%s", (_, criterion, record, expected) => {
    expect(holds(criterion, record)).toBe(expected);
  });
});

describe("changes", () => {
  const changed = createChangeTest(ORDERS, ZONE);
  it.each<[string, string, Json | undefined, Json | undefined, boolean]>([
    ["equal amounts", "total", "12000.0", 12000, false],
    ["null and missing", "total", null, undefined, false],
    ['"" and null', "status", "", null, false],
    ["another letter case", "status", "Paid", "paid", true],
    ["composed and decomposed", "text_a", "\u00e9", "e\u0301", false],
    ["the same malformed value", "total", "n/a", "n/a", false],
    ["another malformed value", "total", "n/a", "unknown", true],
    ["the same instant", "created_time", "2026-11-20T09:00:00Z", "2026-11-20T14:30:00+0530", false],
    ["a list and its text", "list_a", ["a", "b"], "a,b", false],
    ["another order", "list_a", ["a", "b"], ["b", "a"], true],
    ["amounts in line items", "line_items", [{ name: "x", item_total: "5.0" }], [{ item_total: 5, name: "x" }], false],
    ["a line item more", "line_items", [{ name: "x" }], [{ name: "x" }, { name: "y" }], true],
    ["an object's fields", "billing_address", { country: "India", zip: "" }, { country: "India" }, false],
    ["an object's field", "billing_address", { country: "India" }, { country: "Chile" }, true],
    ["text and number of an unknown field", "new", "5", 5, true],
    ["objects of an unknown field", "new", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, false],
  ])("%s", (_, field, now, before, expected) => {
    const record = (value: Json | undefined): JsonObject => (value === undefined ? {} : { [field]: value });
    expect(changed(field, record(now), record(before))).toBe(expected);
    expect(changed(field, record(before), record(now))).toBe(expected);
    expect(holds({ field, comparator: "changed" }, record(now), record(before))).toBe(expected);
  });

  it("looks at each element's field for a path with *", () => {
    const rows = (...totals: readonly Json[]): JsonObject => ({ line_items: totals.map((item_total) => ({ item_total, note: Math.PI })) });
    expect(changed("line_items.*.item_total", rows("1.0", 2), rows(1, "2"))).toBe(false);
    expect(changed("line_items.*.item_total", rows(1, 3), rows(1, 2))).toBe(true);
    expect(changed("line_items.*.item_total", rows(1), rows(1, 2))).toBe(true);
  });

  it("takes every field that is not empty as new where there was no record", () => {
    expect(changed("status", { status: "paid" }, null)).toBe(true);
    expect(changed("status", { status: null }, null)).toBe(false);
    expect(holds({ field: "status", comparator: "changedTo", value: "Paid" }, { status: "paid" })).toBe(true);
    expect(holds({ field: "status", comparator: "changedFrom", value: null }, { status: "paid" })).toBe(true);
  });

  it("asks what it was and what it is", () => {
    const [now, before] = [{ status: "paid" }, { status: "sent" }];
    expect(holds({ field: "status", comparator: "changedFrom", value: "SENT" }, now, before)).toBe(true);
    expect(holds({ field: "status", comparator: "changedFrom", value: "paid" }, now, before)).toBe(false);
    expect(holds({ field: "status", comparator: "changedTo", value: "paid" }, now, before)).toBe(true);
    expect(holds({ field: "status", comparator: "changedTo", value: "paid" }, now, now)).toBe(false);
  });

  it("keeps looking at the first pair when a delayed run is re-checked", () => {
    const criterion: Criterion = { field: "status", comparator: "changedTo", value: "paid" };
    const later = { ...facts({ status: "void" }, null), changes: { record: { status: "paid" }, previous: { status: "sent" } } };
    expect(verdict({ criteria: [criterion] }, later)).toBe(true);
    expect(verdict({ criteria: [criterion, { field: "status", comparator: "equal", value: "void" }] }, later)).toBe(true);
  });

  it("compares records nested deeper than the stack", () => {
    const deep = (): Json => {
      let value: Json = 1;
      for (let level = 0; level < 200_000; level++) value = [value];
      return value;
    };
    expect(changed("new", { new: deep() }, { new: deep() })).toBe(false);
  });
});

it("relative dates and wall times follow the organization's zone", () => {
  const criterion: Criterion = { field: "due_date", comparator: "equal", value: "2026-11-20" };
  const given = facts({ due_date: "2026-11-20T02:00:00Z" });
  expect(verdict({ criteria: [criterion] }, given, "Asia/Kolkata")).toBe(true);
  expect(verdict({ criteria: [criterion] }, given, "America/New_York")).toBe(false);
});

it("reads a field once for each way of reading it", () => {
  const criteria: readonly Criterion[] = [
    { field: "status", comparator: "equal", value: "PAID" },
    { field: "status", comparator: "equal", value: "PAID", caseSensitive: true },
    { field: "status", comparator: "matches", value: "^Paid$" },
    { field: "status", type: "lookup", comparator: "equal", value: "paid" },
  ];
  const given = facts({ status: "Paid" });
  expect(verdict({ criteria, pattern: "1 AND NOT 2 AND 3 AND NOT 4" }, given)).toBe(true);
  expect(verdict({ criteria, pattern: "NOT 4 AND 3 AND NOT 2 AND 1" }, given)).toBe(true);
});

import { describe, expect, it } from "vitest";
import type { ActionInput } from "../../../src/actions/action.ts";
import { createFieldUpdateHandler } from "../../../src/actions/field-update/handler.ts";
import { FieldUpdate } from "../../../src/model/actions/field-update.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";
import type { Module } from "../../../src/model/module.ts";
import { Organization } from "../../../src/model/organization.ts";

const invoices: Module = {
  name: "invoices",
  label: "Invoices",
  aliases: [],
  singular: "invoice",
  idFields: ["invoice_id", "id"],
  triggers: [],
  fields: [
    { name: "status", type: "picklist", options: ["draft", "sent", "paid"] },
    { name: "notes", type: "text" },
    { name: "total", type: "currency" },
    { name: "count", type: "integer" },
    { name: "discount", type: "percent" },
    { name: "is_urgent", type: "boolean" },
    { name: "date", type: "date" },
    { name: "due_date", type: "date" },
    { name: "sent_at", type: "datetime" },
    { name: "tags", type: "multiselect", options: ["a", "b"] },
    { name: "billing_address", type: "object", fields: [{ name: "zip", type: "text" }] },
    { name: "line_items", type: "list", fields: [{ name: "rate", type: "currency" }] },
    { name: "cf_stage", type: "text", label: "Stage" },
  ],
};
const organization = Organization.parse({ timeZone: "Asia/Kolkata" });
const handler = createFieldUpdateHandler();

type Update = { readonly field: string; readonly value?: unknown; readonly updateWithEmptyValue?: true };
type Status = "updated" | "unchanged" | "applied" | "deleted";

function define(update: Update): FieldUpdate {
  return FieldUpdate.parse({ name: "an-update", module: "invoices", ...update });
}

const unused = (): never => {
  throw new Error("a field update has no use for this");
};

function run(update: Update, record: JsonObject, status: Status = "updated") {
  const input: ActionInput<FieldUpdate> = {
    definition: define(update),
    runId: "run_1",
    attempt: 1,
    now: 0,
    organization,
    module: invoices,
    modules: new Map([["invoices", invoices]]),
    rule: null,
    event: null,
    // Another record than the stored one, which alone counts.
    record: { invoice_id: "90300", notes: "stale", date: "1999-01-01" },
    recordId: "90300",
    previous: null,
    user: null,
    frozen: null,
    lookup: unused,
    template: unused,
    notify: unused,
    updateRecord: async (change) => ({ status, changes: status === "deleted" ? {} : change(record) }),
    records: { get: unused, query: unused, create: unused, update: unused },
    signal: new AbortController().signal,
  };
  return handler.run(input);
}

const address = { city: "Delhi", zip: "624001" };
const other = { api_name: "cf_other", label: "Other", value: "kept" };
const entry = (more: JsonObject): JsonObject => ({ customfield_id: "1", value: "old", ...more });

describe("what is set", () => {
  it.each<[string, Update, JsonObject, JsonObject]>([
    ["a literal", { field: "notes", value: "hello" }, {}, { notes: "hello" }],
    ["a number", { field: "total", value: 12.5 }, { total: "1" }, { total: 12.5 }],
    ["false", { field: "is_urgent", value: false }, {}, { is_urgent: false }],
    ["a list", { field: "tags", value: ["a", "b"] }, {}, { tags: ["a", "b"] }],
    ["nothing", { field: "notes", updateWithEmptyValue: true }, { notes: "x" }, { notes: null }],
    ["another field", { field: "notes", value: { field: "status" } }, { status: "sent" }, { notes: "sent" }],
    ["a nested field", { field: "notes", value: { field: "billing_address.zip" } }, { billing_address: address }, { notes: "624001" }],
    ["another field that is missing", { field: "notes", value: { field: "status" } }, {}, { notes: null }],
    ["a name that every object inherits", { field: "cf_x", value: { field: "toString" } }, {}, { cf_x: null }],
    ["days from a date", { field: "due_date", value: { days: 30, of: "date" } }, { date: "2026-01-31" }, { due_date: "2026-03-02" }],
    ["days before a date", { field: "due_date", value: { days: -1, of: "date" } }, { date: "2024-03-01" }, { due_date: "2024-02-29" }],
    [
      "days from an instant",
      { field: "sent_at", value: { days: 1, of: "sent_at" } },
      { sent_at: "2026-12-31T23:30:00+0530" },
      { sent_at: "2027-01-01T23:30:00+0530" },
    ],
    // 20:00 UTC is the next day in Kolkata.
    [
      "the day of an instant in a date field",
      { field: "due_date", value: { days: 1, of: "sent_at" } },
      { sent_at: "2026-11-20T20:00:00Z" },
      { due_date: "2026-11-22" },
    ],
    [
      "a nested key, its object whole",
      { field: "billing_address.zip", value: "1" },
      { billing_address: address },
      { billing_address: { city: "Delhi", zip: "1" } },
    ],
    ["a nested key of an object that is not there", { field: "billing_address.zip", value: "1" }, {}, { billing_address: { zip: "1" } }],
    ["a custom field at top level", { field: "cf_stage", value: "new" }, { cf_stage: "old" }, { cf_stage: "new" }],
    ["a custom field that the record has not", { field: "cf_stage", value: "new" }, { custom_fields: [other] }, { cf_stage: "new" }],
    [
      "a custom field by its api name",
      { field: "cf_stage", value: "new" },
      { custom_fields: [other, entry({ api_name: "cf_stage" })] },
      { custom_fields: [other, entry({ api_name: "cf_stage", value: "new" })] },
    ],
    [
      "a custom field by its label in any case",
      { field: "cf_stage", value: "new" },
      { custom_fields: [entry({ label: "STAGE" }), other] },
      { custom_fields: [entry({ label: "STAGE", value: "new" }), other] },
    ],
    [
      "a custom field that is not declared",
      { field: "cf_free", value: "new" },
      { custom_fields: [entry({ api_name: "cf_free" })] },
      { custom_fields: [entry({ api_name: "cf_free", value: "new" })] },
    ],
  ])("%s", async (_, update, record, changes) => {
    const before = structuredClone(record);
    expect(await run(update, record)).toEqual({ outcome: "succeeded", response: { changes } });
    expect(record).toEqual(before);
  });

  it.each<Status>(["applied", "unchanged"])("is answered when the record is %s", async (status) => {
    expect(await run({ field: "notes", value: "x" }, {}, status)).toEqual({ outcome: "succeeded", response: { changes: { notes: "x" } } });
  });

  it("is nothing on a deleted record", async () => {
    expect(await run({ field: "notes", value: "x" }, {}, "deleted")).toMatchObject({ outcome: "skipped", reason: "recordDeleted" });
  });
});

describe("what cannot be set ends the run", () => {
  const days = { field: "due_date", value: { days: 30, of: "date" } };
  it.each<[string, Update, JsonObject, RegExp]>([
    ["a missing date", days, {}, /due_date.*date is empty/],
    ["an empty date", days, { date: "" }, /date is empty/],
    ["a malformed date", days, { date: "31.01.2026" }, /date holds "31\.01\.2026"/],
    ["a number for a date", days, { date: 20260131 }, /date holds 20260131/],
    ["a day that the calendar lacks", days, { date: "2026-02-30" }, /2026-02-30/],
    ["a date beyond the calendar", days, { date: "9999-12-31" }, /outside the calendar/],
    [
      "a nested key of text",
      { field: "billing_address.zip", value: "1" },
      { billing_address: "Delhi" },
      /billing_address is not an object/,
    ],
  ])("%s", async (_, update, record, error) => {
    const result = await run(update, record);
    expect(result).toMatchObject({ outcome: "failed", retry: false });
    expect(result.outcome === "failed" && result.error).toMatch(error);
  });
});

it("does not hide what the store throws", async () => {
  const broken = new Error("the disk is full");
  const definition = define({ field: "notes", value: "x" });
  // Only what a field update looks at before it asks the store.
  const input = {
    definition,
    module: invoices,
    organization,
    updateRecord: () => Promise.reject(broken),
  } as unknown as ActionInput<FieldUpdate>;
  await expect(handler.run(input)).rejects.toBe(broken);
});

it("is tried again later each time, up to a minute", () => {
  const definition = define({ field: "notes", value: "x" });
  expect(handler.attempts(definition)).toBe(50);
  expect([1, 2, 3, 4, 40].map((attempt) => handler.delayAfter(attempt))).toEqual([1000, 2000, 4000, 8000, 60_000]);
});

describe("check", () => {
  const issuesOf = (update: Update) =>
    handler.check(define(update), {
      organization,
      module: invoices,
      modules: new Map(),
      template: () => null,
      templates: [],
      connections: [],
    });

  it.each<[string, Json | { days: number; of: string }]>([
    ["notes", "hello"],
    ["status", "paid"],
    ["total", "12345678901234567890.01"],
    ["count", 3],
    ["count", "12345678901234567890"],
    ["discount", "12.5%"],
    ["is_urgent", true],
    ["date", "2026-11-20"],
    ["sent_at", "2026-11-20T09:00:00+0530"],
    ["tags", ["a"]],
    ["billing_address.zip", "624001"],
    ["cf_stage", "x"],
    ["cf_free", 1],
    ["notes", { field: "billing_address.zip" }],
    ["notes", { field: "invoice_id" }],
    ["due_date", { days: 30, of: "date" }],
    ["sent_at", { days: 1, of: "date" }],
    ["notes", { days: 1, of: "sent_at" }],
  ])("takes %s = %j", (field, value) => {
    expect(issuesOf({ field, value })).toEqual([]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ["due_date", { field: "total" }, "value.field", /whose values due_date can hold \(date\), got total, which is currency/],
    ["stauts", "paid", "field", /stauts.*status/],
    ["invoice_id", "1", "field", /id/],
    ["line_items.*.rate", 1, "field", /any element/],
    ["line_items.rate", 1, "field", /line_items is a list/],
    ["billing_address.zipp", "1", "field", /zipp/],
    ["notes", 1, "value", /text.*"1"/],
    ["notes", "", "value", /updateWithEmptyValue/],
    ["status", "piad", "value", /draft, sent, paid.*did you mean paid/],
    ["tags", ["a", "c"], "value", /a, b/],
    ["tags", "a", "value", /a list/],
    ["total", "12,000", "value", /number/],
    ["count", 1.5, "value", /whole/],
    ["count", "12345678901234567890.5", "value", /whole/],
    ["is_urgent", "yes", "value", /true or false/],
    ["date", "20.11.2026", "value", /date such as/],
    ["date", "2026-02-30", "value", /date such as/],
    ["sent_at", "2026-11-20", "value", /instant/],
    ["billing_address", "x", "value", /field/],
    ["notes", { field: "stauts" }, "value.field", /status/],
    ["due_date", { days: 1, of: "daet" }, "value.of", /daet/],
    ["due_date", { days: 1, of: "notes" }, "value.of", /notes, which is text/],
    ["total", { days: 1, of: "date" }, "value", /total is currency/],
  ])("refuses %s = %j", (field, value, path, message) => {
    const issues = issuesOf({ field, value });
    expect(issues.map((issue) => issue.path)).toEqual([path]);
    expect(issues.map((issue) => `${issue.message} ${issue.hint ?? ""}`).join()).toMatch(message);
  });
});

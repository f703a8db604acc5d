import { afterEach, beforeEach, expect, it } from "vitest";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

const rule = (trigger: string, active = true) => `
kind: Organization
timeZone: Europe/Berlin
---
kind: Webhook
name: remind
module: invoices
url: https://erp.example/hook
---
kind: WorkflowRule
name: overdue
module: invoices
active: ${active}
trigger: { type: date, field: due_date, ${trigger} }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: webhook, name: remind }]
    timeBasedActions: [{ execute: { after: { days: 1 } }, actions: [{ type: webhook, name: remind }] }]
`;
const ONCE = 'when: { after: { days: 3 } }, at: "09:00"';
const MONTHLY = 'when: { after: { days: 0 } }, at: "09:00", cycle: monthly';

// 20 November, 10:00 in Berlin.
let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

const invoice = { invoice_id: "1", status: "sent", due_date: "2026-12-01" };

/** The verdict, the first reason against, the condition and when what is planned is due. */
async function explained(record: object, more: object = {}) {
  const [{ id } = { id: "" }] = (await t.engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: 1, cursor: null })).data;
  const { fires, reason, condition, plan } = await t.engine.explain.rule(ORGANIZATION, id, { record, ...more });
  return [fires, reason, condition, plan.map(({ dueAt }) => dueAt?.slice(0, 16))];
}

async function comes(instant: string): Promise<void> {
  t.clock.moveTo(instant);
  await t.engine.idle();
}

it.each([
  [ONCE, invoice, [true, null, 1, ["2026-12-04T08:00", "2026-12-05T08:00"]]],
  [MONTHLY, invoice, [true, null, 1, ["2026-12-01T08:00", "2026-12-02T08:00"]]],
  [MONTHLY, { ...invoice, due_date: "2001-01-31" }, [true, null, 1, ["2026-11-30T08:00", "2026-12-01T08:00"]]],
  [ONCE, { ...invoice, due_date: "2001-01-31" }, [true, null, 1, ["2001-02-03T08:00", "2001-02-04T08:00"]]],
  [ONCE, { ...invoice, status: "paid" }, [false, "criteriaNotMet", null, []]],
  [ONCE, { ...invoice, due_date: "" }, [false, "criteriaNotMet", 1, []]],
  [ONCE, { ...invoice, due_date: "9999-12-31" }, [false, "criteriaNotMet", 1, []]],
])("{ %s } for %j: %j", async (trigger, record, expected) => {
  await t.apply(rule(trigger));
  expect(await explained(record)).toEqual(expected);
});

it("says of a rule that is off that it is", async () => {
  await t.apply(rule(ONCE, false));
  expect(await explained(invoice)).toEqual([false, "ruleInactive", 1, []]);
});

it("counts from the instant that it is tried at", async () => {
  await t.apply(rule(MONTHLY));
  expect(await explained(invoice, { at: "2027-02-20T00:00:00Z" })).toEqual([true, null, 1, ["2027-03-01T08:00", "2027-03-02T08:00"]]);
});

it("knows that a date has come before, and of a cycle the next one that has not", async () => {
  await t.apply(rule(ONCE));
  await t.emit({ module: "invoices", type: "created", record: invoice });
  await comes("2026-12-04T08:00:00Z");
  expect(await explained(invoice)).toEqual([false, "alreadyFired", 1, []]);
  expect(await explained({ ...invoice, invoice_id: "2" })).toEqual([true, null, 1, ["2026-12-04T08:00", "2026-12-05T08:00"]]);
  expect(await explained({ ...invoice, due_date: "2026-12-02" })).toEqual([true, null, 1, ["2026-12-05T08:00", "2026-12-06T08:00"]]);
  await t.apply(rule(MONTHLY));
  await comes("2027-01-01T08:00:00Z");
  expect(t.calls.length).toBeGreaterThan(1);
  await t.apply(rule(MONTHLY.replace("days: 0", "days: 2")));
  expect(await explained(invoice)).toEqual([true, null, 1, ["2027-02-03T08:00", "2027-02-04T08:00"]]);
});

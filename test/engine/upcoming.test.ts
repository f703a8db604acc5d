import { afterEach, beforeEach, expect, it } from "vitest";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

const DEFINITIONS = `
kind: Organization
timeZone: Europe/Berlin
---
kind: Webhook
name: remind
module: invoices
url: https://erp.example/hook
---
kind: CustomFunction
name: sync
module: contacts
language: host
---
kind: Schedule
name: nightly
function: sync
recurrence: { frequency: daily, every: 2 }
startsAt: "2026-11-21T18:00"
---
kind: WorkflowRule
name: overdue
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 3 } }, at: "09:00" }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: webhook, name: remind }]
    timeBasedActions: [{ execute: { after: { days: 1 } }, actions: [{ type: webhook, name: remind }] }]
---
kind: WorkflowRule
name: reminder
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - timeBasedActions: [{ execute: { before: { days: 1 }, of: due_date }, actions: [{ type: webhook, name: remind }] }]
`;

// 20 November, 10:00 in Berlin.
let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
  await t.apply(DEFINITIONS);
});
afterEach(() => t.close());

const created = (invoice_id: string, due_date: string, status = "sent") =>
  t.emit({ module: "invoices", type: "created", record: { invoice_id, due_date, status } });

async function upcoming(days: number, most = 100) {
  const { data, isCut } = await t.engine.upcoming(ORGANIZATION, days, most);
  return {
    isCut,
    lines: data.map(({ dueAt, rule, schedule, record, run }) => [dueAt.slice(0, 16), rule?.name ?? schedule?.name, record, run !== null]),
  };
}

it("what is planned, what a date will bring and what a schedule will, in the order in which it comes", async () => {
  await created("1", "2026-11-22");
  await created("2", "2026-11-24", "paid");
  expect(await upcoming(7)).toEqual({
    isCut: false,
    lines: [
      ["2026-11-20T23:00", "reminder", "1", true],
      ["2026-11-21T17:00", "nightly", null, false],
      ["2026-11-22T23:00", "reminder", "2", true],
      ["2026-11-23T17:00", "nightly", null, false],
      ["2026-11-25T08:00", "overdue", "1", false],
      ["2026-11-25T17:00", "nightly", null, false],
      ["2026-11-26T08:00", "overdue", "1", false],
    ],
  });
  expect((await t.engine.upcoming(ORGANIZATION, 7, 100)).data.find(({ rule }) => rule?.name === "overdue")).toMatchObject({
    rule: { version: 1 },
    module: "invoices",
    action: { type: "webhook", name: "remind" },
  });
});

it("is what then runs", async () => {
  await created("1", "2026-11-22");
  const { lines } = await upcoming(7);
  for (let hour = 0; hour < 7 * 24; hour++) {
    t.clock.moveBy(3_600_000);
    await t.engine.idle();
  }
  const ran = (await t.runs()).map(({ dueAt, rule, schedule, record }) => [dueAt?.slice(0, 16), rule?.name ?? schedule?.name, record]);
  expect(ran.toSorted()).toEqual(lines.map((line) => line.slice(0, 3)).toSorted());
});

it("says where there is more", async () => {
  await created("1", "2026-11-22");
  expect(await upcoming(7, 2)).toMatchObject({
    isCut: true,
    lines: [
      ["2026-11-20T23:00", "reminder", "1", true],
      ["2026-11-21T17:00", "nightly", null, false],
    ],
  });
});

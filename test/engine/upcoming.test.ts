import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

const MONTHLY = `
kind: Module
name: invoices
fields: [{ name: due_date, type: datetime }]
---
kind: Webhook
name: remind
module: invoices
url: https://erp.example/hook
---
kind: WorkflowRule
name: monthly
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 0 } }, cycle: monthly }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: webhook, name: remind }]
`;

// 20 November, 10:00 in Berlin.
let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
  await t.apply(DEFINITIONS);
  await t.engine.idle();
});
afterEach(() => t.close());

const created = (invoice_id: string, due_date: string, status = "sent") =>
  t.emit({ module: "invoices", type: "created", record: { invoice_id, due_date, status } });

async function upcoming(days: number, most = 100) {
  const { data, cutAt } = await t.engine.upcoming(ORGANIZATION, days, most);
  return {
    cutAt,
    lines: data.map(({ dueAt, rule, schedule, record, run }) => [dueAt.slice(0, 16), rule?.name ?? schedule?.name, record, run !== null]),
  };
}

it("what is planned, what a date will bring and what a schedule will, in the order in which it comes", async () => {
  await created("1", "2026-11-22");
  await created("2", "2026-11-24", "paid");
  expect(await upcoming(7)).toEqual({
    cutAt: null,
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
  expect(new Set(ran.map(String))).toEqual(new Set(lines.map((line) => String(line.slice(0, 3)))));
  expect(ran).toHaveLength(lines.length);
});

describe("where it is cut", () => {
  it("says from when on there is more", async () => {
    await created("1", "2026-11-22");
    expect(await upcoming(7, 2)).toEqual({
      cutAt: "2026-11-23T17:00:00.000Z",
      lines: [
        ["2026-11-20T23:00", "reminder", "1", true],
        ["2026-11-21T17:00", "nightly", null, false],
      ],
    });
  });

  it("has what comes first, whatever the order of the index", async () => {
    await t.apply(MONTHLY);
    t.clock.moveTo("2026-11-30T10:00:00Z");
    await t.engine.idle();
    // The index of a monthly cycle has the 1st before the 30th.
    for (const id of ["1", "2", "3"]) await created(id, "2026-10-01T05:00:00Z");
    await created("first", "2026-10-30T20:00:00Z");
    expect(await upcoming(1, 1)).toEqual({ cutAt: "2026-12-01T05:00:00.000Z", lines: [["2026-11-30T20:00", "monthly", "first", false]] });
  });

  it("lets others go on, and looks at so many records", async () => {
    await t.apply(MONTHLY.replace("notEqual, value: paid", "equal, value: overdue"));
    await t.engine.idle();
    const invoice = { due_date: "2026-10-22T05:00:00Z", status: "sent" };
    for (let n = 0; n < 10_500; n += 500) {
      const records = Array.from({ length: 500 }, (_, i) => ({ ...invoice, invoice_id: String(n + i) }));
      await t.engine.emit(
        records.map((record) => ({ module: "invoices", type: "created", record })),
        { organization: ORGANIZATION, wait: false },
      );
    }
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    expect(await upcoming(7)).toEqual({ cutAt: "2026-11-21T09:00:00.000Z", lines: [] });
    clearInterval(counting);
    expect(turns).toBeGreaterThan(10);
  });

  it("is as long as not all records are indexed for a new rule", async () => {
    await created("1", "2026-11-24");
    await t.engine.stop(0);
    await t.apply(`${DEFINITIONS}---
kind: WorkflowRule
name: new
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 0 } }, cycle: yearly }
conditions: [{ immediateActions: [{ type: webhook, name: remind }] }]
`);
    expect(await upcoming(7)).toMatchObject({ cutAt: "2026-11-20T09:00:00.000Z" });
    const other = await testEngine({ store: t.store, clock: t.clock });
    await other.engine.idle();
    const { data, cutAt } = await other.engine.upcoming(ORGANIZATION, 7, 100);
    expect([cutAt, data.filter(({ rule }) => rule?.name === "new").map(({ dueAt }) => dueAt)]).toEqual([
      null,
      ["2026-11-23T23:00:00.000Z"],
    ]);
    await other.engine.stop(0);
  });
});

it("leaves out a date that has come before, as when the rule waited less long", async () => {
  await created("1", "2026-11-22");
  t.clock.moveTo("2026-11-25T08:00:00Z");
  await t.engine.idle();
  await t.apply(DEFINITIONS.replace("after: { days: 3 }", "after: { days: 5 }"));
  await t.engine.idle();
  expect((await upcoming(7)).lines.filter(([, name]) => name === "overdue")).toEqual([["2026-11-26T08:00", "overdue", "1", true]]);
  for (const day of ["26", "28"]) {
    t.clock.moveTo(`2026-11-${day}T08:00:00Z`);
    await t.engine.idle();
  }
  expect(t.calls.filter(({ input }) => input.rule?.name === "overdue")).toHaveLength(2);
});

it("has what is due already and nobody has done yet", async () => {
  await created("1", "2026-11-22");
  await t.engine.stop(0);
  t.clock.moveTo("2026-11-21T00:00:00Z");
  expect((await upcoming(1)).lines).toEqual([
    ["2026-11-20T23:00", "reminder", "1", true],
    ["2026-11-21T17:00", "nightly", null, false],
  ]);
});

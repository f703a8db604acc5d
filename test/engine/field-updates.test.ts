import { afterEach, beforeEach, expect, it } from "vitest";
import { testEngine, type TestEngine } from "../support/engine.ts";

const ACTIONS = `
kind: FieldUpdate
name: close
module: invoices
field: status
value: closed
---
kind: FieldUpdate
name: thank
module: invoices
field: notes
value: thanks
---
kind: FieldUpdate
name: tomorrow
module: invoices
field: due_date
value: { days: 1, of: due_date }
---
kind: Webhook
name: tell
module: invoices
url: https://erp.example/hook
`;

function rule(name: string, on: string, actions: string, criteria = "[]"): string {
  return `---
kind: WorkflowRule
name: ${name}
module: invoices
trigger: { type: event, on: [${on}] }
conditions:
  - criteria: ${criteria}
    immediateActions: [${actions}]
`;
}

const CLOSE = "{ type: fieldUpdate, name: close }";
const TELL = "{ type: webhook, name: tell }";
const invoice = { invoice_id: "1", status: "paid", total: 10, due_date: "2026-11-20" };

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

it("an action after a field update sees the updated record, one before it does not", async () => {
  await t.apply(
    ACTIONS + rule("both", "created", `${TELL}, ${CLOSE}, { type: fieldUpdate, name: thank }`) + rule("after", "created", TELL),
  );
  await t.emit({ module: "invoices", type: "created", record: invoice });
  await t.engine.idle();
  expect(t.calls.map(({ input }) => [input.record["status"], input.record["notes"]])).toEqual([
    ["paid", undefined],
    ["closed", "thanks"],
  ]);
});

it("a field update is an edit of origin fieldUpdate that triggers other rules", async () => {
  await t.apply(
    ACTIONS + rule("closes", "created", CLOSE) + rule("hears", "edited", TELL, "[{ field: status, comparator: changedTo, value: closed }]"),
  );
  await t.emit({ id: "evt-1", module: "invoices", type: "created", record: invoice });
  await t.engine.idle();
  expect(t.calls).toHaveLength(1);
  const { data } = await t.engine.reading.events({ organization: "default", origin: "fieldUpdate" }, { limit: 10, cursor: null });
  expect(data).toMatchObject([{ type: "edited", record: { status: "closed" }, previous: { status: "paid" }, ancestry: [{ record: "1" }] }]);
  expect(await t.engine.records.find("default", "invoices", "1")).toMatchObject({ revision: 2, body: { status: "closed" } });
});

it("that changes nothing causes no edit", async () => {
  await t.apply(ACTIONS + rule("closes", "created", CLOSE));
  await t.emit({ module: "invoices", type: "created", record: { ...invoice, status: "closed" } });
  await t.engine.idle();
  expect((await t.runs()).map(({ status }) => status)).toEqual(["succeeded"]);
  expect((await t.engine.reading.events({ organization: "default" }, { limit: 10, cursor: null })).data).toHaveLength(1);
});

it("a rule does not fire again for the edit that it led to", async () => {
  await t.apply(ACTIONS + rule("daily", "created, edited", "{ type: fieldUpdate, name: tomorrow }"));
  await t.emit({ module: "invoices", type: "created", record: invoice });
  await t.engine.idle();
  expect(await t.runs()).toHaveLength(1);
  expect((await t.engine.records.find("default", "invoices", "1"))?.body["due_date"]).toBe("2026-11-21");
});

it("five cascades deep is the last that runs; what would fire beyond is logged as loopStopped", async () => {
  const rules = Array.from({ length: 8 }, (_, i) =>
    rule(
      `r${i}`,
      i === 0 ? "created" : "edited",
      "{ type: fieldUpdate, name: tomorrow }",
      i === 0 ? "[]" : `[{ field: due_date, comparator: equal, value: "2026-11-${20 + i}" }]`,
    ),
  );
  await t.apply(ACTIONS + rules.join(""));
  await t.emit({ module: "invoices", type: "created", record: invoice });
  await t.engine.idle();
  const runs = (await t.runs()).toReversed();
  expect(runs.map(({ rule, status, reason }) => [rule?.name, status, reason])).toEqual([
    ...[0, 1, 2, 3, 4, 5].map((i) => [`r${i}`, "succeeded", null]),
    ["r6", "skipped", "loopStopped"],
  ]);
});

it("of a record that is gone is skipped", async () => {
  await t.apply(ACTIONS + rule("closes", "deleted", CLOSE));
  await t.emit({ module: "invoices", type: "deleted", record: invoice });
  await t.engine.idle();
  expect(await t.runs()).toMatchObject([{ status: "skipped", reason: "recordDeleted" }]);
});

it("an edit that a crash left in the outbox is taken in by the next sweep", async () => {
  await t.apply(ACTIONS + rule("hears", "edited", TELL));
  await t.emit({ module: "invoices", type: "created", record: invoice });
  const key = { organization: "default", module: "invoices", id: "1" };
  await t.store.records.update(key, "run_lost", (record) => ({
    body: { ...record.body, status: "closed" },
    cascade: {
      organization: "default",
      id: "evt_lost",
      module: "invoices",
      type: "edited",
      recordId: "1",
      record: { ...record.body, status: "closed" },
      previous: record.body,
      occurredAt: t.clock.now(),
      storedAt: t.clock.now(),
      actor: null,
      origin: "fieldUpdate",
      ancestry: [],
      occurrence: null,
      fingerprint: "",
    },
    dates: null,
  }));
  await t.engine.idle();
  expect(t.calls.map(({ input }) => input.record["status"])).toEqual(["closed"]);
  expect(await t.store.records.outbox(10)).toEqual([]);
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testEngine, type TestEngine } from "../support/engine.ts";
import { makeDecided, makeEvent, makeRun } from "../support/make.ts";

const ACTIONS = `
kind: Webhook
name: tell
module: invoices
url: https://erp.example/hook
---
kind: Webhook
name: tell-too
module: invoices
url: https://crm.example/hook
---
kind: CustomFunction
name: count
module: invoices
language: host
---
kind: InAppNotification
name: note
module: invoices
title: Sale
recipients: [{ everyone: true }]
`;

function rule(name: string, body: string): string {
  return `---
kind: WorkflowRule
name: ${name}
module: invoices
${body}`;
}

const PAID = rule(
  "paid",
  `trigger: { type: event, on: [created, edited] }
conditions:
  - criteria: [{ field: status, comparator: equal, value: paid }]
    immediateActions: [{ type: webhook, name: tell }, { type: inAppNotification, name: note }]
`,
);

const invoice = (more: object = {}) => ({ invoice_id: "90300", status: "paid", total: "12000.0", ...more });

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

describe("an event", () => {
  it("runs the actions of the block that matches, in the order written, and says what they came to", async () => {
    await t.apply(ACTIONS + PAID);
    const { executions = [] } = await t.emit({ id: "evt-1", module: "invoices", type: "created", record: invoice() });
    expect(executions).toMatchObject([
      {
        event: "evt-1",
        rule: { name: "paid", version: 1 },
        module: "invoices",
        record: "90300",
        condition: 1,
        runs: [
          { action: { type: "webhook", name: "tell" }, status: "succeeded", reason: null, attempts: [{ number: 1, outcome: "succeeded" }] },
          { action: { type: "inAppNotification", name: "note" }, status: "succeeded" },
        ],
      },
    ]);
    expect(t.calls.map(({ type }) => type)).toEqual(["webhook", "inAppNotification"]);
  });

  it("fires nothing where no block matches", async () => {
    await t.apply(ACTIONS + PAID);
    const { executions } = await t.emit({ module: "invoices", type: "created", record: invoice({ status: "draft" }) });
    expect(executions).toEqual([]);
    expect(t.calls).toEqual([]);
  });

  it("is taken once: again it is a duplicate, with other content a conflict", async () => {
    await t.apply(ACTIONS + PAID);
    const event = { id: "evt-1", module: "invoices", type: "created", record: invoice() };
    await t.emit(event);
    expect(await t.emit({ ...event, record: { total: "12000.0", status: "paid", invoice_id: "90300" } })).toEqual({
      id: "evt-1",
      status: "duplicate",
    });
    await expect(t.emit({ ...event, record: invoice({ total: 1 }) })).rejects.toMatchObject({ code: "idempotency_conflict" });
    expect(await t.runs()).toHaveLength(2);
  });

  it("of an array is refused with all others where one is wrong, and says where", async () => {
    await t.apply(ACTIONS + PAID);
    const good = { module: "invoices", type: "created", record: invoice() };
    const sent = t.engine.emit([good, { ...good, record: { status: "paid" } }, { ...good, module: "invoice" }], {
      organization: "default",
      wait: false,
    });
    await expect(sent).rejects.toMatchObject({
      code: "validation_failed",
      issues: [{ path: "1.record.invoice_id" }, { path: "2.module", hint: 'did you mean "invoices"?' }],
    });
    expect(await t.runs()).toEqual([]);
  });

  it.each([
    ["an unknown key", { extra: 1 }, "extra"],
    ["an unknown type", { type: "creatd" }, "type"],
    ["an id beyond 2^53 that would be rounded", { record: { invoice_id: 2 ** 60 } }, "record.invoice_id"],
    ["an id that is null", { record: { invoice_id: null } }, "record.invoice_id"],
    ["no record", { record: undefined }, "record"],
    ["a record that is a list", { record: [] }, "record"],
    ["an id with a blank", { id: "a b" }, "id"],
    ["an instant in words", { occurredAt: "yesterday" }, "occurredAt"],
    ["an instant 6 minutes ahead", { occurredAt: "2026-11-20T09:06:00Z" }, "occurredAt"],
    ["the engine's own origin", { origin: "fieldUpdate" }, "origin"],
  ])("with %s is refused", async (_what, wrong, path) => {
    await expect(t.emit({ module: "invoices", type: "created", record: invoice(), ...wrong })).rejects.toMatchObject({
      code: "validation_failed",
      issues: [{ path }],
    });
  });

  it("that is an edit without a previous record is compared with the stored one", async () => {
    await t.apply(ACTIONS + PAID.replace("on: [created, edited]", "on: [edited], fields: { names: [status] }"));
    await t.emit({ module: "invoices", type: "created", record: invoice({ status: "sent" }) });
    const paid = await t.emit({ module: "invoices", type: "edited", record: invoice() });
    const noted = await t.emit({ module: "invoices", type: "edited", record: invoice({ notes: "thanks" }) });
    expect([paid.executions?.length, noted.executions?.length]).toEqual([1, 0]);
  });

  it("older than the stored record is decided and does not replace it; its change tests do not fire", async () => {
    await t.apply(
      ACTIONS +
        PAID.replace("on: [created, edited]", "on: [edited], fields: { names: [status] }") +
        PAID.replace("name: paid", "name: any-edit"),
    );
    await t.emit({ module: "invoices", type: "created", record: invoice({ status: "sent" }), occurredAt: "2026-11-20T08:00:00Z" });
    const late = await t.emit({ module: "invoices", type: "edited", record: invoice(), occurredAt: "2026-11-20T07:00:00Z" });
    expect(late.executions?.map(({ rule }) => rule?.name)).toEqual(["any-edit"]);
    expect((await t.engine.records.find("default", "invoices", "90300"))?.body["status"]).toBe("sent");
  });
});

describe("actions", () => {
  it("that fail stop nothing and are retried as the same run", async () => {
    await t.apply(ACTIONS + PAID);
    t.answer("tell", { outcome: "failed", error: "HTTP 500", retry: true, response: { status: 500 }, freeze: { body: "x" } });
    const { executions = [] } = await t.emit({ module: "invoices", type: "created", record: invoice() });
    expect(executions[0]?.runs.map(({ status }) => status)).toEqual(["retrying", "succeeded"]);
    t.clock.moveBy(60_000);
    await t.engine.idle();
    const run = executions[0]?.runs[0];
    expect(await t.engine.reading.run("default", run?.id ?? "")).toMatchObject({
      status: "succeeded",
      attempts: [
        { number: 1, outcome: "failed", error: "HTTP 500" },
        { number: 2, outcome: "succeeded" },
      ],
    });
    const calls = t.calls.filter(({ type }) => type === "webhook");
    expect(calls.map(({ input }) => [input.runId, input.attempt, input.frozen])).toEqual([
      [run?.id, 1, null],
      [run?.id, 2, { body: "x" }],
    ]);
  });

  it("end failed after their attempts, or at once where trying again cannot help", async () => {
    await t.apply(ACTIONS.replace("erp.example/hook", "erp.example/hook\nretry: { attempts: 2 }") + PAID);
    const failed = { outcome: "failed", error: "no", retry: true, response: null } as const;
    t.answer("tell", failed, failed, { ...failed, retry: false });
    await t.emit({ module: "invoices", type: "created", record: invoice() });
    t.clock.moveBy(60_000);
    await t.engine.idle();
    await t.emit({ module: "invoices", type: "created", record: invoice({ invoice_id: "2" }) });
    const runs = (await t.runs()).filter(({ action }) => action.type === "webhook");
    expect(runs.map(({ status, attempts }) => [status, attempts.length])).toEqual([
      ["failed", 1],
      ["failed", 2],
    ]);
  });

  it("that were planned run although their definition left its folder", async () => {
    await t.apply(
      ACTIONS +
        PAID.replace(
          "immediateActions: [{ type: webhook, name: tell }, { type: inAppNotification, name: note }]",
          "timeBasedActions: [{ execute: { after: { hours: 1 } }, actions: [{ type: webhook, name: tell }] }]",
        ),
    );
    await t.emit({ module: "invoices", type: "created", record: invoice() });
    await t.apply("kind: Organization\nname: Zylker");
    t.clock.moveBy(3_600_000);
    await t.engine.idle();
    expect(await t.runs()).toMatchObject([{ status: "succeeded", rule: { version: 1 } }]);
  });

  it("that no definition is known of, here or in the store, are skipped and say so", async () => {
    await t.apply(ACTIONS + PAID);
    const { executions = [] } = await t.emit({ module: "invoices", type: "created", record: invoice() });
    const id = executions[0]?.runs[0]?.id ?? "";
    const { store } = t;
    const [event, run] = [await store.events.event("default", "evt-x"), await store.runs.run("default", id)];
    expect([event, run?.status]).toEqual([null, "succeeded"]);
    const made = makeEvent({ id: "evt-x", module: "invoices", recordId: "9" });
    const lost = makeRun(made, {
      action: { type: "webhook", name: "never-was" },
      module: "invoices",
      dueAt: t.clock.now(),
      createdAt: t.clock.now(),
    });
    await store.events.intake(made, () => makeDecided({ runs: [{ run: lost, leaseUntil: null, quota: null }] }));
    await t.engine.idle();
    expect(await store.runs.run("default", lost.id)).toMatchObject({ status: "skipped", reason: "actionDisabled" });
  });

  it("planned by newer definitions of another process run here all the same", async () => {
    const other = await testEngine({ store: t.store, clock: t.clock });
    await other.apply(
      ACTIONS +
        PAID.replace(
          "immediateActions: [{ type: webhook, name: tell }, { type: inAppNotification, name: note }]",
          "timeBasedActions: [{ execute: { after: { hours: 1 } }, actions: [{ type: webhook, name: tell }] }]",
        ),
    );
    await other.emit({ module: "invoices", type: "created", record: invoice() });
    await other.engine.stop(0);
    t.clock.moveBy(3_600_000);
    await t.engine.idle();
    expect(await t.runs()).toMatchObject([{ status: "succeeded" }]);
    expect(t.calls).toHaveLength(1);
  });

  it("of all blocks that match run under allMatches, of the first under firstMatch", async () => {
    const blocks = `conditions:
  - { criteria: [{ field: total, comparator: greaterThan, value: 100 }], immediateActions: [{ type: webhook, name: tell }] }
  - { criteria: [{ field: total, comparator: greaterThan, value: 5 }], immediateActions: [{ type: inAppNotification, name: note }] }
  - { immediateActions: [{ type: customFunction, name: count }] }
`;
    await t.apply(
      ACTIONS +
        rule("first", `trigger: { type: event, on: [created] }\n${blocks}`) +
        rule("all", `trigger: { type: event, on: [created] }\nevaluation: allMatches\n${blocks}`),
    );
    const { executions = [] } = await t.emit({ module: "invoices", type: "created", record: invoice({ total: "50" }) });
    expect(executions.map(({ rule, condition }) => [rule?.name, condition])).toEqual([
      ["first", 2],
      ["all", 2],
      ["all", 3],
    ]);
  });

  it("of a rule for the first time run once per record, whatever version", async () => {
    const once = PAID.replace("on: [created, edited]", "on: [created, edited], repeat: firstTime");
    await t.apply(ACTIONS + once);
    const first = await t.emit({ module: "invoices", type: "created", record: invoice({ status: "draft" }) });
    const second = await t.emit({ module: "invoices", type: "edited", record: invoice() });
    await t.apply(ACTIONS + once.replace("value: paid", "value: [paid], type: text").replace("comparator: equal", "comparator: in"));
    const third = await t.emit({ module: "invoices", type: "edited", record: invoice({ total: 1 }) });
    const other = await t.emit({ module: "invoices", type: "edited", record: invoice({ invoice_id: "2" }) });
    expect([first, second, third, other].map(({ executions }) => executions?.length)).toEqual([0, 1, 0, 1]);
  });

  it("do not run for events of a function, a sync or an import unless the rule asks for them", async () => {
    await t.apply(
      ACTIONS +
        PAID +
        PAID.replace("name: paid", "name: asks").replace("on: [created, edited]", "on: [created, edited], origins: [import]"),
    );
    const fired = async (origin: string) =>
      (await t.emit({ module: "invoices", type: "created", record: invoice(), origin })).executions?.map(({ rule }) => rule?.name);
    expect([await fired("user"), await fired("api"), await fired("function"), await fired("sync"), await fired("import")]).toEqual([
      ["paid"],
      ["paid"],
      [],
      [],
      ["asks"],
    ]);
  });
});

describe("a function", () => {
  const LOOP = `
kind: CustomFunction
name: count
module: invoices
language: host
---
kind: WorkflowRule
name: loops
module: invoices
trigger: { type: event, on: [created, edited], origins: [user, api, function, fieldUpdate] }
conditions: [{ immediateActions: [{ type: customFunction, name: count }] }]
`;

  it("that edits its own record does not lead its own rule to fire again", async () => {
    await t.apply(LOOP);
    t.run("count", async (input) => {
      await input.records.update("invoices", "90300", { counted: t.calls.length });
    });
    await t.emit({ module: "invoices", type: "created", record: invoice() });
    await t.engine.idle();
    expect(t.calls).toHaveLength(1);
    const { data } = await t.engine.reading.events({ organization: "default", origin: "function" }, { limit: 10, cursor: null });
    expect(data).toMatchObject([{ type: "edited", record: { counted: 1 }, ancestry: [{ module: "invoices", record: "90300" }] }]);
  });
});

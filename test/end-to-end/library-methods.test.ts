import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { openRulewright, RulewrightError, type EventInput, type Rulewright, type WorkflowRuleInput } from "../../src/index.ts";
import type { EventInput as ParsedEvent } from "../../src/model/event.ts";

let folder: string;
let rulewright: Rulewright;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-methods-"));
  rulewright = await openRulewright({ store: `sqlite:${join(folder, "a.db")}`, logLevel: "silent" });
});
afterEach(async () => {
  await rulewright.close();
  rmSync(folder, { recursive: true, force: true });
});

const closing: WorkflowRuleInput = {
  name: "close-paid",
  module: "invoices",
  trigger: { type: "event", on: ["created"] },
  conditions: [
    {
      criteria: [{ field: "status", comparator: "equal", value: "paid" }],
      immediateActions: [{ type: "fieldUpdate", name: "close" }],
      timeBasedActions: [{ execute: { after: { days: 1 }, of: "trigger" }, actions: [{ type: "inAppNotification", name: "note" }] }],
    },
  ],
};

async function defined() {
  const users = [{ id: "u1", name: "Charles", email: "charles@zylker.example", roles: ["admin"] }];
  await rulewright.organization.replace({ name: "Zylker", timeZone: "Asia/Kolkata", users });
  await rulewright.fieldUpdates.create({ name: "close", module: "invoices", field: "status", value: "closed" });
  await rulewright.inAppNotifications.create({ name: "note", module: "invoices", title: "Closed", recipients: [{ user: "u1" }] });
  return rulewright.workflowRules.create(closing);
}

const invoice = (id: string, status = "paid") => ({ module: "invoices", type: "created", record: { invoice_id: id, status } });

it("an event is typed as its schema reads it, and takes any object for a record", () => {
  expectTypeOf<keyof EventInput>().toEqualTypeOf<keyof ParsedEvent>();
  expectTypeOf<Omit<ParsedEvent, "record" | "previous">>().toExtend<Omit<EventInput, "record" | "previous">>();
  expectTypeOf<Omit<EventInput, "record" | "previous">>().toExtend<Omit<ParsedEvent, "record" | "previous">>();
});

describe("definitions", () => {
  it("live as with REST: made, read, listed, changed, versions, rolled back, deleted", async () => {
    const rule = await defined();
    expect(rule).toMatchObject({ name: "close-paid", version: 1, active: true, managedBy: "api", order: 1 });
    expect(await rulewright.workflowRules.get(rule.id)).toEqual(rule);
    const replaced = await rulewright.workflowRules.replace(rule.id, { ...rule, description: "two" }, { ifVersion: 1 });
    expect(replaced).toMatchObject({ version: 2, description: "two" });
    await expect(rulewright.workflowRules.update(rule.id, { description: "three" }, { ifVersion: 1 })).rejects.toMatchObject({
      code: "precondition_failed",
    });
    expect(await rulewright.workflowRules.update(rule.id, { description: null })).toMatchObject({ version: 3, description: "" });
    const { data, nextCursor } = await rulewright.workflowRules.versions(rule.id, { limit: 2 });
    expect(data.map(({ version }) => version)).toEqual([3, 2]);
    expect((await rulewright.workflowRules.versions(rule.id, { cursor: nextCursor ?? "" })).data.map(({ version }) => version)).toEqual([
      1,
    ]);
    expect(await rulewright.workflowRules.rollback(rule.id, 2)).toMatchObject({ version: 4, description: "two" });
    const used = (await rulewright.fieldUpdates.list({ module: "invoices" })).data[0];
    await expect(rulewright.fieldUpdates.delete(used?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
    await rulewright.workflowRules.delete(rule.id, { ifVersion: 4 });
    await expect(rulewright.workflowRules.get(rule.id)).rejects.toMatchObject({ code: "not_found" });
    await rulewright.fieldUpdates.delete(used?.id ?? "");
    expect(await rulewright.fieldUpdates.list()).toEqual({ data: [], nextCursor: null });
  });

  it("rules are cloned, stopped, started, ordered and explained", async () => {
    const rule = await defined();
    const copy = await rulewright.workflowRules.clone(rule.id, { name: "copy" });
    expect(copy).toMatchObject({ name: "copy", active: false, order: 2 });
    expect((await rulewright.workflowRules.list({ active: false })).data.map(({ name }) => name)).toEqual(["copy"]);
    const { data } = await rulewright.workflowRules.order("invoices", [copy.id, rule.id]);
    expect(data.map(({ name, order }) => [name, order])).toEqual([
      ["copy", 1],
      ["close-paid", 2],
    ]);
    expect(await rulewright.workflowRules.activate(copy.id)).toMatchObject({ active: true });
    await rulewright.emit(invoice("1"), { wait: true });
    expect((await rulewright.actionRuns.list({ status: "scheduled" })).data).toHaveLength(2);
    expect(await rulewright.workflowRules.deactivate(rule.id, { pendingRuns: "cancel" })).toMatchObject({ active: false });
    expect(await rulewright.workflowRules.deactivate(copy.id)).toMatchObject({ active: false });
    await rulewright.idle();
    expect((await rulewright.actionRuns.list({ status: "scheduled" })).data.map(({ rule }) => rule?.name)).toEqual(["copy"]);
    const trial = { record: { invoice_id: "2", status: "sent" } };
    expect(await rulewright.workflowRules.explain(rule.id, trial)).toMatchObject({ fires: false, reason: "ruleInactive" });
  });

  it("secrets are never shown", async () => {
    const secret = "twentyFourLettersAndSome";
    const made = await rulewright.webhooks.create({ name: "erp", module: "invoices", url: "https://erp.example/", secret });
    expect(made.secret).toEqual({ set: true });
    expect(JSON.stringify(await rulewright.webhooks.versions(made.id))).not.toContain(secret);
    expect(await rulewright.webhooks.replace(made.id, { ...made, description: "kept" })).toMatchObject({
      secret: { set: true },
      version: 2,
    });
  });
});

describe("organization, limits and modules", () => {
  it("are read and replaced", async () => {
    expect(await rulewright.organization.get()).toMatchObject({ name: "My organization", managedBy: "default" });
    expect(await rulewright.organization.replace({ name: "Zylker", timeZone: "Asia/Kolkata" })).toMatchObject({ managedBy: "api" });
    expect(await rulewright.limits.replace({ webhooksPerDay: 7 })).toMatchObject({ webhooksPerDay: 7, emailAlertsPerDay: 500 });
    expect((await rulewright.limits.get()).webhooksPerDay).toBe(7);
    expect(await rulewright.usage("2026-11-20")).toMatchObject({
      day: "2026-11-20",
      timeZone: "Asia/Kolkata",
      webhook: { used: 0, limit: 7 },
    });
    expect(await rulewright.modules.replace("sites", { label: "Sites", fields: [{ name: "area", type: "decimal" }] })).toMatchObject({
      name: "sites",
      singular: "site",
      managedBy: "api",
    });
    expect(await rulewright.modules.get("estimates")).toMatchObject({ name: "quotes", builtIn: true });
    const first = await rulewright.modules.list({ limit: 1 });
    expect(first).toMatchObject({ data: [{ name: "banktransactions" }], nextCursor: expect.any(String) });
    expect((await rulewright.modules.list({ limit: 1, cursor: first.nextCursor ?? "" })).data[0]?.name).not.toBe("banktransactions");
  });
});

describe("records", () => {
  it("are kept, and each change runs rules", async () => {
    await defined();
    const made = await rulewright.records.create("invoices", { status: "paid", at: new Date(0) });
    expect(made).toMatchObject({ status: "paid", at: "1970-01-01T00:00:00.000Z" });
    const id = made["invoice_id"];
    if (typeof id !== "string") throw new Error("it was given no id");
    await rulewright.idle();
    expect(await rulewright.records.get("invoices", id)).toMatchObject({ status: "closed" });
    const revision = await rulewright.records.revision("invoices", id);
    await rulewright.records.update("invoices", id, { total: "5" }, { ifRevision: revision });
    const late = rulewright.records.replace("invoices", id, { invoice_id: id }, { ifRevision: revision });
    await expect(late).rejects.toMatchObject({ code: "precondition_failed" });
    expect((await rulewright.records.list("invoices")).data).toMatchObject([{ invoice_id: id, status: "closed", total: "5" }]);
    await rulewright.records.delete("invoices", id);
    await expect(rulewright.records.get("invoices", id)).rejects.toMatchObject({ code: "not_found" });
    await expect(rulewright.records.list("invoice")).rejects.toThrow('did you mean "invoices"?');
  });
});

describe("the log", () => {
  it("says what happened and why", async () => {
    const rule = await defined();
    const { data } = await rulewright.emit([{ id: "evt-1", ...invoice("1") }, invoice("2", "sent")], { wait: true });
    expect(data.map(({ status, executions }) => [status, executions?.length])).toEqual([
      ["accepted", 1],
      ["accepted", 0],
    ]);
    const executions = await rulewright.executions.list({ rule: rule.id });
    const [execution] = executions.data;
    expect(execution).toMatchObject({ event: "evt-1", runs: [expect.stringMatching(/^run_/), expect.stringMatching(/^run_/)] });
    expect((await rulewright.executions.get(execution?.id ?? "")).runs.map(({ status }) => status)).toEqual(["succeeded", "scheduled"]);
    const [planned] = (await rulewright.actionRuns.list({ status: "scheduled" })).data;
    const id = planned?.id ?? "";
    expect(await rulewright.actionRuns.cancel(id)).toMatchObject({ status: "cancelled" });
    await rulewright.actionRuns.retry(id);
    await rulewright.idle();
    // The record was closed meanwhile, so a check of the criteria would say no.
    expect(await rulewright.actionRuns.get(id)).toMatchObject({ status: "skipped", reason: "criteriaNotMet" });
    expect((await rulewright.events.list({ origin: "fieldUpdate" })).data).toMatchObject([
      { type: "edited", record: { status: "closed" } },
    ]);
    expect(await rulewright.events.get("evt-1")).toMatchObject({ module: "invoices", type: "created", origin: "api" });
    expect(await rulewright.events.explain("evt-1")).toMatchObject({ data: [{ rule: { name: "close-paid" }, fires: true, condition: 1 }] });
  });

  it("has the bell", async () => {
    await defined();
    await rulewright.workflowRules.create({
      ...closing,
      name: "note-all",
      conditions: [{ immediateActions: [{ type: "inAppNotification", name: "note" }] }],
    });
    await rulewright.emit(invoice("1"), { wait: true });
    const [note] = (await rulewright.notifications.list({ user: "u1", unread: true })).data;
    expect(note).toMatchObject({ title: "Closed", record: "1", read: false });
    expect(await rulewright.notifications.markRead(note?.id ?? "")).toMatchObject({ read: true });
    expect((await rulewright.notifications.list({ unread: true })).data).toEqual([]);
    expect((await rulewright.notifications.list({ unread: false })).data).toHaveLength(1);
  });
});

describe("what is to come", () => {
  const DAY = 86_400_000;
  const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
  const nightly = { name: "nightly", function: "sync", recurrence: { frequency: "daily" }, startsAt: "2026-01-01T18:00" } as const;

  beforeEach(async () => {
    await rulewright.close();
    rulewright = await openRulewright({
      store: `sqlite:${join(folder, "b.db")}`,
      logLevel: "silent",
      functions: { sync: () => "done", touch: () => null },
    });
    await rulewright.customFunctions.create({ name: "sync", module: "contacts", language: "host" });
  });

  it("of a schedule are its next times; it may be run at once besides", async () => {
    const { id } = await rulewright.schedules.create(nightly);
    const { data } = await rulewright.schedules.upcoming(id);
    expect(data).toHaveLength(10);
    expect(data.every((at) => at.endsWith("T18:00:00.000Z") && at >= new Date().toISOString())).toBe(true);
    expect(await rulewright.schedules.upcoming(id, { count: 1, from: data[1] })).toEqual({ data: [data[1]] });
    const run = await rulewright.schedules.execute(id);
    expect(run).toMatchObject({
      execution: null,
      rule: null,
      schedule: { id, name: "nightly" },
      record: null,
      status: "succeeded",
      attempts: [{ response: { result: "done" } }],
    });
    expect(await rulewright.actionRuns.list({ rule: id })).toEqual({ data: [run], nextCursor: null });
    await expect(rulewright.schedules.execute("none")).rejects.toMatchObject({ code: "not_found" });
  });

  it("is planned runs, dates of records and times of schedules in one calendar", async () => {
    const { id } = await rulewright.schedules.create(nightly);
    const actions = [{ type: "customFunction", name: "touch" }] as const;
    await rulewright.customFunctions.create({ name: "touch", module: "invoices", language: "host" });
    const rule = await rulewright.workflowRules.create({
      name: "due",
      module: "invoices",
      trigger: { type: "date", field: "due_date", when: { after: { days: 1 } }, at: "12:00" },
      conditions: [{ immediateActions: [...actions] }],
    });
    await rulewright.workflowRules.create({
      ...closing,
      name: "later",
      conditions: [{ timeBasedActions: [{ execute: { after: { days: 3 }, of: "trigger" }, actions: [...actions] }] }],
    });
    await rulewright.idle();
    const due_date = inDays(4).slice(0, 10);
    await rulewright.emit({ module: "invoices", type: "created", record: { invoice_id: "1", due_date } });
    const { data, nextCursor, cutAt } = await rulewright.upcoming();
    expect([nextCursor, cutAt]).toEqual([null, null]);
    expect(data.filter(({ schedule }) => schedule?.id === id)).toHaveLength(7);
    const [later, due] = data.filter(({ record }) => record === "1");
    expect(later).toMatchObject({ rule: { name: "later" }, run: expect.stringMatching(/^run_/) });
    expect(due).toEqual({
      dueAt: `${inDays(5).slice(0, 10)}T12:00:00.000Z`,
      rule: { id: rule.id, name: "due", version: 1 },
      record: "1",
      module: "invoices",
      action: { type: "customFunction", name: "touch" },
      run: null,
    });
    expect(await rulewright.upcoming({ days: 30, limit: 1 })).toMatchObject({ data: [data[0]], cutAt: data[1]?.dueAt });
  });
});

describe("rule files", () => {
  const rules = (title: string) => `kind: InAppNotification
name: note
module: invoices
title: ${title}
recipients: [{ everyone: true }]
`;

  it("are checked and applied again", async () => {
    const at = join(folder, "rules");
    mkdirSync(at);
    writeFileSync(join(at, "a.yaml"), rules("One"));
    expect(await rulewright.validateRules(at)).toEqual([]);
    expect(await rulewright.applyRules(at)).toEqual({ added: 1, changed: 0, removed: 0 });
    writeFileSync(join(at, "a.yaml"), rules("Two"));
    expect(await rulewright.applyRules(at)).toEqual({ added: 0, changed: 1, removed: 0 });
    writeFileSync(join(at, "a.yaml"), rules("{ a: 1 }"));
    const mistakes = await rulewright.validateRules([at]);
    expect(mistakes).toMatchObject([{ file: join(at, "a.yaml"), line: 4, column: 8, message: expect.any(String) }]);
    await expect(rulewright.applyRules(at)).rejects.toMatchObject({
      code: "validation_failed",
      issues: [{ path: `${join(at, "a.yaml")}:4:8` }],
    });
    expect((await rulewright.inAppNotifications.list()).data).toMatchObject([{ title: "Two", managedBy: "file", version: 2 }]);
  });

  it("need a folder where none was given", async () => {
    await expect(rulewright.applyRules()).rejects.toMatchObject({ code: "validation_failed", issues: [{ path: "folder" }] });
  });
});

describe("what is wrong", () => {
  // For callers without types.
  const loose = () => rulewright as unknown as Record<string, Record<string, (...given: unknown[]) => Promise<unknown>>>;

  it.each([
    ["events", "list", [{ modul: "invoices" }], "modul"],
    ["events", "list", [{ limit: 0 }], "limit"],
    ["events", "list", [{ limit: 1.5 }], "limit"],
    ["events", "list", [{ cursor: "x" }], "cursor"],
    ["events", "list", [{ origin: "nobody" }], "origin"],
    ["executions", "list", [{ status: "done" }], "status"],
    ["actionRuns", "list", [{ from: "yesterday" }], "from"],
    ["actionRuns", "get", [undefined], "id"],
    ["notifications", "list", [{ unread: "perhaps" }], "unread"],
    ["schedules", "upcoming", ["x", { count: 0 }], "count"],
    ["schedules", "upcoming", ["x", { from: "soon" }], "from"],
    ["schedules", "upcoming", ["", {}], "id"],
    ["schedules", "execute", [undefined], "id"],
    ["workflowRules", "list", [{ active: 1 }], "active"],
    ["workflowRules", "get", [{}], "id"],
    ["workflowRules", "rollback", ["x", 0], "version"],
    ["workflowRules", "order", ["invoices", "x"], "ids"],
    ["workflowRules", "deactivate", ["x", { pendingRuns: "forget" }], "pendingRuns"],
    ["workflowRules", "deactivate", ["x", { pendingRun: "keep" }], "pendingRun"],
    ["workflowRules", "create", [{ ...closing, conditions: [] }], "conditions"],
    ["records", "create", ["invoices", []], ""],
    ["records", "update", ["invoices", "", {}], "id"],
    ["modules", "list", [{ limit: 500 }], "limit"],
  ] as const)("%s.%s(%j) names %s", async (group, method, given, path) => {
    const error: unknown = await loose()
      [group]?.[method]?.(...given)
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof RulewrightError)) throw error;
    expect({ code: error.code, paths: error.issues.map((issue) => issue.path) }).toEqual({ code: "validation_failed", paths: [path] });
  });

  it.each([
    [{ days: 0 }, "days"],
    [{ days: 367 }, "days"],
    [{ limit: 201 }, "limit"],
    [{ cursor: "x" }, "cursor"],
  ])("upcoming(%j) names %s", async (query, path) => {
    await expect(rulewright.upcoming(query as object)).rejects.toMatchObject({ code: "validation_failed", issues: [{ path }] });
  });

  it("a value that JSON cannot hold, and one that is nested too deep", async () => {
    const circle: Record<string, unknown> = { invoice_id: "1" };
    circle["self"] = circle;
    await expect(rulewright.emit({ module: "invoices", type: "created", record: circle })).rejects.toMatchObject({
      code: "validation_failed",
    });
    let deep: object = {};
    for (let i = 0; i < 40; i++) deep = { deep };
    await expect(rulewright.records.create("invoices", deep)).rejects.toMatchObject({ code: "validation_failed" });
  });
});

describe("copies", () => {
  it("what a caller changes afterwards, in what it gave or got, has no effect", async () => {
    const rule = structuredClone(closing);
    await defined();
    const update = { name: "other", module: "invoices", field: "status", value: "open" };
    const making = rulewright.fieldUpdates.create(update);
    update.value = "changed";
    expect(await making).toMatchObject({ value: "open" });

    const got = (await rulewright.workflowRules.list()).data[0];
    if (!got) throw new Error("there is no rule");
    const criteria = got.conditions[0]?.criteria[0];
    if (criteria) Object.assign(criteria, { value: "nothing has this status" });
    Object.assign((await rulewright.organization.get()).users[0] ?? {}, { name: "Nobody" });
    const event = { module: "invoices", type: "created", record: { invoice_id: "1", status: "paid" } };
    const emitting = rulewright.emit(event, { wait: true });
    event.record.status = "changed";
    expect((await emitting).executions).toHaveLength(1);
    expect((await rulewright.workflowRules.get(got.id)).conditions[0]?.criteria).toEqual(rule.conditions[0]?.criteria);
    expect((await rulewright.organization.get()).users[0]?.name).toBe("Charles");
  });
});

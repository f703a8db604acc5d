import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RulewrightError } from "../../src/model/errors.ts";
import { documentsOf, ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

const HOOK = { name: "tell", module: "invoices", url: "https://erp.example/hook" };
const LATER = { execute: { after: { days: 14 } }, actions: [{ type: "webhook", name: "tell" }] };
const rule = (name: string, more: object = {}) => ({
  name,
  module: "invoices",
  trigger: { type: "event", on: ["created", "edited"] },
  conditions: [{ immediateActions: [{ type: "webhook", name: "tell" }], timeBasedActions: [LATER] }],
  ...more,
});
const fileRule = (name: string) => `kind: WorkflowRule
name: ${name}
module: invoices
trigger: { type: event, on: [created] }
conditions: [{ immediateActions: [{ type: inAppNotification, name: note }] }]
`;
const NOTE = "kind: InAppNotification\nname: note\nmodule: invoices\ntitle: x\nrecipients: [{ everyone: true }]\n";

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

const definitions = () => t.engine.definitions;
const create = (name: string, more: object = {}) => definitions().create(ORGANIZATION, "WorkflowRule", rule(name, more));
const hook = () => definitions().create(ORGANIZATION, "Webhook", HOOK);
const ALL = { limit: 200, cursor: null };
const order = async () => (await definitions().list(ORGANIZATION, "WorkflowRule", {}, ALL)).data.map(({ name }) => name);
const emit = () => t.emit({ module: "invoices", type: "created", record: { invoice_id: "1" } });

/** What a refusal says: its code, and each issue's path with its message. */
async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; issues: readonly string[] }> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RulewrightError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return { code: error.code, message: error.message, issues: error.issues.map(({ path, message }) => `${path}: ${message}`) };
}

describe("a rule made by hand", () => {
  it("runs from the moment it is saved; its next version runs from the moment that is", async () => {
    await hook();
    const { id } = await create("a");
    expect((await emit()).executions?.map((execution) => execution.rule)).toEqual([{ id, name: "a", version: 1 }]);
    await definitions().patch(ORGANIZATION, "WorkflowRule", id, { description: "again" });
    expect((await emit()).executions?.map((execution) => execution.rule)).toEqual([{ id, name: "a", version: 2 }]);
  });

  it("that is saved as it is makes no version, and neither does switching it off and on", async () => {
    await hook();
    const made = await create("a");
    expect(await definitions().replace(ORGANIZATION, "WorkflowRule", made.id, made)).toEqual(made);
    expect(await definitions().patch(ORGANIZATION, "WorkflowRule", made.id, { active: false })).toMatchObject({
      version: 1,
      active: false,
    });
    expect((await emit()).executions).toEqual([]);
    expect(await definitions().patch(ORGANIZATION, "WorkflowRule", made.id, { description: "x" })).toMatchObject({
      version: 2,
      active: false,
    });
    expect(await definitions().activate(ORGANIZATION, made.id)).toMatchObject({ version: 2, active: true });
  });

  it("goes back to an earlier version as its next one, switched as it is now", async () => {
    await hook();
    const { id } = await create("a", { description: "first" });
    await definitions().patch(ORGANIZATION, "WorkflowRule", id, { description: "second", active: false });
    expect(await definitions().rollback(ORGANIZATION, "WorkflowRule", id, 1)).toMatchObject({
      version: 3,
      description: "first",
      active: false,
    });
    expect(await refusal(definitions().rollback(ORGANIZATION, "WorkflowRule", id, 9))).toMatchObject({ code: "not_found" });
    const { data } = await definitions().versions(ORGANIZATION, "WorkflowRule", id, ALL);
    expect(data.map(({ version, description }) => [version, description])).toEqual([
      [3, "first"],
      [2, "second"],
      [1, "first"],
    ]);
  });

  it("deleted and made again is another rule, which fires for the first time again", async () => {
    await hook();
    const once = { trigger: { type: "event", on: ["created"], repeat: "firstTime" } };
    const first = await create("a", once);
    expect((await emit()).executions).toHaveLength(1);
    expect((await emit()).executions).toHaveLength(0);
    await definitions().remove(ORGANIZATION, "WorkflowRule", first.id);
    expect(await refusal(definitions().get(ORGANIZATION, "WorkflowRule", first.id))).toMatchObject({ code: "not_found" });
    const second = await create("a", once);
    expect(second.id).not.toBe(first.id);
    expect((await emit()).executions).toHaveLength(1);
  });

  it("is cloned switched off, under a free name, so that nothing happens twice before somebody has looked", async () => {
    await hook();
    const { id } = await create("a");
    const names = [];
    for (let n = 0; n < 3; n++) names.push(await definitions().clone(ORGANIZATION, "WorkflowRule", id, {}));
    expect(names.map(({ name, active, version }) => [name, active, version])).toEqual([
      ["a copy", false, 1],
      ["a copy 2", false, 1],
      ["a copy 3", false, 1],
    ]);
    expect(await definitions().clone(ORGANIZATION, "WorkflowRule", id, { name: "b", active: true })).toMatchObject({
      name: "b",
      active: true,
    });
    expect((await emit()).executions).toHaveLength(2);
  });

  it.each<[string, object, string, string]>([
    ["a name that is taken", rule("a"), "conflict", 'There is already a workflow rule "a"'],
    [
      "an unknown action",
      rule("b", { conditions: [{ immediateActions: [{ type: "webhook", name: "tel" }] }] }),
      "validation_failed",
      'unknown Webhook of module invoices "tel"',
    ],
    ["too many conditions", rule("b", { conditions: Array(11).fill(rule("b").conditions[0]) }), "limit_exceeded", "at most 10 conditions"],
    [
      "too many conditions and another mistake",
      rule("b", { module: "invoices", conditions: Array(11).fill({}) }),
      "validation_failed",
      "at most 10 conditions",
    ],
  ])("with %s is refused", async (_what, body, code, message) => {
    await hook();
    await create("a");
    const refused = await refusal(definitions().create(ORGANIZATION, "WorkflowRule", body));
    expect(refused).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("is one more than there may be: limit_exceeded", async () => {
    await hook();
    await create("a");
    await t.engine.settings.replaceLimits(ORGANIZATION, { rulesPerModule: 1 });
    expect(await refusal(create("b"))).toMatchObject({
      code: "limit_exceeded",
      message: "expected at most 1 rules of invoices, this is one more",
    });
  });
});

describe("what is used", () => {
  it("cannot be deleted or renamed, and the refusal names what uses it", async () => {
    const { id } = await hook();
    const user = await create("a");
    const uses = [
      `conditions.0.immediateActions.0.name: workflow rule "a" (${user.id}): unknown Webhook of module invoices "tell"`,
      `conditions.0.timeBasedActions.0.actions.0.name: workflow rule "a" (${user.id}): unknown Webhook of module invoices "tell"`,
    ];
    expect(await refusal(definitions().remove(ORGANIZATION, "Webhook", id))).toEqual({
      code: "conflict",
      message: 'webhook "tell" is in use: workflow rule "a" would not work any more; change it first',
      issues: uses,
    });
    expect(await refusal(definitions().patch(ORGANIZATION, "Webhook", id, { name: "told" }))).toMatchObject({
      code: "conflict",
      issues: uses,
    });
    await definitions().remove(ORGANIZATION, "WorkflowRule", user.id);
    await definitions().remove(ORGANIZATION, "Webhook", id);
  });

  it("cannot lose a field's type that a rule's comparator needs; a type that fits compiles the rule anew", async () => {
    await hook();
    const { settings } = t.engine;
    await settings.replaceModule(ORGANIZATION, "invoices", { fields: [{ name: "cf_budget", type: "currency" }] });
    const criteria = [{ field: "cf_budget", comparator: "greaterThan", value: 100 }];
    await create("a", { conditions: [{ criteria, immediateActions: [{ type: "webhook", name: "tell" }] }] });
    const textual = settings.replaceModule(ORGANIZATION, "invoices", { fields: [{ name: "cf_budget", type: "text" }] });
    expect(await refusal(textual)).toMatchObject({ code: "conflict", message: expect.stringContaining('workflow rule "a"') });
    await settings.replaceModule(ORGANIZATION, "invoices", { fields: [{ name: "cf_budget", type: "percent" }] });
    const [compiled] = (await definitions().list(ORGANIZATION, "WorkflowRule", {}, ALL)).data;
    expect(compiled).toMatchObject({ version: 2 });
    const fired = await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1", cf_budget: "101%" } });
    expect(fired.executions).toHaveLength(1);
  });

  it("that was broken before does not keep others from being saved", async () => {
    await hook();
    await create("a", {
      conditions: [{ immediateActions: [{ type: "webhook", name: "tell" }] }, { immediateActions: [{ type: "webhook", name: "tell" }] }],
    });
    // A limit below what is there can only come from outside; so it stands in a generation as written.
    const generation = await t.store.definitions.current(ORGANIZATION);
    if (!generation) throw new Error("there is one");
    const [organization] = documentsOf("kind: Organization\nlimits: { conditionsPerRule: 1 }\n");
    const entry = { ...generation.entries[0]!, id: "org_1", kind: "Organization" as const, module: null, name: "organization", order: 0 };
    const version = {
      id: "org_1",
      version: 1,
      kind: "Organization" as const,
      document: organization!.document,
      conditions: null,
      createdAt: 1,
    };
    await t.store.definitions.swap(
      ORGANIZATION,
      { number: generation.number + 1, entries: [...generation.entries, { ...entry, version: 1 }] },
      [version],
    );
    expect(await create("b")).toMatchObject({ name: "b" });
  });
});

describe("pending runs", () => {
  const statuses = async () => (await t.runs()).map(({ status }) => status).toSorted();

  it.each([
    ["keep", ["scheduled", "succeeded"]],
    ["cancel", ["cancelled", "succeeded"]],
  ] as const)("of a rule that is deactivated: %s", async (pendingRuns, expected) => {
    await hook();
    const { id } = await create("a");
    await emit();
    await t.engine.idle();
    await definitions().deactivate(ORGANIZATION, id, pendingRuns);
    expect(await statuses()).toEqual(expected);
    expect((await emit()).executions).toEqual([]);
  });

  it("of a rule that is deleted are cancelled, more than one batch of them; those of others are not", async () => {
    await hook();
    const { id } = await create("a");
    await create("b");
    const events = Array.from({ length: 600 }, (_, n) => ({ module: "invoices", type: "created", record: { invoice_id: String(n) } }));
    await t.engine.emit(events, { organization: ORGANIZATION, wait: false });
    await t.engine.idle();
    await definitions().remove(ORGANIZATION, "WorkflowRule", id);
    const list = async (filter: object) => {
      const page = await t.store.runs.runs({ organization: ORGANIZATION, status: "scheduled", ...filter }, { limit: 1000, cursor: null });
      return new Set(page.data.map(({ rule: { name } }) => name));
    };
    expect([...(await list({}))]).toEqual(["b"]);
    expect(await t.store.runs.pendingOfRule(ORGANIZATION, id, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  it("planned while the rule is being stopped are cancelled, too", async () => {
    await hook();
    const { id } = await create("a");
    const later = Array.from({ length: 200 }, async (_, n) => {
      for (let turn = 0; turn < n % 20; turn++) await Promise.resolve();
      t.clock.moveBy(1);
      return t.engine.emitOne(
        { module: "invoices", type: "created", record: { invoice_id: String(n) } },
        { organization: ORGANIZATION, wait: false },
      );
    });
    await Promise.all([...later, definitions().deactivate(ORGANIZATION, id, "cancel")]);
    await t.engine.idle();
    expect((await t.runs()).filter(({ status }) => status === "scheduled")).toEqual([]);
  });

  it("that a person asks for again after they were cancelled are left alone by the next start", async () => {
    await hook();
    const { id } = await create("a");
    await emit();
    await t.engine.idle();
    await definitions().deactivate(ORGANIZATION, id, "cancel");
    const run = (await t.runs()).find(({ status }) => status === "cancelled");
    t.answer("tell", { outcome: "failed", error: "not now", retry: true, response: null });
    await t.engine.retry(ORGANIZATION, run?.id ?? "");
    await t.engine.idle();
    expect(await statuses()).toEqual(["retrying", "succeeded"]);
    const next = await testEngine({ store: t.store, clock: t.clock });
    await next.engine.idle();
    expect(await statuses()).toEqual(["retrying", "succeeded"]);
    await next.engine.stop(0);
  });

  it("that a crash left, after the rule was deleted and before they were cancelled, are cancelled at the next start", async () => {
    await hook();
    const { id } = await create("a");
    await emit();
    await t.engine.idle();
    const runs = { ...t.store.runs, pendingOfRule: () => Promise.reject(new Error("the process was killed")) };
    const crashing = await testEngine({ store: { ...t.store, runs }, clock: t.clock });
    await expect(crashing.engine.definitions.remove(ORGANIZATION, "WorkflowRule", id)).rejects.toThrow("killed");
    expect(await statuses()).toEqual(["scheduled", "succeeded"]);
    const next = await testEngine({ store: t.store, clock: t.clock });
    await expect.poll(statuses).toEqual(["cancelled", "succeeded"]);
    await next.engine.stop(0);
    await crashing.engine.stop(0);
  });
});

describe("what a pending run was planned with stays", () => {
  const timed = (action: string) =>
    rule("a", { conditions: [{ timeBasedActions: [{ ...LATER, actions: [{ type: "webhook", name: action }] }] }] });
  const afterTwoWeeks = async () => {
    t.clock.moveBy(15 * 86_400_000);
    await t.engine.idle();
    return (await t.runs()).map(({ status, reason }) => [status, reason]);
  };

  it.each([
    ["deleted", (id: string) => definitions().remove(ORGANIZATION, "Webhook", id)],
    ["renamed", (id: string) => definitions().patch(ORGANIZATION, "Webhook", id, { name: "told" })],
  ])("though its action was %s", async (_how, change) => {
    const { id } = await hook();
    await definitions().create(ORGANIZATION, "Webhook", { ...HOOK, name: "other" });
    const made = await definitions().create(ORGANIZATION, "WorkflowRule", timed("tell"));
    await emit();
    await definitions().replace(ORGANIZATION, "WorkflowRule", made.id, timed("other"));
    await change(id);
    expect(await afterTwoWeeks()).toEqual([["succeeded", null]]);
    expect(t.calls.map(({ input }) => input.definition)).toMatchObject([{ url: HOOK.url }]);
  });

  it("though its module left the folder, with its rule and action", async () => {
    await t.apply(`kind: Module
name: sites
---
kind: Webhook
name: tell
module: sites
url: https://erp.example/hook
---
kind: WorkflowRule
name: a
module: sites
trigger: { type: event, on: [created] }
conditions: [{ timeBasedActions: [{ execute: { after: { days: 14 } }, actions: [{ type: webhook, name: tell }] }] }]
`);
    await t.emit({ module: "sites", type: "created", record: { site_id: "1" } });
    await t.apply(NOTE);
    expect(await afterTwoWeeks()).toEqual([["succeeded", null]]);
  });
});

describe("the organization and its modules", () => {
  const settings = () => t.engine.settings;

  it("set by REST are taken over by files that define them, under their ids", async () => {
    await settings().replaceOrganization(ORGANIZATION, { name: "By REST" });
    await settings().replaceModule(ORGANIZATION, "quotes", { fields: [{ name: "cf_x", type: "text" }] });
    const before = await t.store.definitions.current(ORGANIZATION);
    await t.apply("kind: Organization\nname: By file\n---\nkind: Module\nname: estimates\nfields: [{ name: cf_y, type: text }]\n");
    expect(settings().organization(ORGANIZATION)).toMatchObject({ name: "By file", managedBy: "file" });
    const { fields, managedBy } = settings().module(ORGANIZATION, "quotes");
    expect(managedBy).toBe("file");
    expect(fields.map(({ name }) => name).filter((name) => name.startsWith("cf_"))).toEqual(["cf_y"]);
    const after = await t.store.definitions.current(ORGANIZATION);
    expect(after?.entries.map(({ id, version }) => [id, version])).toEqual(before?.entries.map(({ id }) => [id, 2]));
    expect(await refusal(settings().replaceModule(ORGANIZATION, "estimates", {}))).toMatchObject({ code: "managed_by_file" });
    expect(await refusal(settings().replaceLimits(ORGANIZATION, {}))).toMatchObject({ code: "managed_by_file" });
  });

  it("are the same when what was read is saved again", async () => {
    await settings().replaceModule(ORGANIZATION, "sites", {
      idField: "site_no",
      fields: [{ name: "city", type: "text" }],
      triggers: ["closed"],
    });
    await settings().replaceModule(ORGANIZATION, "invoices", { fields: [{ name: "cf_x", type: "text" }] });
    await settings().replaceOrganization(ORGANIZATION, { name: "Zylker", limits: { webhooksPerDay: 9 } });
    const generation = (await t.store.definitions.current(ORGANIZATION))?.number;
    for (const name of ["sites", "invoices"]) {
      const view = settings().module(ORGANIZATION, name);
      expect(await settings().replaceModule(ORGANIZATION, name, view)).toEqual(view);
    }
    const organization = settings().organization(ORGANIZATION);
    expect(await settings().replaceOrganization(ORGANIZATION, organization)).toEqual(organization);
    expect((await t.store.definitions.current(ORGANIZATION))?.number).toBe(generation);
  });

  it("keep the limits that are not named", async () => {
    await settings().replaceLimits(ORGANIZATION, { webhooksPerDay: 9 });
    await settings().replaceOrganization(ORGANIZATION, { name: "Zylker", limits: { emailAlertsPerDay: 5 } });
    expect(settings().limits(ORGANIZATION)).toMatchObject({ webhooksPerDay: 9, emailAlertsPerDay: 5, customFunctionsPerDay: 500 });
  });

  it.each<[object, string]>([
    [{ fields: [{ name: "site", type: "lookup", module: "sitess" }] }, 'fields.0.module: unknown module "sitess"'],
    [
      {
        fields: [
          { name: "a", type: "text" },
          { name: "a", type: "date" },
        ],
      },
      'fields.1.name: the field "a" stands twice',
    ],
    [{ singular: "invoice" }, 'singular: expected a singular that no other module has, but invoices has "invoice"'],
    [{ triggers: ["closed", "closed"] }, 'triggers.1: the trigger "closed" stands twice'],
    [{ triggers: ["created"] }, "triggers.0: expected a trigger of your own, but created is an event of every module"],
  ])("refuse %j", async (body, issue) => {
    expect((await refusal(settings().replaceModule(ORGANIZATION, "sites", body))).issues).toEqual([issue]);
  });

  it("refuse two users of one id", async () => {
    const users = [1, 2].map(() => ({ id: "1", name: "A", email: "a@b.example" }));
    expect((await refusal(settings().replaceOrganization(ORGANIZATION, { users }))).issues).toEqual([
      'users.1.id: the user "1" stands twice',
    ]);
  });
});

it("a definition stays in its module, because what it remembers is of that", async () => {
  await hook();
  const { id } = await create("a");
  const moved = await refusal(
    definitions().patch(ORGANIZATION, "WorkflowRule", id, { module: "quotes", conditions: [{ immediateActions: [] }] }),
  );
  expect(moved.issues).toEqual([expect.stringContaining("module: expected invoices")]);
  expect(await refusal(definitions().order(ORGANIZATION, "invoicse", []))).toMatchObject({ issues: ['module: unknown module "invoicse"'] });
});

it("another process's change decides here within a sweep", async () => {
  await hook();
  const { id } = await create("a");
  const other = await testEngine({ store: t.store });
  await other.engine.definitions.deactivate(ORGANIZATION, id, "keep");
  await other.engine.stop(0);
  t.clock.moveBy(1_000);
  await t.engine.idle();
  expect((await emit()).executions).toEqual([]);
  expect(await definitions().get(ORGANIZATION, "WorkflowRule", id)).toMatchObject({ active: false });
});

it("what was stored decides, though the store does not answer when it is read again", async () => {
  await hook();
  const { id } = await create("a");
  let reads = 0;
  const current = (organization: string) =>
    (reads += 1) === 1 ? t.store.definitions.current(organization) : Promise.reject(new Error("busy"));
  const flaky = await testEngine({ store: { ...t.store, definitions: { ...t.store.definitions, current } }, clock: t.clock });
  reads = 0;
  await flaky.engine.definitions.deactivate(ORGANIZATION, id, "keep");
  expect((await flaky.emit({ module: "invoices", type: "created", record: { invoice_id: "1" } })).executions).toEqual([]);
  await flaky.engine.stop(0);
});

describe("files and REST together", () => {
  const apply = (yaml: string) => t.engine.applyFiles(ORGANIZATION, documentsOf(yaml));

  it("files are read-only here, but may be switched off, which holds until the document changes", async () => {
    await t.apply(`${NOTE}---\n${fileRule("a")}`);
    const [one] = (await definitions().list(ORGANIZATION, "WorkflowRule", {}, ALL)).data;
    const id = one?.id ?? "";
    for (const work of [
      definitions().patch(ORGANIZATION, "WorkflowRule", id, { description: "x" }),
      definitions().replace(ORGANIZATION, "WorkflowRule", id, one),
      definitions().remove(ORGANIZATION, "WorkflowRule", id),
      definitions().rollback(ORGANIZATION, "WorkflowRule", id, 1),
    ])
      expect(await refusal(work)).toMatchObject({ code: "managed_by_file", message: expect.stringContaining('workflow rule "a"') });
    await definitions().deactivate(ORGANIZATION, id, "keep");
    await t.apply(`${NOTE}---\n${fileRule("a")}`);
    expect(await definitions().get(ORGANIZATION, "WorkflowRule", id)).toMatchObject({ active: false, version: 1 });
    await t.apply(`${NOTE}---\n${fileRule("a").replace("[created]", "[edited]")}`);
    expect(await definitions().get(ORGANIZATION, "WorkflowRule", id)).toMatchObject({ active: true, version: 2 });
  });

  it("a rule that left its folder is inactive, and what it has planned can be called off", async () => {
    const timed = fileRule("a")
      .replace("immediateActions: [", "timeBasedActions: [{ execute: { after: { days: 9 } }, actions: [")
      .replace("note }] }]", "note }] }] }]");
    await t.apply(`${NOTE}---\n${timed}`);
    await emit();
    const [one] = (await definitions().list(ORGANIZATION, "WorkflowRule", {}, ALL)).data;
    const id = one?.id ?? "";
    await t.apply(NOTE);
    expect(await definitions().get(ORGANIZATION, "WorkflowRule", id)).toMatchObject({ active: false, managedBy: "file" });
    expect((await definitions().list(ORGANIZATION, "WorkflowRule", { active: false }, ALL)).data).toHaveLength(1);
    expect(await refusal(definitions().activate(ORGANIZATION, id))).toMatchObject({ code: "managed_by_file" });
    expect((await t.runs()).map(({ status }) => status)).toEqual(["scheduled"]);
    await definitions().deactivate(ORGANIZATION, id, "cancel");
    expect((await t.runs()).map(({ status }) => status)).toEqual(["cancelled"]);
    expect((await emit()).executions).toEqual([]);
  });

  it("a name made by REST cannot come from a file as well", async () => {
    await hook();
    await create("a");
    const { applied, issues } = await apply(`${NOTE}---\n${fileRule("a")}`);
    expect({ applied, issues }).toMatchObject({
      applied: null,
      issues: [{ index: 1, path: "name", message: expect.stringContaining("was made by REST") }],
    });
  });

  it("a folder that would break what was made by REST is not applied, and says what would break", async () => {
    await t.apply(`kind: Webhook\nname: tell\nmodule: invoices\nurl: https://erp.example/\n---\n${NOTE}`);
    await create("a");
    const { applied, issues } = await apply(NOTE);
    expect(applied).toBeNull();
    expect(issues).toMatchObject([
      {
        index: null,
        message: expect.stringContaining('would break workflow rule "a" at conditions.0.immediateActions.0.name: unknown Webhook'),
      },
      { index: null },
    ]);
    expect((await emit()).executions).toHaveLength(1);
  });

  it("rules made by REST keep their place among those from files", async () => {
    await hook();
    await t.apply(`${NOTE}---\n${["a", "b", "c"].map(fileRule).join("---\n")}`);
    await create("x");
    await create("y");
    expect(await order()).toEqual(["a", "b", "c", "x", "y"]);
    const byName = new Map((await definitions().list(ORGANIZATION, "WorkflowRule", {}, ALL)).data.map(({ name, id }) => [name, id]));
    const put = (names: string) =>
      definitions().order(
        ORGANIZATION,
        "invoices",
        Array.from(names, (name) => byName.get(name) ?? name),
      );
    expect((await put("yaxbc")).map((each) => [each.name, each.order])).toEqual([
      ["y", 1],
      ["a", 2],
      ["x", 3],
      ["b", 4],
      ["c", 5],
    ]);
    expect(await refusal(put("yxbac"))).toMatchObject({ code: "managed_by_file" });
    expect(await refusal(put("yaxb"))).toMatchObject({ code: "validation_failed", issues: [expect.stringContaining("missing")] });
    expect(await refusal(put("yaxbcz"))).toMatchObject({ issues: ['ids.5: expected the id of a rule of invoices, got "z"'] });
    expect(await refusal(put("yaxbca"))).toMatchObject({ issues: [expect.stringContaining("ids.5")] });
    await t.apply(`${NOTE}---\n${["c", "new", "a"].map(fileRule).join("---\n")}`);
    const running = ["y", "c", "x", "new", "a"];
    expect((await order()).filter((name) => name !== "b")).toEqual(running);
    expect((await emit()).executions?.map(({ rule }) => rule?.name)).toEqual(running);
    const ids = (await definitions().list(ORGANIZATION, "WorkflowRule", {}, ALL)).data.map(({ id }) => id);
    expect(await definitions().order(ORGANIZATION, "invoices", ids)).toHaveLength(5);
  });
});

it("of two edits of one definition at once both are saved, or the later one is told", async () => {
  await hook();
  const { id } = await create("a");
  const edits = ["x", "y", "z"].map((description) => definitions().patch(ORGANIZATION, "WorkflowRule", id, { description }));
  expect((await Promise.all(edits)).map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
  const guarded = ["x", "y"].map((description) =>
    definitions().patch(ORGANIZATION, "WorkflowRule", id, { description }, { asked: "4", fits: ({ version }) => version === 4 }),
  );
  const settled = await Promise.allSettled(guarded);
  expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

it("lists page by page while definitions come and go, and by module and activity", async () => {
  await hook();
  await definitions().create(ORGANIZATION, "Webhook", { ...HOOK, name: "tell-quotes", module: "estimates" });
  for (const name of ["a", "b", "c"]) await create(name, name === "b" ? { active: false } : {});
  const page = await definitions().list(ORGANIZATION, "WorkflowRule", {}, { limit: 2, cursor: null });
  expect(page.data.map(({ name }) => name)).toEqual(["a", "b"]);
  await definitions().remove(ORGANIZATION, "WorkflowRule", page.data[1]?.id ?? "");
  await create("d");
  const rest = await definitions().list(ORGANIZATION, "WorkflowRule", {}, { limit: 2, cursor: page.nextCursor });
  expect(rest.data.map(({ name }) => name)).toEqual(["c", "d"]);
  const named = async (filter: object) => (await definitions().list(ORGANIZATION, "Webhook", filter, ALL)).data.map(({ name }) => name);
  expect(await named({ module: "quotes" })).toEqual(["tell-quotes"]);
  expect(await named({ module: "estimates" })).toEqual(["tell-quotes"]);
  expect(await named({ active: false })).toEqual([]);
  expect(await refusal(definitions().list(ORGANIZATION, "Webhook", {}, { limit: 2, cursor: "nonsense" }))).toMatchObject({
    code: "validation_failed",
  });
});

import { afterEach, beforeEach, expect, it } from "vitest";
import { documentsOf, ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

const HOOK = "kind: Webhook\nname: tell\nmodule: invoices\nurl: https://erp.example/hook\nsecret: abcdefghij1234567890\n";
const RULE = `kind: WorkflowRule
name: paid
module: invoices
trigger: { type: event, on: [created] }
conditions: [{ immediateActions: [{ type: webhook, name: tell }] }]
`;
const both = `${HOOK}---\n${RULE}`;

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

async function apply(yaml: string) {
  const { applied, issues } = await t.engine.applyFiles(ORGANIZATION, documentsOf(yaml));
  if (issues !== null) throw new Error(JSON.stringify(issues));
  const generation = await t.store.definitions.current(ORGANIZATION);
  return { generation: generation?.number, ...applied };
}

async function entries() {
  const generation = await t.store.definitions.current(ORGANIZATION);
  return Object.fromEntries((generation?.entries ?? []).map((entry) => [`${entry.kind} ${entry.name}`, entry]));
}

it("a folder applied twice makes nothing new, though secrets are sealed anew each time", async () => {
  expect(await apply(both)).toEqual({ generation: 1, added: 2, changed: 0, removed: 0 });
  expect(await apply(both)).toEqual({ generation: 1, added: 0, changed: 0, removed: 0 });
});

it("a changed document is the next version of the same definition, the others keep theirs", async () => {
  await apply(both);
  const before = await entries();
  expect(await apply(both.replace("on: [created]", "on: [edited]"))).toMatchObject({ generation: 2, changed: 1 });
  const after = await entries();
  expect(after["WorkflowRule paid"]).toMatchObject({ id: before["WorkflowRule paid"]?.id, version: 2 });
  expect(after["Webhook tell"]).toEqual(before["Webhook tell"]);
});

it("a missing document is removed and comes back as the same definition", async () => {
  await apply(both);
  const { id } = (await entries())["WorkflowRule paid"] ?? {};
  expect(await apply(HOOK)).toMatchObject({ removed: 1 });
  expect((await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1" } })).executions).toEqual([]);
  expect(await apply(both)).toMatchObject({ changed: 1 });
  expect((await entries())["WorkflowRule paid"]).toMatchObject({ id, version: 2, active: true, removed: false });
  expect((await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1" } })).executions).toHaveLength(1);
});

it("a literal secret is never stored", async () => {
  await apply(both);
  const generation = await t.store.definitions.current(ORGANIZATION);
  const versions = await t.store.definitions.versions(ORGANIZATION, generation?.entries ?? []);
  expect(versions.find(({ kind }) => kind === "Webhook")?.document).toMatchObject({ secret: { sealed: "sealed:abcdefghij1234567890" } });
});

it("a rule is stored with its conditions as json-rules-engine reads them", async () => {
  await apply(
    both
      .replace("- {", "{")
      .replace("[{ immediateActions", "[{ criteria: [{ field: total, comparator: greaterEqual, value: 500 }], immediateActions"),
  );
  const generation = await t.store.definitions.current(ORGANIZATION);
  const versions = await t.store.definitions.versions(ORGANIZATION, generation?.entries ?? []);
  expect(versions.find(({ kind }) => kind === "WorkflowRule")?.conditions).toMatchObject([
    { all: [{ fact: "total", operator: "greaterEqual", value: 500 }] },
  ]);
});

it("a rule is a new version when a module gives its field another type", async () => {
  const module = (type: string) => `---\nkind: Module\nname: invoices\nfields: [{ name: cf_level, type: ${type} }]\n`;
  const rule = both.replace(
    "[{ immediateActions",
    "[{ criteria: [{ field: cf_level, comparator: equal, value: '10.0' }], immediateActions",
  );
  const fired = async (id: string) =>
    (await t.emit({ module: "invoices", type: "created", record: { invoice_id: id, cf_level: "10" } })).executions?.length;
  await apply(rule + module("text"));
  expect(await fired("1")).toBe(0);
  expect(await apply(rule + module("decimal"))).toMatchObject({ changed: 2 });
  expect(await fired("2")).toBe(1);
});

it("rules run in the order of their documents, and a new order takes effect", async () => {
  const [first, second] = [RULE.replace("name: paid", "name: first"), RULE.replace("name: paid", "name: second")];
  const order = async (id: string) =>
    (await t.emit({ module: "invoices", type: "created", record: { invoice_id: id } })).executions?.map(({ rule }) => rule?.name);
  await apply(`${HOOK}---\n${first}---\n${second}`);
  expect(await order("1")).toEqual(["first", "second"]);
  expect(await apply(`${HOOK}---\n${second}---\n${first}`)).toMatchObject({ generation: 2, added: 0, changed: 0, removed: 0 });
  expect(await order("2")).toEqual(["second", "first"]);
});

it("concurrent applies end with one of them as a whole", async () => {
  await Promise.all([apply(both), apply(both.replace("name: paid", "name: other"))]);
  const rules = Object.values(await entries()).filter((entry) => entry.kind === "WorkflowRule" && !entry.removed);
  expect(rules).toHaveLength(1);
});

it.each([
  ["an unknown module", both.replaceAll("module: invoices", "module: invoces"), "module"],
  ["an action that is not there", both.replace("name: tell }", "name: tall }"), "conditions.0.immediateActions.0.name"],
  ["a block without actions", both.replace("immediateActions: [{ type: webhook, name: tell }]", "criteria: []"), "conditions.0"],
  ["an unknown event type", both.replace("on: [created]", "on: [creatd]"), "trigger.on.0"],
  [
    "eleven criteria",
    both.replace("[{ immediate", `[{ criteria: [${"{ field: total, comparator: isEmpty }, ".repeat(11)}], immediate`),
    "conditions.0.criteria",
  ],
  [
    "a date trigger on an amount",
    both.replace("{ type: event, on: [created] }", "{ type: date, field: total, when: { after: { days: 3 } } }"),
    "trigger.field",
  ],
  [
    "a date trigger on a misspelt field",
    both.replace("{ type: event, on: [created] }", "{ type: date, field: due_dat, when: { before: { days: 3 } } }"),
    "trigger.field",
  ],
  [
    "a time counted from what is no date",
    both
      .replace("[{ immediateActions: [", "[{ timeBasedActions: [{ execute: { after: { days: 1 }, of: status }, actions: [")
      .replace("tell }] }]", "tell }] }] }]"),
    "conditions.0.timeBasedActions.0.execute.of",
  ],
  [
    "a schedule of no function",
    `kind: Schedule\nname: s\nfunction: nope\nrecurrence: { frequency: daily }\nstartsAt: "2026-12-01T18:00"\n`,
    "function",
  ],
  [
    "a schedule that starts in two years",
    `kind: Schedule\nname: s\nfunction: nope\nrecurrence: { frequency: daily }\nstartsAt: "2028-12-01T18:00"\n`,
    "startsAt",
  ],
  [
    "a schedule on a day that there is not",
    `kind: Schedule\nname: s\nfunction: nope\nrecurrence: { frequency: daily }\nstartsAt: "2027-02-29T18:00"\n`,
    "startsAt",
  ],
  [
    "two webhooks in one rule",
    `${both.replace("{ type: webhook, name: tell }", "{ type: webhook, name: tell }, { type: webhook, name: too }")}---\n${HOOK.replace("name: tell", "name: too")}`,
    "conditions",
  ],
])("%s is an issue with its path", async (_what, yaml, path) => {
  expect((await t.engine.check(ORGANIZATION, documentsOf(yaml))).map((issue) => issue.path)).toContain(path);
});

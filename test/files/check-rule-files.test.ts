import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applyFolder, checkRuleFiles } from "../../src/files/check-rule-files.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";
import { folder } from "./folder.ts";

const RULE = `kind: WorkflowRule
name: paid
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria: [{ field: total, comparator: contains, value: "5" }]
    immediateActions: [{ type: webhook, name: tell }]
`;
const HOOK = "kind: Webhook\nname: tell\nmodule: invoices\nurl: https://erp.example/hook\n";

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

async function mistakes(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const path = folder(files);
  const checked = await checkRuleFiles(t.engine, ORGANIZATION, [path]);
  return checked.mistakes.map(({ file, line, message }) => `${file.replace(join(path, "/"), "")}:${line} ${message.slice(0, 40)}`);
}

it("what is wrong with a document, and what is wrong between documents, comes at once in reading order", async () => {
  expect(await mistakes({ "a.yaml": RULE, "b.yaml": `${HOOK}method: PATCH\n` })).toEqual([
    "a.yaml:6 expected a comparator that currency fiel",
    'b.yaml:5 expected one of POST, PUT, DELETE, got "',
  ]);
});

const UNKNOWN = 'a.yaml:7 unknown Webhook of module invoices "tell';

it.each([
  ["nothing cannot be read", {}, true],
  ["the document that is meant cannot be read", { "b.yaml": `${HOOK}method: PATCH\n` }, false],
  ["another one of its kind cannot be read", { "b.yaml": `${HOOK.replace("tell", "ring")}method: PATCH\n` }, true],
  ["another rule cannot be read", { "b.yaml": "kind: WorkflowRule\nname: other\nmodule: invoices\n" }, true],
  ["a document without a kind that is known", { "b.yaml": HOOK.replace("Webhook", "Webhok") }, false],
  ["a document without a name", { "b.yaml": HOOK.replace("name", "nmae") }, false],
  ["a document that is none", { "b.yaml": "- 1\n" }, false],
  ["a file that is not YAML", { "b.yaml": 'kind: "Webhook\n' }, false],
  ["a file that is too large", { "b.yaml": `# ${"x".repeat(1_000_000)}\n` }, false],
  ["a module cannot be read, which may define fields and triggers", { "b.yaml": "kind: Module\nname: ships\nfield: []\n" }, false],
])("a name is called unknown unless what cannot be read may define it: %s", async (_what, files, isCalled) => {
  expect((await mistakes({ "a.yaml": RULE, ...files })).includes(UNKNOWN)).toBe(isCalled);
});

it("a folder with a mistake anywhere leaves everything as it is", async () => {
  const good = RULE.replace("contains", "equal");
  expect((await applyFolder(t.engine, ORGANIZATION, folder({ "a.yaml": good, "b.yaml": HOOK }))).applied).toMatchObject({ added: 2 });
  const { applied, mistakes: found } = await applyFolder(t.engine, ORGANIZATION, folder({ "a.yaml": RULE, "b.yaml": HOOK }));
  expect({ applied, found: found.length }).toEqual({ applied: null, found: 1 });
  const { data } = await t.engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: 10, cursor: null });
  expect(data).toMatchObject([{ name: "paid", version: 1, active: true }]);
});

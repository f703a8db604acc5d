import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import Handlebars from "handlebars";
import { beforeAll, describe, expect, it } from "vitest";
import { formatMistake } from "../../src/files/mistake.ts";
import { readRules, type RuleFiles } from "../../src/files/read-rules.ts";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import { KIND_OF_ACTION, type Document } from "../../src/model/definition.ts";
import { resolveModules, type Modules } from "../../src/model/module.ts";
import { organizationMap, Organization } from "../../src/model/organization.ts";

const HELPERS = new Set(["formatMoney", "formatDate", "formatNumber", "default", "eq", "lower", "upper", "if", "unless", "each", "with"]);
const TEMPLATES = readdirSync("templates");
const RULE_FILES = readdirSync("rules");
let shipped: RuleFiles;
let modules: Modules;
beforeAll(async () => {
  shipped = await readRules("rules");
  modules = resolveModules(
    CATALOGUE,
    shipped.documents.flatMap((one) => (one.kind === "Module" ? [one.document] : [])),
  );
});

describe("the shipped rules", () => {
  it("have no mistake, with an empty environment too: secrets are only named", () => {
    expect(shipped.mistakes.map(formatMistake)).toEqual([]);
    expect(JSON.stringify(shipped.documents.map(({ document }) => document))).toContain('{"env":"ERP_WEBHOOK_SECRET"}');
  });

  it("are the seed's scenarios, and what calls another system is switched off", () => {
    const rules = shipped.documents.flatMap(({ kind, document, file }) =>
      kind === "WorkflowRule" && "active" in document ? [`${basename(file)}: ${document.name}${document.active ? "" : " (off)"}`] : [],
    );
    expect(rules).toEqual([
      "big-sale.yaml: big-sale",
      "extend-expiry.yaml: extend-expiry",
      "payment-reminder.yaml: payment-reminder",
      "sales-target.yaml: sales-target",
      "tell-the-chat.yaml: overdue-to-chat (off)",
      "tell-the-crm.yaml: customers-to-crm (off)",
      "tell-the-erp.yaml: post-new-invoices (off)",
      "tell-the-erp.yaml: put-changed-invoices (off)",
      "tell-the-erp.yaml: delete-deleted-invoices (off)",
      "thank-you.yaml: thank-you-with-coupon",
    ]);
    const on = shipped.documents.filter((one) => one.kind === "WorkflowRule" && one.document.active);
    expect(on.flatMap(references).filter((reference) => reference.startsWith("Webhook "))).toEqual([]);
  });

  it.each(RULE_FILES.filter((name) => name !== "organization.yaml"))("%s says which scenario it is and what to change first", (name) => {
    const text = readFileSync(`rules/${name}`, "utf8");
    expect(text).toMatch(/^# Scenario: /);
    expect(text.slice(0, text.indexOf("\nkind: "))).toMatch(/\n# Change first: /);
  });

  it("name only what is defined, and every definition is used", () => {
    const actions = new Set<string>(Object.values(KIND_OF_ACTION));
    const defined = shipped.documents.map(({ kind, document }) => ({ kind, key: `${kind} ${document.name}` }));
    const used = new Set(shipped.documents.flatMap(references));
    const keys = new Set(defined.map(({ key }) => key));
    expect([...used].filter((key) => !keys.has(key))).toEqual([]);
    expect(defined.filter(({ kind, key }) => (actions.has(kind) || kind === "EmailTemplate") && !used.has(key))).toEqual([]);
  });

  it("use only fields that their modules have", () => {
    expect(shipped.documents.flatMap(fieldsUsed).filter(({ module, field }) => !hasField(module, field))).toEqual([]);
  });

  it.each(TEMPLATES)("%s is used, keeps to the safe part of Handlebars and to known names", (name) => {
    const source = readFileSync(`templates/${name}`, "utf8");
    const used = shipped.documents.flatMap((one) => (one.kind === "EmailTemplate" && one.document.html === source ? [one.document] : []));
    expect(used).toHaveLength(1);
    expect(source).not.toMatch(/\{\{\{|\{\{&|<table|<script|<img/);
    const organization = Object.keys(organizationMap(Organization.parse({})));
    const known = (path: string): boolean => {
      const [root, field = ""] = path.split(".");
      return (
        HELPERS.has(path) ||
        (root === "record" && hasField(used[0]?.module ?? "", field)) ||
        (root === "organization" && organization.includes(field))
      );
    };
    const paths = [source, used[0]?.subject ?? ""].flatMap((text) => pathsOf(Handlebars.parse(text)));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !known(path))).toEqual([]);
  });
});

function hasField(module: string, field: string): boolean {
  return modules.get(module)?.fields.some((each) => each.name === field) ?? false;
}

function references({ kind, document }: Document): readonly string[] {
  if (kind === "EmailAlert") return [`EmailTemplate ${document.template}`];
  if (kind !== "WorkflowRule") return [];
  const actions = document.conditions.flatMap((block) => [
    ...block.immediateActions,
    ...block.timeBasedActions.flatMap((timed) => timed.actions),
  ]);
  return actions.map(({ type, name }) => `${KIND_OF_ACTION[type]} ${name}`);
}

function fieldsUsed({ kind, document }: Document): readonly { readonly module: string; readonly field: string }[] {
  if (kind === "FieldUpdate") return [{ module: document.module, field: document.field }];
  if (kind === "EmailAlert")
    return document.recipients.flatMap((one) => ("field" in one ? [{ module: document.module, field: one.field }] : []));
  if (kind !== "WorkflowRule") return [];
  const watched = document.trigger.type === "event" ? (document.trigger.fields?.names ?? []) : [document.trigger.field];
  const tested = document.conditions.flatMap((block) => block.criteria.map((criterion) => criterion.field));
  return [...watched, ...tested].map((field) => ({ module: document.module, field }));
}

/** Every path that a template names, helpers included. */
function pathsOf(program: hbs.AST.Program): readonly string[] {
  const paths: string[] = [];
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = ({ original }) => void paths.push(original);
  visitor.accept(program);
  return paths;
}

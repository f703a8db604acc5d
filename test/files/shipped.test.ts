import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { beforeAll, describe, expect, it } from "vitest";
import { formatMistake } from "../../src/files/mistake.ts";
import { readRules, type RuleFiles } from "../../src/files/read-rules.ts";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import { KIND_OF_ACTION, type Document } from "../../src/model/definition.ts";
import { resolveModules } from "../../src/model/module.ts";
import { organizationMap, Organization } from "../../src/model/organization.ts";

const HELPERS = new Set(["formatMoney", "formatDate", "formatNumber", "default", "eq", "lower", "upper", "if", "unless", "each", "with"]);
const modules = resolveModules(CATALOGUE, []);
let shipped: RuleFiles;
beforeAll(async () => {
  shipped = await readRules("rules");
});

describe("the shipped rules", () => {
  it("have no mistake, with an empty environment too: secrets are only named", () => {
    expect(shipped.mistakes.map(formatMistake)).toEqual([]);
    expect(JSON.stringify(shipped.documents.map(({ document }) => document))).toContain('{"env":"ERP_WEBHOOK_SECRET"}');
  });

  it("are the seed's scenarios", () => {
    expect(shipped.documents.map(({ kind, document }) => `${kind} ${document.name}`)).toEqual([
      "WorkflowRule big-sale",
      "InAppNotification big-sale",
      "WorkflowRule extend-expiry",
      "FieldUpdate extend-expiry",
      "Organization Zylker",
      "WorkflowRule tell-the-erp",
      "Webhook post-to-erp",
      "WorkflowRule thank-you-with-coupon",
      "EmailAlert thank-you",
      "EmailAlert coupon-reminder",
      "EmailTemplate thank-you",
      "EmailTemplate coupon-reminder",
    ]);
  });

  it("name only what is defined", () => {
    const defined = new Set(shipped.documents.map(({ kind, document }) => `${kind} ${document.name}`));
    expect(shipped.documents.flatMap(references).filter((reference) => !defined.has(reference))).toEqual([]);
  });

  it("use only fields that their modules have", () => {
    expect(shipped.documents.flatMap(fieldsUsed).filter(({ module, field }) => !hasField(module, field))).toEqual([]);
  });

  it.each(["thank-you", "coupon-reminder"])("%s.hbs keeps to the safe part of Handlebars and to known names", (name) => {
    const source = readFileSync(`templates/${name}.hbs`, "utf8");
    expect(source).not.toMatch(/\{\{\{|\{\{&|<table|<script|<img/);
    const organization = Object.keys(organizationMap(Organization.parse({})));
    const paths = pathsOf(Handlebars.parse(source));
    expect(paths.length).toBeGreaterThan(5);
    const known = (path: string): boolean => {
      const [root, field = ""] = path.split(".");
      return (
        HELPERS.has(path) || (root === "record" && hasField("invoices", field)) || (root === "organization" && organization.includes(field))
      );
    };
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

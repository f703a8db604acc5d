import type { ActionHandlers, CheckContext } from "../../actions/action.ts";
import { moduleOf, type Document } from "../../model/definition.ts";
import type { Issue } from "../../model/errors.ts";
import type { Module, Modules } from "../../model/module.ts";
import { Organization } from "../../model/organization.ts";
import type { EmailTemplate } from "../../model/actions/email-template.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { dayOf } from "../../time/zone.ts";
import { checkRule, type Names } from "./check-rule.ts";
import { checkModule, checkOrganization } from "./check-settings.ts";
import { checkSchedule } from "./check-schedule.ts";
import { modulesOf } from "./modules-of.ts";

/** What a schema cannot see of a set of documents: references, limits, comparators against types. `index` is the document's place in the set. */
export type SetIssue = Issue & { readonly index: number };

export type Checks = {
  readonly handlers: ActionHandlers;
  checkTemplate(template: EmailTemplate, context: CheckContext): readonly Issue[];
  now(): number;
};

export function checkDefinitions(documents: readonly Document[], checks: Checks): readonly SetIssue[] {
  const organization = documents.find((one) => one.kind === "Organization")?.document ?? Organization.parse({});
  const modules = modulesOf(documents);
  const set: CheckedSet = {
    documents,
    organization,
    modules,
    names: namesByKind(documents, modules),
    templates: templatesByModule(documents, modules),
    connections: documents.flatMap((one) => (one.kind === "Connection" ? [one.document.name] : [])),
    functions: documents.flatMap((one) => (one.kind === "CustomFunction" ? [one.document.name] : [])),
  };
  const issues = documents.flatMap((one, index) => issuesOf(one, set, checks).map((issue) => ({ index, ...issue })));
  return [...issues, ...checkCounts(set)].toSorted((a, b) => a.index - b.index);
}

type CheckedSet = {
  readonly documents: readonly Document[];
  readonly organization: Organization;
  readonly modules: Modules;
  readonly names: Names;
  /** By module and name: made once, because every document is checked with them. */
  readonly templates: ReadonlyMap<string, ReadonlyMap<string, EmailTemplate>>;
  readonly connections: readonly string[];
  readonly functions: readonly string[];
};

function issuesOf(one: Document, set: CheckedSet, { handlers, checkTemplate, now }: Checks): readonly Issue[] {
  if (one.kind === "Organization") return checkOrganization(one.document);
  if (one.kind === "Module") return checkModule(one.document, set.modules);
  if (one.kind === "Connection") return [];
  if (one.kind === "Schedule") {
    return checkSchedule(one.document, set.functions, dayOf(now(), set.organization.timeZone));
  }
  const module = set.modules.get(one.document.module);
  if (!module) return [unknownName("module", "module", one.document.module, [...set.modules.keys()])];
  const context = contextOf(set, module);
  switch (one.kind) {
    case "WorkflowRule":
      return checkRule(one.document, context, set.names);
    case "EmailTemplate":
      return checkTemplate(one.document, context);
    case "EmailAlert":
      return handlers.emailAlert.check(one.document, context);
    case "InAppNotification":
      return handlers.inAppNotification.check(one.document, context);
    case "FieldUpdate":
      return handlers.fieldUpdate.check(one.document, context);
    case "Webhook":
      return handlers.webhook.check(one.document, context);
    case "CustomFunction":
      return handlers.customFunction.check(one.document, context);
  }
}

function contextOf({ organization, modules, templates, connections }: CheckedSet, module: Module): CheckContext {
  const own = templates.get(module.name) ?? new Map<string, EmailTemplate>();
  return { organization, modules, module, template: (name) => own.get(name) ?? null, templates: [...own.keys()], connections };
}

function templatesByModule(documents: readonly Document[], modules: Modules): CheckedSet["templates"] {
  const templates = new Map<string, Map<string, EmailTemplate>>();
  for (const one of documents) {
    if (one.kind !== "EmailTemplate") continue;
    const module = modules.get(one.document.module)?.name ?? one.document.module;
    templates.set(module, (templates.get(module) ?? new Map<string, EmailTemplate>()).set(one.document.name, one.document));
  }
  return templates;
}

function namesByKind(documents: readonly Document[], modules: Modules): Names {
  const names = new Map<string, string[]>();
  for (const one of documents) {
    const module = modules.get(moduleOf(one) ?? "");
    if (!module || !("name" in one.document)) continue;
    const key = `${one.kind}\n${module.name}`;
    const known = names.get(key);
    if (known) known.push(one.document.name);
    else names.set(key, [one.document.name]);
  }
  return (kind, module) => names.get(`${kind}\n${module.name}`) ?? [];
}

/** How many there may be: rules of a module, schedules of the organization. The issue is each one's that is too many. */
function checkCounts({ documents, organization: { limits }, modules }: CheckedSet): readonly SetIssue[] {
  const counts = new Map<string, number>();
  return documents.flatMap((one, index): readonly SetIssue[] => {
    if (one.kind !== "WorkflowRule" && one.kind !== "Schedule") return [];
    const module = one.kind === "WorkflowRule" ? (modules.get(one.document.module)?.name ?? one.document.module) : "";
    const count = (counts.get(module) ?? 0) + 1;
    counts.set(module, count);
    const [limit, what] = one.kind === "Schedule" ? [limits.schedules, "schedules"] : [limits.rulesPerModule, `rules of ${module}`];
    return count > limit ? [{ index, path: "", message: `expected at most ${limit} ${what}, this is one more`, overLimit: true }] : [];
  });
}

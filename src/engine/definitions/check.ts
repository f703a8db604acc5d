import { checkCriteria } from "../../criteria/check.ts";
import type { ActionHandlers, CheckContext } from "../../actions/action.ts";
import { KIND_OF_ACTION, moduleOf, type Document } from "../../model/definition.ts";
import { ACTION_TYPES, type ActionReference, type ActionType } from "../../model/action-type.ts";
import { CATALOGUE } from "../../model/catalogue.ts";
import type { Issue } from "../../model/errors.ts";
import { EVENT_TYPES } from "../../model/event.ts";
import { resolveModules, type Module, type Modules } from "../../model/module.ts";
import { nearest } from "../../model/nearest.ts";
import { Organization } from "../../model/organization.ts";
import type { WorkflowRule } from "../../model/rule.ts";
import type { EmailTemplate } from "../../model/actions/email-template.ts";

/** What a schema cannot see of a set of documents: references, limits, comparators against types. `index` is the document's place in the set. */
export type SetIssue = Issue & { readonly index: number };

export type Checks = {
  readonly handlers: ActionHandlers;
  checkTemplate(template: EmailTemplate, context: CheckContext): readonly Issue[];
};

export function checkDefinitions(documents: readonly Document[], checks: Checks): readonly SetIssue[] {
  const organization = documents.find((one) => one.kind === "Organization")?.document ?? Organization.parse({});
  const modules = resolveModules(
    CATALOGUE,
    documents.flatMap((one) => (one.kind === "Module" ? [one.document] : [])),
  );
  const names = namesByKind(documents, modules);
  return documents.flatMap((one, index) => {
    const name = moduleOf(one);
    const module = modules.get(name ?? "");
    if (name !== null && !module) return [{ index, ...unknown("module", "module", name, [...modules.keys()]) }];
    const context = module ? { organization, modules, module, ...templatesOf(documents, module, modules) } : null;
    return issuesOf(one, context, names, checks).map((issue) => ({ index, ...issue }));
  });
}

function templatesOf(documents: readonly Document[], module: Module, modules: Modules): Pick<CheckContext, "template" | "templates"> {
  const own = documents.flatMap((one) =>
    one.kind === "EmailTemplate" && modules.get(one.document.module)?.name === module.name ? [one.document] : [],
  );
  return {
    template: (name) => own.find((template) => template.name === name) ?? null,
    templates: own.map((template) => template.name),
  };
}

type Names = (kind: string, module: Module) => readonly string[];

function namesByKind(documents: readonly Document[], modules: Modules): Names {
  const names = new Map<string, string[]>();
  for (const one of documents) {
    const module = modules.get(moduleOf(one) ?? "");
    if (!module || !("name" in one.document)) continue;
    const key = `${one.kind}\n${module.name}`;
    names.set(key, [...(names.get(key) ?? []), one.document.name]);
  }
  return (kind, module) => names.get(`${kind}\n${module.name}`) ?? [];
}

function issuesOf(one: Document, context: CheckContext | null, names: Names, { handlers, checkTemplate }: Checks): readonly Issue[] {
  if (!context) return [];
  if (one.kind === "WorkflowRule") return checkRule(one.document, context, names);
  if (one.kind === "EmailTemplate") return checkTemplate(one.document, context);
  switch (one.kind) {
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
    case "Organization":
    case "Module":
      return [];
  }
}

const PER_RULE = {
  emailAlert: "emailAlertsPerRule",
  fieldUpdate: "fieldUpdatesPerRule",
  webhook: "webhooksPerRule",
  customFunction: "customFunctionsPerRule",
} as const satisfies Partial<Record<ActionType, string>>;

function checkRule(rule: WorkflowRule, { organization, module }: CheckContext, names: Names): readonly Issue[] {
  const { limits } = organization;
  const issues: Issue[] = [...checkTrigger(rule, module)];
  if (rule.conditions.length > limits.conditionsPerRule)
    issues.push({ path: "conditions", message: `expected at most ${limits.conditionsPerRule} conditions, got ${rule.conditions.length}` });
  for (const [index, condition] of rule.conditions.entries()) {
    const at = `conditions.${index}`;
    issues.push(...checkCriteria(condition, module, limits).map((issue) => ({ ...issue, path: `${at}.${issue.path}` })));
    const actions = actionsOf(rule, index);
    if (actions.length === 0) issues.push({ path: at, message: "expected at least one action in immediateActions or timeBasedActions" });
    for (const { path, action } of actions) issues.push(...checkReference(action, path, module, names));
    for (const [n, { execute }] of condition.timeBasedActions.entries())
      if (execute.of !== "trigger")
        issues.push({
          path: `${at}.timeBasedActions.${n}.execute.of`,
          message: `times counted from a date field are not supported yet (got "${execute.of}"); use of: trigger`,
        });
  }
  const all = rule.conditions.flatMap((_, index) => actionsOf(rule, index));
  for (const type of ACTION_TYPES) {
    if (!(type in PER_RULE)) continue;
    const limit = limits[PER_RULE[type as keyof typeof PER_RULE]];
    const used = new Set(all.filter(({ action }) => action.type === type).map(({ action }) => action.name));
    if (used.size > limit)
      issues.push({
        path: "conditions",
        message: `expected at most ${limit} ${KIND_OF_ACTION[type]} in one rule, got ${used.size} (${[...used].join(", ")})`,
      });
  }
  return issues;
}

function checkTrigger({ trigger }: WorkflowRule, module: Module): readonly Issue[] {
  if (trigger.type === "date") return [{ path: "trigger.type", message: "date based rules are not supported yet; use type: event" }];
  const types = [...EVENT_TYPES, ...module.triggers];
  return trigger.on.flatMap((type, index) => (types.includes(type) ? [] : [unknown(`trigger.on.${index}`, "event type", type, types)]));
}

type Placed = { readonly path: string; readonly action: ActionReference };

function actionsOf(rule: WorkflowRule, index: number): readonly Placed[] {
  const condition = rule.conditions[index];
  if (!condition) return [];
  const at = `conditions.${index}`;
  return [
    ...condition.immediateActions.map((action, n) => ({ path: `${at}.immediateActions.${n}`, action })),
    ...condition.timeBasedActions.flatMap(({ actions }, t) =>
      actions.map((action, n) => ({ path: `${at}.timeBasedActions.${t}.actions.${n}`, action })),
    ),
  ];
}

function checkReference({ type, name }: ActionReference, path: string, module: Module, names: Names): readonly Issue[] {
  const kind = KIND_OF_ACTION[type];
  const known = names(kind, module);
  return known.includes(name) ? [] : [unknown(`${path}.name`, `${kind} of module ${module.name}`, name, known)];
}

function unknown(path: string, what: string, got: string, known: readonly string[]): Issue {
  const near = nearest(got, known);
  const hint = near === null ? (known.length > 0 && known.length <= 12 ? `known: ${known.join(", ")}` : null) : `did you mean "${near}"?`;
  return { path, message: `unknown ${what} "${got}"`, ...(hint === null ? {} : { hint }) };
}

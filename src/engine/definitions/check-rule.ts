import { checkCriteria } from "../../criteria/check.ts";
import type { CheckContext } from "../../actions/action.ts";
import { ACTION_TYPES, type ActionReference, type ActionType } from "../../model/action-type.ts";
import { KIND_OF_ACTION } from "../../model/definition.ts";
import type { Issue } from "../../model/errors.ts";
import { EVENT_TYPES } from "../../model/event.ts";
import type { Module } from "../../model/module.ts";
import type { WorkflowRule } from "../../model/rule.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { checkDateTrigger, checkExecutionTime } from "./check-times.ts";

/** Names of a kind in a module. */
export type Names = (kind: string, module: Module) => readonly string[];

const PER_RULE = {
  emailAlert: "emailAlertsPerRule",
  fieldUpdate: "fieldUpdatesPerRule",
  webhook: "webhooksPerRule",
  customFunction: "customFunctionsPerRule",
} as const satisfies Partial<Record<ActionType, string>>;

/** What is wrong with a rule beyond its schema: its trigger, criteria, references and the organization's limits. */
export function checkRule(rule: WorkflowRule, { organization, module }: CheckContext, names: Names): readonly Issue[] {
  const { limits } = organization;
  const issues: Issue[] = [...checkTrigger(rule, module)];
  if (rule.conditions.length > limits.conditionsPerRule)
    issues.push({
      path: "conditions",
      message: `expected at most ${limits.conditionsPerRule} conditions, got ${rule.conditions.length}`,
      overLimit: true,
    });
  for (const [index, condition] of rule.conditions.entries()) {
    const at = `conditions.${index}`;
    issues.push(...checkCriteria(condition, module, limits).map((issue) => ({ ...issue, path: `${at}.${issue.path}` })));
    const actions = actionsOf(rule, index);
    if (actions.length === 0) issues.push({ path: at, message: "expected at least one action in immediateActions or timeBasedActions" });
    for (const { path, action } of actions) issues.push(...checkReference(action, path, module, names));
    for (const [n, { execute }] of condition.timeBasedActions.entries())
      issues.push(...checkExecutionTime(execute, module, `${at}.timeBasedActions.${n}.execute`));
  }
  return [...issues, ...checkActionLimits(rule, limits)];
}

function checkActionLimits(rule: WorkflowRule, limits: CheckContext["organization"]["limits"]): readonly Issue[] {
  const all = rule.conditions.flatMap((_, index) => actionsOf(rule, index));
  return ACTION_TYPES.flatMap((type): readonly Issue[] => {
    if (!(type in PER_RULE)) return [];
    const limit = limits[PER_RULE[type as keyof typeof PER_RULE]];
    const used = new Set(all.filter(({ action }) => action.type === type).map(({ action }) => action.name));
    if (used.size <= limit) return [];
    const message = `expected at most ${limit} ${KIND_OF_ACTION[type]} in one rule, got ${used.size} (${[...used].join(", ")})`;
    return [{ path: "conditions", message, overLimit: true }];
  });
}

function checkTrigger({ trigger }: WorkflowRule, module: Module): readonly Issue[] {
  if (trigger.type === "date") return checkDateTrigger(trigger, module);
  const types = [...EVENT_TYPES, ...module.triggers];
  return trigger.on.flatMap((type, index) => (types.includes(type) ? [] : [unknownName(`trigger.on.${index}`, "event type", type, types)]));
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
  return known.includes(name) ? [] : [unknownName(`${path}.name`, `${kind} of module ${module.name}`, name, known)];
}

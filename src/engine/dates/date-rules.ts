import type { Module } from "../../model/module.ts";
import type { DateTrigger, WorkflowRule } from "../../model/rule.ts";
import { rhythmOf, type DateRhythm } from "../../time/occurrences.ts";
import { findField } from "../../criteria/fields.ts";
import type { Snapshot } from "../definitions/snapshot.ts";

/** An active date rule, as what follows the clock knows it. */
export type DateRule = {
  readonly organization: string;
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly module: Module;
  readonly trigger: DateTrigger;
  readonly rhythm: DateRhythm;
  readonly grace: WorkflowRule["grace"];
  readonly zone: string;
  /** Its dates are days, not instants. */
  readonly isOfDays: boolean;
  /** ms; what came before does not exist. */
  readonly activeSince: number;
};

const known = new WeakMap<Snapshot, readonly DateRule[]>();

/** Every active date rule of an organization. */
export function dateRulesOf(organization: string, snapshot: Snapshot): readonly DateRule[] {
  let rules = known.get(snapshot);
  if (!rules) known.set(snapshot, (rules = readDateRules(organization, snapshot)));
  return rules;
}

function readDateRules(organization: string, { definitions, modules, organization: { timeZone: zone } }: Snapshot): readonly DateRule[] {
  return definitions.flatMap((one): readonly DateRule[] => {
    if (one.kind !== "WorkflowRule" || !one.entry.active) return [];
    const { id, version, activeSince = one.entry.updatedAt } = one.entry;
    const { trigger, module: moduleName, name, grace } = one.document;
    const module = modules.get(moduleName);
    if (trigger.type !== "date" || !module) return [];
    const isOfDays = findField(module, trigger.field).field?.type === "date";
    return [{ organization, id, version, name, module, trigger, rhythm: rhythmOf(trigger), grace, zone, isOfDays, activeSince }];
  });
}

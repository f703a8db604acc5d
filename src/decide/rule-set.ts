import { compileProgram, type Program } from "../criteria/compile.ts";
import { createChangeTest, type ChangeTest } from "../criteria/changed.ts";
import type { TopLevelCondition } from "../criteria/conditions.ts";
import type { Module } from "../model/module.ts";
import type { Cycle, RuleReference, WorkflowRule } from "../model/rule.ts";

/** One version of a rule as it is decided with: its document and each block's stored conditions (null: every record). */
export type RuleVersion = {
  readonly reference: RuleReference;
  readonly document: WorkflowRule;
  readonly conditions: readonly (TopLevelCondition | null)[];
};

/** A rule in its set: where its blocks stand in the set's program. */
export type CompiledRule = RuleVersion & {
  readonly firstBlock: number;
  /** Its verdict may depend on the previous record: it names fields or uses a change comparator. */
  readonly comparesPrevious: boolean;
};

/** All rules of a module in the order they run, compiled together so that a field is decoded once an event. */
export type RuleSet = {
  readonly module: Module;
  readonly zone: string;
  readonly rules: readonly CompiledRule[];
  /** Ids of the active rules that fire for a record once only. */
  readonly firstTimeRules: readonly string[];
  /** Fields and cycles that date rules wait for, those that are not active too. */
  readonly dated: readonly { readonly field: string; readonly cycle: Cycle }[];
  readonly program: Program;
  readonly changed: ChangeTest;
};

const CHANGE_COMPARATORS: ReadonlySet<string> = new Set(["changed", "changedFrom", "changedTo"]);

export function compileRuleSet(module: Module, zone: string, versions: readonly RuleVersion[]): RuleSet {
  let firstBlock = 0;
  const rules = versions.map((version): CompiledRule => {
    const rule = { ...version, firstBlock, comparesPrevious: comparesPrevious(version.document) };
    firstBlock += version.conditions.length;
    return rule;
  });
  const program = compileProgram(
    versions.flatMap((version) => version.conditions),
    { module, zone },
  );
  const firstTimeRules = rules.filter(isFirstTime).map((rule) => rule.reference.id);
  return { module, zone, rules, firstTimeRules, dated: datedOf(rules), program, changed: createChangeTest(module, zone) };
}

function datedOf(rules: readonly RuleVersion[]): RuleSet["dated"] {
  const dated = rules.flatMap(({ document: { trigger } }) =>
    trigger.type === "date" ? [{ field: trigger.field, cycle: trigger.cycle }] : [],
  );
  return [...new Map(dated.map((one) => [`${one.cycle} ${one.field}`, one])).values()];
}

function isFirstTime({ document: { trigger, active } }: RuleVersion): boolean {
  return active && trigger.type === "event" && trigger.repeat === "firstTime";
}

function comparesPrevious({ trigger, conditions }: WorkflowRule): boolean {
  if (trigger.type === "event" && trigger.fields) return true;
  return conditions.some(({ criteria }) => criteria.some(({ comparator }) => CHANGE_COMPARATORS.has(comparator)));
}

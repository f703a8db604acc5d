import type { z } from "zod";
import { toConditions } from "../../src/criteria/conditions.ts";
import { decide, type Situation, type Verdict } from "../../src/decide/decide.ts";
import { compileRuleSet, type RuleSet } from "../../src/decide/rule-set.ts";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import { resolveModules } from "../../src/model/module.ts";
import { WorkflowRule } from "../../src/model/rule.ts";
import { makeEvent } from "../support/make.ts";

export type RuleSpec = Omit<z.input<typeof WorkflowRule>, "name" | "module">;

/** Rules of invoices in this order, `rule-1` first. */
export function ruleSet(specs: readonly RuleSpec[], zone = "Asia/Kolkata"): RuleSet {
  const invoices = resolveModules(CATALOGUE, []).get("invoices");
  if (!invoices) throw new Error("the catalogue has invoices");
  const versions = specs.map((spec, index) => {
    const id = `rule-${index + 1}`;
    const document = WorkflowRule.parse({ ...spec, name: id, module: "invoices" });
    const conditions = document.conditions.map((condition) => toConditions(condition, invoices));
    return { reference: { id, name: id, version: 1 }, document, conditions };
  });
  return compileRuleSet(invoices, zone, versions);
}

export function situation({
  event = {},
  ...more
}: Partial<Omit<Situation, "event">> & { event?: Parameters<typeof makeEvent>[0] } = {}): Situation {
  return { event: makeEvent(event), previous: null, stale: false, alreadyFired: new Set(), ...more };
}

/** The verdict on the only rule of a set. */
export function verdictOn(spec: RuleSpec, given: Situation, zone?: string): Verdict {
  const [verdict] = decide(ruleSet([spec], zone), given);
  if (!verdict) throw new Error("one rule, one verdict");
  return verdict;
}

/** Why the only rule of a set does not fire; null where it does. */
export function reasonOf(spec: RuleSpec, given: Situation): string | null {
  const verdict = verdictOn(spec, given);
  return verdict.fires ? null : verdict.reason;
}

import { explainCondition } from "../../criteria/explain.ts";
import type { Facts } from "../../criteria/facts.ts";
import type { CompiledRule, RuleSet } from "../../decide/rule-set.ts";
import type { ExplainedCondition } from "./explanation.ts";

/** Every block in order; under `firstMatch` those after the first that matched are not looked at. */
export async function explainConditions(
  set: RuleSet,
  { document, conditions }: CompiledRule,
  facts: Facts,
): Promise<readonly ExplainedCondition[]> {
  const explained: ExplainedCondition[] = [];
  for (const [index, { criteria, pattern }] of document.conditions.entries()) {
    const condition = index + 1;
    if (document.evaluation === "firstMatch" && explained.some(({ matched }) => matched)) {
      explained.push({ condition, matched: null, pattern: null, criteria: [] });
      continue;
    }
    const block = { criteria, conditions: conditions[index] ?? null, ...(pattern === undefined ? {} : { pattern }) };
    explained.push({ condition, ...(await explainCondition(block, facts, set)) });
  }
  return explained;
}

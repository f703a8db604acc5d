import type { Comparator, Criterion } from "../model/criterion.ts";
import type { Json } from "../model/json.ts";
import type { CriteriaBlock, TopLevelCondition } from "./conditions.ts";
import type { CriteriaContext, Facts } from "./facts.ts";
import { findField, isAnyPath } from "./fields.ts";
import { judge } from "./judge.ts";
import { defaultPattern } from "./pattern.ts";
import { createReadAll } from "./read.ts";

/** A criterion's verdict with both sides as they stand in the rule and in the record (contract, section 3). */
export type CriterionVerdict = {
  readonly number: number;
  readonly field: string;
  readonly comparator: Comparator;
  readonly expected: Json;
  readonly actual: Json;
  readonly matched: boolean;
};
export type ConditionVerdict = {
  readonly matched: boolean;
  /** Null where there are no criteria. */
  readonly pattern: string | null;
  readonly criteria: readonly CriterionVerdict[];
};

/** A block's criteria as written, beside the conditions that were stored for them. */
export type ExplainedBlock = CriteriaBlock & { readonly conditions: TopLevelCondition | null };

/** Evaluates a block through json-rules-engine, which gives every criterion a verdict whatever the others said. */
export async function explainCondition(block: ExplainedBlock, facts: Facts, context: CriteriaContext): Promise<ConditionVerdict> {
  const { criteria, conditions, pattern } = block;
  if (conditions === null) return { matched: true, pattern: null, criteria: [] };
  const { matched, verdicts } = await judge(conditions, facts, context);
  return {
    matched,
    pattern: pattern ?? defaultPattern(criteria.length),
    criteria: criteria.map((criterion, index) => ({
      number: index + 1,
      field: criterion.field,
      comparator: criterion.comparator,
      expected: expectedOf(criterion),
      actual: actualOf(criterion, facts, context),
      matched: verdicts.get(index + 1) ?? false,
    })),
  };
}

function expectedOf({ value = null }: Criterion): Json {
  return value;
}

/** A list for a path with `*`; null for what is missing. */
function actualOf({ field }: Criterion, facts: Facts, { module }: CriteriaContext): Json {
  const values = createReadAll(field, findField(module, field).customField)(facts.record).map((value) => value ?? null);
  return isAnyPath(field) ? values : (values[0] ?? null);
}

import type { CriterionVerdict } from "../../criteria/explain.ts";
import type { Refusal } from "../../decide/decide.ts";
import type { PlannedRun } from "../../decide/plan.ts";
import type { ActionReference } from "../../model/action-type.ts";
import type { RuleReference } from "../../model/rule.ts";
import type { JsonObject } from "../../model/json.ts";
import { isoOrNull } from "../views.ts";

/** One block: `matched` is null where an earlier one had matched under `firstMatch`, so that it was not looked at. */
export type ExplainedCondition = {
  readonly condition: number;
  readonly matched: boolean | null;
  /** Null where there are no criteria, or they were not looked at. */
  readonly pattern: string | null;
  readonly criteria: readonly CriterionVerdict[];
};

/** Why a rule fires or does not (contract, section 3). */
export type Explanation = {
  readonly fires: boolean;
  /** The first that applies; null where it fires. */
  readonly reason: Refusal | null;
  /** The first block that matched, from 1, also where the trigger said no; null where none did. */
  readonly condition: number | null;
  readonly conditions: readonly ExplainedCondition[];
  /** What it runs and when (ISO 8601); `dueAt` null where the date that it counts from is empty. */
  readonly plan: readonly { readonly action: ActionReference; readonly dueAt: string | null }[];
};

export function planView(runs: readonly PlannedRun[]): Explanation["plan"] {
  return runs.map(({ action, dueAt }) => ({ action, dueAt: isoOrNull(dueAt) }));
}

export type RuleExplanation = { readonly rule: RuleReference } & Explanation;

/** What a rule is tried on (contract, section 3). */
export type Trial = {
  readonly record: JsonObject;
  readonly previous?: JsonObject;
  /** The rule's first where left out. */
  readonly type?: string;
  /** `user` where left out. */
  readonly origin?: string;
  /** ISO 8601; now where left out. */
  readonly at?: string;
};

export type ExplainUseCases = {
  /**
   * Would this rule fire for this record? Decides and does nothing: a missing `previous` is the stored record, first-time memory is looked at.
   * @throws RulewrightError not_found, validation_failed
   */
  rule(organization: string, id: string, trial: unknown): Promise<Explanation>;
  /** For every rule of the event's module why it fired or not, decided anew from what it was decided with. @throws RulewrightError not_found */
  event(organization: string, id: string): Promise<readonly RuleExplanation[]>;
};

import type { Evaluation } from "../criteria/compile.ts";
import type { Occurrence, RecordEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { dayOf } from "../time/zone.ts";
import { fieldsMatch } from "./field-lists.ts";
import { planBlock, type PlannedRun } from "./plan.ts";
import type { CompiledRule, RuleSet } from "./rule-set.ts";

/** Why a rule did not fire; the first that applies, in this order (contract, sections 3 and 6). */
export type Refusal =
  | "ruleInactive"
  | "moduleDiffers"
  | "eventTypeDiffers"
  | "originNotListed"
  | "loopStopped"
  | "staleEvent"
  | "fieldsUnchanged"
  | "alreadyFired"
  | "criteriaNotMet";

export type Situation = {
  readonly event: RecordEvent;
  /** The record before the event: the caller's, or the stored one; null where nothing is known of it. */
  readonly previous: JsonObject | null;
  /** The event is older than the stored record and brought no `previous` of its own. */
  readonly stale: boolean;
  readonly alreadyFired: ReadonlySet<string>;
  /** The record as it is now, whose dates count; the event's own where left out. */
  readonly newest?: JsonObject;
};

export type PlannedExecution = {
  readonly rule: CompiledRule;
  /** The block that matched, from 1. */
  readonly condition: number;
  /** Too many cascades deep: the log shows what would have run. */
  readonly loopStopped: boolean;
  readonly runs: readonly PlannedRun[];
};

export type Verdict =
  | { readonly rule: CompiledRule; readonly fires: true; readonly executions: readonly PlannedExecution[] }
  | { readonly rule: CompiledRule; readonly fires: false; readonly reason: Refusal };

/** Field updates may cause edits that cause field updates; this many deep is the last that runs (DESIGN, section 5). */
export const MOST_CASCADES = 5;

/** Decides everything and does nothing: the same rules and situation give the same verdicts, one a rule in the order they run. */
export function decide(set: RuleSet, situation: Situation): readonly Verdict[] {
  const { event, previous, newest } = situation;
  let evaluation: Evaluation | null = null;
  const evaluate = (): Evaluation =>
    (evaluation ??= set.program.start({ record: event.record, previous, day: dayOf(event.occurredAt, set.zone) }));
  return set.rules.map((rule) => {
    const reason = refusal(set, rule, situation);
    if (reason) return { rule, fires: false, reason };
    const matched = matchedBlocks(rule, evaluate());
    if (matched.length === 0) return { rule, fires: false, reason: "criteriaNotMet" };
    const loopStopped = event.ancestry.length > MOST_CASCADES;
    const executions = matched.map((condition) => ({ rule, condition, loopStopped, runs: planBlock(set, rule, condition, event, newest) }));
    return { rule, fires: true, executions };
  });
}

/** What the trigger says before any criterion is looked at: the first reason against, or null. */
function refusal(set: RuleSet, rule: CompiledRule, { event, previous, stale, alreadyFired }: Situation): Refusal | null {
  const { trigger, active } = rule.document;
  if (!active) return "ruleInactive";
  if (trigger.type === "date" || event.occurrence !== null) return refusalOfDate(rule, event, alreadyFired);
  if (!trigger.on.includes(event.type)) return "eventTypeDiffers";
  // `clock` is the origin of what was looked at above.
  if (event.origin !== "clock" && !trigger.origins.includes(event.origin)) return "originNotListed";
  const seen = event.ancestry.some(
    (cause) => cause.rule === rule.reference.id && cause.module === event.module && cause.record === event.recordId,
  );
  if (seen) return "loopStopped";
  if (stale && rule.comparesPrevious && event.type === "edited") return "staleEvent";
  if (trigger.fields && event.type === "edited" && !fieldsMatch(set, trigger.fields, event.record, previous)) return "fieldsUnchanged";
  if (trigger.repeat === "firstTime" && alreadyFired.has(rule.reference.id)) return "alreadyFired";
  return null;
}

/** A date that has come is one rule's, and fires it once, whatever becomes of the date. */
function refusalOfDate(
  { reference, document }: CompiledRule,
  { occurrence }: RecordEvent,
  alreadyFired: ReadonlySet<string>,
): Refusal | null {
  if (document.trigger.type !== "date" || occurrence?.of !== reference.id) return "eventTypeDiffers";
  return alreadyFired.has(occurrenceKey(occurrence)) ? "alreadyFired" : null;
}

/** What the memory of a date rule knows one of its dates by: without version or wall time (DESIGN, section 5). */
export function occurrenceKey({ of, anchor, k }: Pick<Occurrence, "of" | "anchor" | "k">): string {
  return `${of} ${anchor} ${k}`;
}

function matchedBlocks(rule: CompiledRule, evaluation: Evaluation): readonly number[] {
  const matched: number[] = [];
  for (let block = 0; block < rule.conditions.length; block++) {
    if (!evaluation.matches(rule.firstBlock + block)) continue;
    matched.push(block + 1);
    if (rule.document.evaluation === "firstMatch") break;
  }
  return matched;
}

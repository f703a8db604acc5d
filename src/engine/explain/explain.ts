import type { Facts } from "../../criteria/facts.ts";
import { decide, occurrenceKey, type Situation, type Verdict } from "../../decide/decide.ts";
import type { CompiledRule, RuleSet } from "../../decide/rule-set.ts";
import type { Clock } from "../../clock/clock.ts";
import { RulewrightError } from "../../model/errors.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { DecisionInputs } from "../../store/events.ts";
import type { Store } from "../../store/store.ts";
import { dayOf } from "../../time/zone.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { findDefined } from "../definitions/editing.ts";
import type { Intake } from "../intake.ts";
import { situationOf } from "../record.ts";
import { planView, type ExplainedCondition, type Explanation, type ExplainUseCases, type RuleExplanation } from "./explanation.ts";
import { explainConditions } from "./conditions.ts";
import { textOf } from "../dates/take-occurrences.ts";
import { explainDateRule, type HasCome } from "./date-rule.ts";
import { parseTrial } from "./trial.ts";

export type ExplainDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  /** What was accepted before is what an event would find. */
  readonly intake: Pick<Intake, "written">;
};

/** Explains with the same `decide` that runs rules, so that an explanation cannot say something else than what ran. */
export function createExplaining({ store, clock, definitions, intake }: ExplainDeps): ExplainUseCases {
  return {
    async rule(organization, id, input) {
      await intake.written();
      const snapshot = definitions.current(organization);
      const { entry } = findDefined(snapshot.definitions, "WorkflowRule", id);
      const module = snapshot.modules.get(entry.module ?? "");
      const set = module && snapshot.ruleSet(module);
      const rule = set?.rules.find(({ reference }) => reference.id === id);
      if (!set || !rule) throw new Error(`rule ${id} is defined but not in its module's set`);
      const event = parseTrial(input, rule, set.module, organization, clock.now());
      if (rule.document.trigger.type === "date") return explainDateRule(set, rule, event, hasComeOf(event, id, store));
      const situation = situationOf(event, await inputsOf(event, rule, store));
      return (await explainAll(set, situation, [rule]))[0] ?? missing(id);
    },
    async event(organization, id) {
      const event = await store.events.event(organization, id);
      if (!event) throw new RulewrightError("not_found", `There is no event ${id}`);
      const { decision } = event;
      const snapshot = await definitions.at(organization, decision.generation);
      if (!snapshot) throw new Error(`generation ${decision.generation} of event ${id} is not stored`);
      const module = snapshot.modules.get(event.module);
      if (!module) throw new Error(`module ${event.module} of event ${id} was not defined in generation ${decision.generation}`);
      const set = snapshot.ruleSet(module);
      const previous = event.previous ?? decision.previous;
      const situation = { event, previous, stale: decision.stale, alreadyFired: new Set(decision.alreadyFired) };
      const explanations = await explainAll(set, situation, set.rules);
      return set.rules.map((rule, index): RuleExplanation => ({
        rule: rule.reference,
        ...(explanations[index] ?? missing(rule.reference.id)),
      }));
    },
  };
}

function missing(id: string): never {
  throw new Error(`rule ${id} was not decided`);
}

/** What the store remembers of the dates of a record; a record without an id has had none. */
function hasComeOf({ organization, recordId }: RecordEvent, of: string, store: Store): HasCome {
  return async (anchor, k) => {
    if (recordId === "") return false;
    return (await store.events.firedBefore(organization, [occurrenceKey({ of, anchor: textOf(anchor), k })], recordId)).size > 0;
  };
}

/** What intake would find in the store for an event that did not happen. */
async function inputsOf({ organization, module, recordId }: RecordEvent, rule: CompiledRule, store: Store): Promise<DecisionInputs> {
  return {
    stored: recordId === "" ? null : await store.records.record({ organization, module, id: recordId }),
    alreadyFired: await store.events.firedBefore(organization, [rule.reference.id], recordId),
    pending: [],
  };
}

async function explainAll(set: RuleSet, situation: Situation, rules: readonly CompiledRule[]): Promise<readonly Explanation[]> {
  const verdicts = new Map(decide(set, situation).map((verdict) => [verdict.rule.reference.id, verdict]));
  const { event, previous } = situation;
  const facts: Facts = { record: event.record, previous, day: dayOf(event.occurredAt, set.zone) };
  const explanations: Explanation[] = [];
  for (const rule of rules) {
    const conditions = await explainConditions(set, rule, facts);
    explanations.push(explanationOf(verdicts.get(rule.reference.id) ?? missing(rule.reference.id), conditions));
  }
  return explanations;
}

function explanationOf(verdict: Verdict, conditions: readonly ExplainedCondition[]): Explanation {
  const condition = conditions.find(({ matched }) => matched)?.condition ?? null;
  if (!verdict.fires) return { fires: false, reason: verdict.reason, condition, conditions, plan: [] };
  return { fires: true, reason: null, condition, conditions, plan: planView(verdict.executions.flatMap(({ runs }) => runs)) };
}

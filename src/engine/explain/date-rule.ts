import { dateOf } from "../../criteria/date-of.ts";
import { planBlock } from "../../decide/plan.ts";
import type { CompiledRule, RuleSet } from "../../decide/rule-set.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { Anchor } from "../../time/anchor.ts";
import { nextOccurrence, occurrence, rhythmOf, type DateRhythm } from "../../time/occurrences.ts";
import { dayOf } from "../../time/zone.ts";
import { explainConditions } from "./conditions.ts";
import { planView, type Explanation } from "./explanation.ts";

/** Would the record fire a date based rule when its date comes? `plan` counts from that instant; of a cycle, from the next one. */
export async function explainDateRule(set: RuleSet, rule: CompiledRule, event: RecordEvent): Promise<Explanation> {
  const { trigger, active } = rule.document;
  if (trigger.type !== "date") throw new Error(`rule ${rule.reference.id} is not date based`);
  const anchor = dateOf(trigger.field, event.record, set);
  const instant = anchor === null ? null : instantFrom(rhythmOf(trigger), anchor, set.zone, event.occurredAt);
  const day = dayOf(instant ?? event.occurredAt, set.zone);
  const conditions = await explainConditions(set, rule, { record: event.record, previous: null, day });
  const matched = conditions.flatMap((each) => (each.matched ? [each.condition] : []));
  const fires = active && instant !== null && matched.length > 0;
  // Without a date there is nothing that a condition could be met for.
  const condition = instant === null ? null : (matched[0] ?? null);
  if (!fires) return { fires, reason: active ? "criteriaNotMet" : "ruleInactive", condition, conditions, plan: [] };
  const plan = planView(matched.flatMap((block) => planBlock(set, rule, block, { ...event, occurredAt: instant, storedAt: instant })));
  return { fires, reason: null, condition, conditions, plan };
}

/** Of a cycle, the first occurrence from `from` on; the only one of `once`, whenever it was. Null where it leads out of the calendar. */
function instantFrom(rhythm: DateRhythm, anchor: Anchor, zone: string, from: number): number | null {
  if (rhythm.cycle === "once") return occurrence(anchor, 0, rhythm, zone);
  return nextOccurrence(anchor, rhythm, zone, from - 1)?.at ?? null;
}

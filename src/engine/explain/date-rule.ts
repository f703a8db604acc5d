import { dateOf } from "../../criteria/date-of.ts";
import type { Refusal } from "../../decide/decide.ts";
import { planBlock } from "../../decide/plan.ts";
import type { CompiledRule, RuleSet } from "../../decide/rule-set.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { DateTrigger } from "../../model/rule.ts";
import type { Anchor } from "../../time/anchor.ts";
import { nextOccurrence, occurrence, rhythmOf } from "../../time/occurrences.ts";
import { dayOf } from "../../time/zone.ts";
import { explainConditions } from "./conditions.ts";
import { planView, type Explanation } from "./explanation.ts";

/** Has the k-th coming of this date been there before, for the record in question? Whatever was decided then, it comes once. */
export type HasCome = (anchor: Anchor, k: number) => Promise<boolean>;

/** Would the record fire a date based rule when its date comes? `plan` counts from that instant; of a cycle, from the next one. */
export async function explainDateRule(set: RuleSet, rule: CompiledRule, event: RecordEvent, hasCome: HasCome): Promise<Explanation> {
  const { trigger, active } = rule.document;
  if (trigger.type !== "date") throw new Error(`rule ${rule.reference.id} is not date based`);
  const anchor = dateOf(trigger.field, event.record, set);
  const coming = anchor && (await comingOf(trigger, anchor, set.zone, event.occurredAt, hasCome));
  const instant = coming?.at ?? null;
  const day = dayOf(instant ?? event.occurredAt, set.zone);
  const conditions = await explainConditions(set, rule, { record: event.record, previous: null, day });
  const matched = conditions.flatMap((each) => (each.matched ? [each.condition] : []));
  const condition = matched[0] ?? null;
  const refused = (reason: Refusal): Explanation => ({ fires: false, reason, condition, conditions, plan: [] });
  if (!active) return refused("ruleInactive");
  if (coming?.isOver) return refused("alreadyFired");
  if (instant === null || condition === null) return refused("criteriaNotMet");
  const plan = planView(matched.flatMap((block) => planBlock(set, rule, block, { ...event, occurredAt: instant, storedAt: instant })));
  return { fires: true, reason: null, condition, conditions, plan };
}

/**
 * Of a cycle, the first coming from `from` (ms) on that has not been; the only one of `once`, whenever it is and even where it is over. Null
 * where it leads out of the calendar.
 */
async function comingOf(
  trigger: DateTrigger,
  anchor: Anchor,
  zone: string,
  from: number,
  hasCome: HasCome,
): Promise<{ readonly at: number; readonly isOver: boolean } | null> {
  const rhythm = rhythmOf(trigger);
  if (rhythm.cycle === "once") {
    const at = occurrence(anchor, 0, rhythm, zone);
    return at === null ? null : { at, isOver: await hasCome(anchor, 0) };
  }
  let next = nextOccurrence(anchor, rhythm, zone, from - 1);
  // A rule that waited less long may have fired for some that are still ahead.
  while (next && (await hasCome(anchor, next.k))) next = nextOccurrence(anchor, rhythm, zone, next.at);
  return next && { at: next.at, isOver: false };
}

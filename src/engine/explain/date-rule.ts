import { dateOf } from "../../criteria/date-of.ts";
import { planBlock } from "../../decide/plan.ts";
import type { CompiledRule, RuleSet } from "../../decide/rule-set.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { DateTrigger } from "../../model/rule.ts";
import { addDuration, dueAt } from "../../time/offset.ts";
import { dayOf } from "../../time/zone.ts";
import { explainConditions } from "./conditions.ts";
import { planView, type Explanation } from "./explanation.ts";

/** Would the record fire a date based rule when its date comes? `plan` counts from that instant; of a cycle, from the next one. */
export async function explainDateRule(set: RuleSet, rule: CompiledRule, event: RecordEvent): Promise<Explanation> {
  const { trigger, active } = rule.document;
  if (trigger.type !== "date") throw new Error(`rule ${rule.reference.id} is not date based`);
  const anchor = dateOf(trigger.field, event.record, set);
  const instant = anchor === null ? null : occurrence(trigger, anchor, set.zone, event.occurredAt);
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

const MONTHS = { monthly: 1, yearly: 12 } as const;
const LONGEST_MONTH_MS = 31 * 86_400_000;

/** The rule's instant for an anchor date; of a cycle, the first one from `from` on, each counted from the anchor itself. */
function occurrence({ when, at, cycle }: DateTrigger, anchor: number, zone: string, from: number): number {
  const offset =
    "after" in when ? ({ direction: "after", duration: when.after } as const) : ({ direction: "before", duration: when.before } as const);
  const instantOf = (date: number): number => dueAt(date, { ...offset, ...(at === undefined ? {} : { at }) }, zone);
  const first = instantOf(anchor);
  if (cycle === "once" || first >= from) return first;
  const months = MONTHS[cycle];
  // No month is longer, so at least this many have passed; the next one is a few steps from there.
  let n = Math.max(0, Math.floor((from - first) / (months * LONGEST_MONTH_MS)) - 1);
  for (;;) {
    const instant = instantOf(addDuration(anchor, { months: n * months }, zone));
    if (instant >= from) return instant;
    n += 1;
  }
}

import type { CompiledRule, RuleSet } from "../decide/rule-set.ts";
import type { JsonObject } from "../model/json.ts";
import type { ActionRun } from "../model/run.ts";
import { dayOf } from "../time/zone.ts";
import type { EventContext } from "./intake.ts";

/** Do the criteria of a delayed run's block still hold? Change comparators keep their first verdict, relative dates count from the due day (DESIGN, section 5). */
export function blockStillHolds(
  { set, rule }: { readonly set: RuleSet; readonly rule: CompiledRule },
  run: ActionRun,
  { event, previous }: EventContext,
  record: JsonObject,
  now: number,
): boolean {
  const evaluation = set.program.start({
    record,
    previous,
    changes: { record: event.record, previous },
    day: dayOf(run.dueAt ?? now, set.zone),
  });
  return evaluation.matches(rule.firstBlock + run.condition - 1);
}

import { dateOf } from "../criteria/date-of.ts";
import type { CriteriaContext } from "../criteria/facts.ts";
import type { JsonObject } from "../model/json.ts";
import type { RunTiming } from "../model/run.ts";
import { addDuration, dueAt } from "../time/offset.ts";

/** When a time-based run is due by a record as it is, ms; null where the date that it counts from is empty or malformed. */
export function dueOf({ execute, triggeredAt }: RunTiming, record: JsonObject, context: CriteriaContext): number | null {
  const anchor = execute.of === "trigger" ? triggeredAt : dateOf(execute.of, record, context);
  if (anchor === null) return null;
  const at = execute.at === undefined ? {} : { at: execute.at };
  return "after" in execute
    ? dueAt(anchor, { direction: "after", duration: execute.after, ...at }, context.zone)
    : dueAt(anchor, { direction: "before", duration: execute.before, ...at }, context.zone);
}

/** Is it so long past its due time that it is not to run any more? */
export function isMissed(due: number | null, { grace }: Pick<RunTiming, "grace">, zone: string, now: number): boolean {
  return due !== null && addDuration(due, grace, zone) < now;
}

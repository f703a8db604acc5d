import { dateOf } from "../criteria/date-of.ts";
import type { CriteriaContext } from "../criteria/facts.ts";
import type { JsonObject } from "../model/json.ts";
import type { RunTiming } from "../model/run.ts";
import { addDuration, dueAt, offsetOf } from "../time/offset.ts";

/** When a time-based run is due by a record as it is, ms; null where the date that it counts from is empty or malformed. */
export function dueOf({ execute, triggeredAt }: RunTiming, record: JsonObject, context: CriteriaContext): number | null {
  const anchor = execute.of === "trigger" ? { instant: triggeredAt } : dateOf(execute.of, record, context);
  return anchor === null ? null : dueAt(anchor, offsetOf(execute, execute.at), context.zone);
}

/** Nothing is seen, or starts, to the millisecond: what is seen or starts this little after its time is not late, whatever the grace. */
export const LATE_MS = 60_000;

/** Is it so long past its due time that it is not to run any more? */
export function isTooLate(due: number | null, { grace }: Pick<RunTiming, "grace">, zone: string, now: number): boolean {
  if (due === null || now - due <= LATE_MS) return false;
  const end = addDuration(due, grace, zone);
  return end !== null && end < now;
}

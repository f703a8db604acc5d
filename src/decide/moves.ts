import type { CriteriaContext } from "../criteria/facts.ts";
import type { JsonObject } from "../model/json.ts";
import type { ActionRun, RunTiming } from "../model/run.ts";
import { dueOf, isTooLate } from "./due.ts";

/** Where a run belongs by a record as it is: due then, waiting without a date, or too late to run. */
export type Placed =
  | { readonly status: "scheduled"; readonly reason: "dateEmpty" | null; readonly dueAt: number | null; readonly zone: string }
  | { readonly status: "skipped"; readonly reason: "missed"; readonly dueAt: number; readonly at: number };

/** Null where it is where it belongs. */
export function placedAnew(
  run: Pick<ActionRun, "dueAt"> & { readonly timing: RunTiming },
  record: JsonObject,
  context: CriteriaContext,
  now: number,
): Placed | null {
  const { timing } = run;
  const due = dueOf(timing, record, context);
  if (due === run.dueAt) return timing.zone === context.zone ? null : scheduled(due, context);
  if (due !== null && isTooLate(due, timing, context.zone, now)) return { status: "skipped", reason: "missed", dueAt: due, at: now };
  return scheduled(due, context);
}

function scheduled(dueAt: number | null, { zone }: CriteriaContext): Placed {
  return { status: "scheduled", reason: dueAt === null ? "dateEmpty" : null, dueAt, zone };
}

/** Of runs that count from a date field there is one for each (rule, block, n) of a record (DESIGN, section 5). */
export function pendingKey({
  rule,
  condition,
  n,
}: {
  readonly rule: { readonly id: string };
  readonly condition: number;
  readonly n: number;
}): string {
  return `${rule.id} ${condition} ${n}`;
}

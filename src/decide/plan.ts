import { dateOf } from "../criteria/date-of.ts";
import type { ActionReference } from "../model/action-type.ts";
import type { RecordEvent } from "../model/event.ts";
import { addDuration, dueAt, offsetOf } from "../time/offset.ts";
import type { CompiledRule, RuleSet } from "./rule-set.ts";

/** One action of a block that matched, with the instant it is due at (ms). */
export type PlannedRun = {
  /** Position in the block, from 1: immediate, then time-based actions. */
  readonly n: number;
  readonly action: ActionReference;
  /** Null where the date field that it counts from is empty, or where it would be due outside of the years 0000 to 9999. */
  readonly dueAt: number | null;
  readonly timed: boolean;
  readonly recheck: boolean;
  /** It was due so long ago that the rule's grace is over: logged, not run. */
  readonly missed: boolean;
  /** It counts from a date field, which this version plans but does not run: logged as failed. */
  readonly unsupported: boolean;
};

/** The runs of one block, in the order written. Immediate ones are due when the event was stored, time-based ones count from when it occurred. */
export function planBlock(set: RuleSet, rule: CompiledRule, condition: number, event: RecordEvent): readonly PlannedRun[] {
  const block = rule.document.conditions[condition - 1];
  if (!block) return [];
  const immediate = block.immediateActions.map((action) => ({
    action,
    dueAt: event.storedAt,
    timed: false,
    recheck: false,
    missed: false,
    unsupported: false,
  }));
  const timed = block.timeBasedActions.flatMap(({ execute, recheck, actions }) => {
    const ofTrigger = execute.of === "trigger";
    const anchor = ofTrigger ? { instant: event.occurredAt } : dateOf(execute.of, event.record, set);
    const due = anchor === null ? null : dueAt(anchor, offsetOf(execute, execute.at), set.zone);
    const missed = due !== null && isOver(addDuration(due, rule.document.grace, set.zone), event.storedAt);
    return actions.map((action) => ({ action, dueAt: due, timed: true, recheck, missed, unsupported: !ofTrigger }));
  });
  return [...immediate, ...timed].map((run, index) => ({ n: index + 1, ...run }));
}

/** A grace that leads out of the calendar never is. */
function isOver(graceEnds: number | null, now: number): boolean {
  return graceEnds !== null && graceEnds < now;
}

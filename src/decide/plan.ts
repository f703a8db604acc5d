import { dateOf } from "../criteria/date-of.ts";
import type { ActionReference } from "../model/action-type.ts";
import type { RecordEvent } from "../model/event.ts";
import type { ExecutionTime } from "../model/rule.ts";
import { addDuration, dueAt } from "../time/offset.ts";
import type { CompiledRule, RuleSet } from "./rule-set.ts";

/** One action of a block that matched, with the instant it is due at (ms). */
export type PlannedRun = {
  /** Position in the block, from 1: immediate, then time-based actions. */
  readonly n: number;
  readonly action: ActionReference;
  /** Null where the date field that it counts from is empty. */
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
    const anchor = ofTrigger ? event.occurredAt : dateOf(execute.of, event.record, set);
    const due = anchor === null ? null : dueAfter(execute, anchor, set.zone);
    const missed = due !== null && addDuration(due, rule.document.grace, set.zone) < event.storedAt;
    return actions.map((action) => ({ action, dueAt: due, timed: true, recheck, missed, unsupported: !ofTrigger }));
  });
  return [...immediate, ...timed].map((run, index) => ({ n: index + 1, ...run }));
}

function dueAfter(execute: ExecutionTime, anchor: number, zone: string): number {
  const at = execute.at === undefined ? {} : { at: execute.at };
  return "after" in execute
    ? dueAt(anchor, { direction: "after", duration: execute.after, ...at }, zone)
    : dueAt(anchor, { direction: "before", duration: execute.before, ...at }, zone);
}

import type { ActionReference } from "../model/action-type.ts";
import type { RecordEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import type { RunTiming } from "../model/run.ts";
import { dueOf, isTooLate } from "./due.ts";
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
  /** Null of an immediate one. */
  readonly timing: RunTiming | null;
  /** It was due so long ago that the rule's grace is over: logged, not run. */
  readonly missed: boolean;
};

/**
 * The runs of one block, in the order written. Immediate ones are due when the event was stored, or when the date came; time-based ones
 * count from when it occurred, or from a date field.
 * @param dates the record whose dates count: the newest one, where the event's is older
 */
export function planBlock(
  set: RuleSet,
  rule: CompiledRule,
  condition: number,
  event: RecordEvent,
  dates: JsonObject = event.record,
): readonly PlannedRun[] {
  const block = rule.document.conditions[condition - 1];
  if (!block) return [];
  const isLate = event.occurrence?.missed ?? false;
  const immediate = block.immediateActions.map((action) => ({
    action,
    dueAt: event.occurrence === null ? event.storedAt : event.occurredAt,
    timed: false,
    recheck: false,
    timing: null,
    missed: isLate,
  }));
  const timed = block.timeBasedActions.flatMap(({ execute, recheck, actions }) => {
    const timing: RunTiming = { execute, grace: rule.document.grace, triggeredAt: event.occurredAt, zone: set.zone };
    const due = dueOf(timing, dates, set);
    const missed = isLate || isTooLate(due, timing, set.zone, event.storedAt);
    return actions.map((action) => ({ action, dueAt: due, timed: true, recheck, timing, missed }));
  });
  return [...immediate, ...timed].map((run, index) => ({ n: index + 1, ...run }));
}

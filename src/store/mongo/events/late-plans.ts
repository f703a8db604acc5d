import type { RecordEvent } from "../../../model/event.ts";
import type { JsonObject } from "../../../model/json.ts";
import { dateFieldOf } from "../../../model/run.ts";
import type { Decided, DecisionInputs } from "../../events.ts";
import { asOfRecord } from "../as-of.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { keyById, keyOf } from "../ids.ts";
import { toStored, type RecordWrites } from "../record-writes.ts";
import type { PendingRuns } from "../runs/pending-runs.ts";
import { toRun } from "../runs/run-document.ts";
import type { Following } from "./following.ts";
import type { PlannedRun } from "./new-runs.ts";

/** How an event is decided that this process may know from the store only. */
export type Decide = (event: RecordEvent, inputs: DecisionInputs) => Decided;

/**
 * What follows from an event that is finished behind a newer one of its record, which could not be told of the runs that this one planned:
 * those that count from a date field are planned as behind the newer one, by the record's dates now, and not at all where others of the same
 * rule are there in their stead. An event of the clock is of no one state of its record, and plans as it did.
 * @param previous what it was compared with
 */
export type PlanLate = (following: Following, previous: JsonObject | null, decide: Decide) => Promise<Following>;

export type PlanLateParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly records: RecordWrites;
  readonly pendingRuns: PendingRuns;
};

export function createPlanLate({ calls, collections: { runs }, records, pendingRuns }: PlanLateParts): PlanLate {
  /** Then a newer event is told of it. */
  async function isOneWritten(planned: readonly PlannedRun[]): Promise<boolean> {
    const keys = planned.map(({ run }) => keyById(run));
    const found = await calls("find planned runs", () => runs.find({ _id: { $in: keys } }, { projection: { _id: 1 } }).toArray());
    return found.length > 0;
  }

  return async (following, previous, decide) => {
    const { event, asOf } = following;
    const dated = following.runs.filter(({ run }) => run.status === "scheduled" && dateFieldOf(run.timing) !== null);
    if (dated.length === 0 || event.occurrence !== null) return following;
    const key = keyOf(event.organization, event.module, event.recordId);
    const record = (await records.find([key])).get(key);
    if (!record || asOfRecord(record) <= asOf || (await isOneWritten(dated))) return following;
    const pending = (await pendingRuns.ofRecords([key])).get(key) ?? [];
    // Of two events of one instant the log knows the order, and the record does not say it.
    const stored = { ...toStored(record), occurredAt: Math.max(record.occurredAt, event.occurredAt + 1) };
    const inputs = { stored, alreadyFired: new Set<string>(), pending: pending.map(toRun) };
    const anew = new Map(decide({ ...event, previous: event.previous ?? previous }, inputs).runs.map(({ run }) => [run.id, run]));
    return {
      ...following,
      moves: [],
      runs: following.runs.map((planned) => (dated.includes(planned) ? plannedAs(planned, anew) : planned)),
    };
  };
}

/** As it was decided where the rule is another by now. */
function plannedAs(planned: PlannedRun, anew: ReadonlyMap<string, PlannedRun["run"]>): PlannedRun {
  const run = anew.get(planned.run.id);
  return run?.rule.version === planned.run.rule.version ? { ...planned, run } : planned;
}

import type { RecordEvent } from "../../../model/event.ts";
import type { ActionRun, Decision } from "../../../model/run.ts";
import type { Decided, DecisionInputs } from "../../events.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { keyById, keyOf } from "../ids.ts";
import { toStored, type RecordWrites } from "../record-writes.ts";
import type { PendingRuns } from "../runs/pending-runs.ts";
import { toRun } from "../runs/run-document.ts";
import type { Following } from "./following.ts";
import { datedOf, followingLate, type DecideAnew, type Meanwhile } from "./meanwhile.ts";

/** How an event is decided that this process may know from the store only. */
export type Decide = (event: RecordEvent, inputs: DecisionInputs) => Decided;

/** What follows from an event that is finished late, by what others have made of its record meanwhile. */
export type PlanLate = (following: Following, decision: Decision, decide: Decide) => Promise<Following>;

export type PlanLateParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly records: RecordWrites;
  readonly pendingRuns: PendingRuns;
};

export function createPlanLate({ calls, collections: { runs }, records, pendingRuns }: PlanLateParts): PlanLate {
  async function findOwn(planned: readonly ActionRun[]): Promise<ReadonlyMap<string, RunDocument>> {
    if (planned.length === 0) return new Map();
    const found = await calls("find planned runs", () => runs.find({ _id: { $in: planned.map(keyById) } }).toArray());
    return new Map(found.map((run) => [run.id, run]));
  }

  async function lookAgain({ event, runs: planned }: Following): Promise<Meanwhile> {
    const key = keyOf(event.organization, event.module, event.recordId);
    const [stored, pending, own] = await Promise.all([records.find([key]), pendingRuns.ofRecords([key]), findOwn(datedOf(planned))]);
    const others = (pending.get(key) ?? []).filter((run) => run.event !== event.id);
    return { record: stored.get(key) ?? null, own, others };
  }

  return async (following, decision, decide) => {
    const meanwhile = await lookAgain(following);
    return followingLate(following, meanwhile, decidingAnew(following.event, meanwhile, decision, decide));
  };
}

function decidingAnew(event: RecordEvent, { record: found }: Meanwhile, decision: Decision, decide: Decide): DecideAnew {
  const compared = { ...event, previous: event.previous ?? decision.previous };
  const alreadyFired = new Set(decision.alreadyFired);
  return {
    asNewest: (pending) => decide(compared, { stored: found && toStored(found), alreadyFired, pending: pending.map(toRun) }),
    behind(record) {
      const stored = toStored(record);
      // A date that came is of no state of its record but the newest.
      if (event.occurrence !== null) return decide({ ...compared, record: stored.body }, { stored, alreadyFired, pending: [] });
      // Of two events of one instant the log knows the order, and the record does not say it.
      const newer = { ...stored, occurredAt: Math.max(stored.occurredAt, event.occurredAt + 1) };
      return decide(compared, { stored: newer, alreadyFired, pending: [] });
    },
  };
}

import type { RecordEvent } from "../../../model/event.ts";
import type { StoredRecord } from "../../../model/record.ts";
import type { ActionRun } from "../../../model/run.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { newMark } from "../ids.ts";
import { keysOfRuns, type PlannedRun, type WriteNewRuns } from "./new-runs.ts";
import { placementOf, toPlace } from "../runs/placement.ts";
import type { RecordWrite, RecordWrites } from "../record-writes.ts";
import { together } from "../together.ts";
import type { Unanswered } from "../runs/unanswered.ts";

/** A decided and stored event with what follows from it. */
export type Following = {
  readonly event: RecordEvent;
  readonly place: string;
  readonly runs: readonly PlannedRun[];
  /** Null where the record is written already. */
  readonly write: RecordWrite | null;
  readonly ends: boolean;
};

export type Followed = { readonly runs: readonly ActionRun[]; readonly record: StoredRecord | null };

/** What follows from a decided event: its runs, its record, and the end of what was planned on a record that is gone. Repeatable. */
export type FollowUp = (all: readonly Following[]) => Promise<readonly Followed[]>;

export type FollowUpParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly writeRuns: WriteNewRuns;
  readonly records: RecordWrites;
  readonly unanswered: Unanswered;
};

export function createFollowUp({ calls, collections: { runs }, writeRuns, records, unanswered }: FollowUpParts): FollowUp {
  async function writeRecords(all: readonly Following[]): Promise<ReadonlyMap<RecordWrite, StoredRecord>> {
    const writes = all.flatMap(({ write }) => write ?? []);
    if (writes.length === 0) return new Map();
    const stored = await records.replace(writes);
    return new Map(writes.map((write, i) => [write, stored[i] ?? missing()]));
  }

  /** What a rule planned for later on a record that is gone has nothing to look at any more (DESIGN, section 5). */
  async function skipPlanned({ event, place }: Following): Promise<void> {
    const { organization, module, recordId: record, storedAt } = event;
    const planned = { record, organization, module, timed: true, outlivesRecord: false, pending: true as const, place: { $lt: place } };
    const { $set, $unset } = toPlace(placementOf({ status: "skipped", dueAt: null, waits: false }));
    const change = { $set: { ...$set, status: "skipped", reason: "recordDeleted", finishedAt: storedAt }, $unset };
    await calls("skip the runs of a deleted record", () => runs.updateMany(planned, change));
  }

  async function write(all: readonly Following[]) {
    const mark = newMark();
    try {
      const [written, stored] = await (all.some(isClaimableAtOnce)
        ? oneByOne(all, mark)
        : together([writeRuns(all, mark), writeRecords(all)]));
      await Promise.all(all.filter(({ ends }) => ends).map(skipPlanned));
      return { written, stored };
    } catch (error) {
      // Nobody will start these but whoever claims next.
      unanswered.add({ mark, keys: all.flatMap((one) => keysOfRuns(one.runs)), lost: new Set() });
      throw error;
    }
  }

  /** Another may claim such a run the moment that it is written, and looks at the record then. */
  async function oneByOne(all: readonly Following[], mark: string) {
    const stored = await writeRecords(all);
    return [await writeRuns(all, mark), stored] as const;
  }

  return async (all) => {
    const { written, stored } = await write(all);
    return all.map(({ write }, i) => ({ runs: written[i] ?? [], record: write && (stored.get(write) ?? null) }));
  };
}

function missing(): never {
  throw new Error("expected a result for each");
}

/** It waits for nothing but a worker; ours start when everything is written. */
function isClaimableAtOnce({ event, runs }: Following): boolean {
  return runs.some(
    ({ run }) => run.status === "scheduled" && run.waitsFor === null && run.dueAt !== null && run.dueAt <= event.storedAt + SOON_MS,
  );
}

/** Longer than a follow-up takes. */
const SOON_MS = 60_000;

/** Does the event's record replace this one? The newest wins. */
export function isNewest({ occurredAt }: RecordEvent, stored: StoredRecord | null): boolean {
  return stored === null || stored.occurredAt <= occurredAt;
}

/** A deletion that counts: what was planned on the record ends with it. */
export function endsPlans(event: RecordEvent, stored: StoredRecord | null): boolean {
  return event.type === "deleted" && event.origin !== "fieldUpdate" && isNewest(event, stored);
}

/** The record write of an event. @param found revision before it, 0 where there was none or nobody knows */
export function recordWriteOf(event: RecordEvent, place: string, found: number, body: string = JSON.stringify(event.record)): RecordWrite {
  const { organization, module, recordId: id, occurredAt, record } = event;
  return { organization, module, id, occurredAt, place, deleted: event.type === "deleted", record, body, found };
}

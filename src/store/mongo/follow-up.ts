import type { RecordEvent } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { ActionRun } from "../../model/run.ts";
import type { Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf, newMark } from "./ids.ts";
import { keysOfRuns, type PlannedRun, type WriteNewRuns } from "./new-runs.ts";
import { placementOf, toPlace } from "./placement.ts";
import type { RecordWrite, RecordWrites } from "./record-writes.ts";
import type { Unanswered } from "./unanswered.ts";

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
    return new Map(writes.map((write, i) => [write, stored[i] ?? unreachable()]));
  }

  /** What a rule planned for later on a record that is gone has nothing to look at any more (DESIGN, section 5). */
  async function skipPlanned({ event, place }: Following): Promise<void> {
    const { organization, module, recordId: record, storedAt } = event;
    const planned = { record, organization, module, timed: true, outlivesRecord: false, pending: true as const, place: { $lt: place } };
    const { $set, $unset } = toPlace(placementOf({ status: "skipped", dueAt: null, waits: false }));
    const change = { $set: { ...$set, status: "skipped", reason: "recordDeleted", finishedAt: storedAt }, $unset };
    await calls("skip the runs of a deleted record", () => runs.updateMany(planned, change));
  }

  async function together(all: readonly Following[]) {
    const mark = newMark();
    try {
      // Each to its end, also where another fails: whoever goes on must find nothing of this under way.
      const [written, stored] = await Promise.allSettled([writeRuns(all, mark), writeRecords(all)]);
      if (written.status === "rejected") throw written.reason;
      if (stored.status === "rejected") throw stored.reason;
      await Promise.all(all.filter(({ ends }) => ends).map(skipPlanned));
      return [written.value, stored.value] as const;
    } catch (error) {
      // Nobody will start these but whoever claims next.
      unanswered.add({ mark, keys: all.flatMap((one) => keysOfRuns(one.runs)), lost: new Set() });
      throw error;
    }
  }

  return async (all) => {
    const [written, stored] = await together(all);
    return all.map(({ write }, i) => ({ runs: written[i] ?? [], record: write && (stored.get(write) ?? null) }));
  };
}

function unreachable(): never {
  throw new Error("expected a result for each");
}

/** The record write of an event. @param found revision before it, 0 where there was none or nobody knows */
export function recordWriteOf(event: RecordEvent, place: string, body: string, found: number): RecordWrite {
  const { organization, module, recordId: id, occurredAt, record } = event;
  return { organization, module, id, occurredAt, place, deleted: event.type === "deleted", record, body, found };
}

export function eventKey({ organization, id }: Pick<RecordEvent, "organization" | "id">): string {
  return keyOf(organization, id);
}

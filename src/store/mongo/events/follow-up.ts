import type { StoredRecord } from "../../../model/record.ts";
import type { ActionRun } from "../../../model/run.ts";
import { createBatches, type Answer, type Batches } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { newMark } from "../ids.ts";
import type { RecordWrite, RecordWrites } from "../record-writes.ts";
import type { Moves } from "../runs/moves.ts";
import { placementOf, toPlace } from "../runs/placement.ts";
import type { Unanswered } from "../runs/unanswered.ts";
import { together } from "../together.ts";
import type { Following } from "./following.ts";
import { keysOfRuns, type WriteNewRuns } from "./new-runs.ts";

export type Followed = { readonly runs: readonly ActionRun[]; readonly record: StoredRecord | null };

/**
 * What follows from decided events, of those of one moment together and of no two of one record: their runs, their records, the moves of the
 * records' pending runs, and the end of what was planned on a record that is gone. Repeatable.
 */
export type FollowUps = Batches<Following, Followed>;

export type FollowUpParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly writeRuns: WriteNewRuns;
  readonly records: RecordWrites;
  readonly moves: Moves;
  readonly unanswered: Unanswered;
};

export function createFollowUps({ calls, collections: { runs }, writeRuns, records, moves, unanswered }: FollowUpParts): FollowUps {
  async function writeRecords(all: readonly Following[]): Promise<ReadonlyMap<RecordWrite, StoredRecord>> {
    const writes = all.flatMap(({ write }) => write ?? []);
    if (writes.length === 0) return new Map();
    const stored = await records.replace(writes);
    return new Map(writes.map((write, i) => [write, stored[i] ?? missing()]));
  }

  async function movePending(all: readonly Following[]): Promise<void> {
    await moves.hold(all.map(({ event: { organization }, asOf, moves: words }) => ({ organization, asOf, moves: words })));
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
        : together([writeRuns(all, mark), writeRecords(all), movePending(all)]));
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
    const [written] = await together([writeRuns(all, mark), movePending(all)]);
    return [written, stored] as const;
  }

  async function followAll(all: readonly Following[]): Promise<readonly Answer<Followed>[]> {
    const { written, stored } = await write(all);
    return all.map(({ write }, i) => ({ value: { runs: written[i] ?? [], record: write && (stored.get(write) ?? null) } }));
  }

  return createBatches(followAll, { isolates: true });
}

function missing(): never {
  throw new Error("expected a result for each");
}

/** It waits for nothing but a worker; ours start when everything is written. */
function isClaimableAtOnce({ event, runs, moves }: Following): boolean {
  const isSoon = (dueAt: number | null): boolean => dueAt !== null && dueAt <= event.storedAt + SOON_MS;
  return (
    runs.some(({ run }) => run.status === "scheduled" && run.waitsFor === null && isSoon(run.dueAt)) ||
    moves.some(({ from, to }) => to.status === "scheduled" && to.dueAt !== from && isSoon(to.dueAt))
  );
}

/** Longer than a follow-up takes. */
const SOON_MS = 60_000;

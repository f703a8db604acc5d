import { isTerminal, RUN_STATUSES } from "../../../model/run.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { groupBy } from "../group.ts";
import { keyOf } from "../ids.ts";
import { together } from "../together.ts";

/**
 * The ends of field updates, told to those whom they concern: runs that wait for them may start, and records need not remember them. Each
 * says itself that this is still to be done from the write that ends it until it is done, so that a crash in between leaves nothing waiting.
 */
export type Endings = {
  tell(key: string): Promise<void>;
  /** Tells the ends of those of these updates that are over. */
  tellOver(keys: readonly string[]): Promise<void>;
  /** Tells those that were left untold, and ended before that instant (ms). */
  finish(before: number): Promise<number>;
};

type Ended = Pick<RunDocument, "_id" | "organization" | "id" | "module" | "record">;

const MOST = 100;
const OVER = RUN_STATUSES.filter(isTerminal);

export function createEndings(calls: Calls, { runs, records }: Collections): Endings {
  const telling = createBatches(tellAll, { isolates: true });

  async function tellAll(keys: readonly string[]): Promise<readonly Answer<void>[]> {
    const _id = { $in: [...new Set(keys)] };
    const updates = await calls("find ended updates", () =>
      runs.find({ _id }, { projection: { organization: 1, id: 1, module: 1, record: 1 } }).toArray(),
    );
    await together([free(updates), forget(updates)]);
    await calls("ends are told", () => runs.updateMany({ _id }, { $unset: { ending: "" } }));
    return keys.map(() => ({ value: undefined }));
  }

  /** By their keys, until a look finds none: an update without a shard key may miss one that is just moving from shard to shard. */
  async function free(updates: readonly Ended[]): Promise<void> {
    const waitsFor = { $in: updates.map(({ _id }) => _id) };
    const isWaiting = { $in: ["$status", ["scheduled", "retrying"]] };
    for (;;) {
      const waiting = await calls("find waiting runs", () =>
        runs.find({ waitsFor }, { hint: "waitsFor", projection: { _id: 1 } }).toArray(),
      );
      if (waiting.length === 0) return;
      await calls("free waiting runs", () =>
        runs.updateMany({ _id: { $in: waiting.map(({ _id }) => _id) }, waitsFor }, [
          { $set: { wakeAt: { $cond: [{ $and: [isWaiting, { $isNumber: "$dueAt" }] }, "$dueAt", "$$REMOVE"] } } },
          { $unset: "waitsFor" },
        ]),
      );
    }
  }

  async function forget(updates: readonly Ended[]): Promise<void> {
    if (updates.length === 0) return;
    const byRecord = groupBy(updates, ({ organization, module, record }) => keyOf(organization, module, record));
    const statements = [...byRecord].map(([_id, own]) => ({
      updateOne: { filter: { _id }, update: { $pullAll: { appliedRuns: own.map(({ id }) => id) } } },
    }));
    await calls("forget applied updates", () => records.bulkWrite(statements, { ordered: false }));
  }

  return {
    tell: telling.add,
    async tellOver(keys) {
      if (keys.length === 0) return;
      const over = await calls("find updates that are over", () =>
        runs.find({ _id: { $in: [...new Set(keys)] }, status: { $in: OVER } }, { projection: { _id: 1 } }).toArray(),
      );
      await Promise.all(over.map(({ _id }) => telling.add(_id)));
    },
    async finish(before) {
      const left = await calls("find untold ends", () =>
        runs
          .find({ ending: true, finishedAt: { $lte: before } }, { hint: "ending", projection: { _id: 1 } })
          .limit(MOST)
          .toArray(),
      );
      await Promise.all(left.map(({ _id }) => telling.add(_id)));
      return left.length;
    },
  };
}

import { isTerminal, RUN_STATUSES } from "../../../model/run.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { keyOf } from "../ids.ts";
import { together } from "../together.ts";

/**
 * The end of a field update, told to those whom it concerns: runs that wait for it may start, and its record need not remember it. The run
 * says that this is still to be done from the write that ends it until it is done, so that a crash in between leaves nothing waiting.
 */
export type Endings = {
  tell(key: string): Promise<void>;
  /** Tells the ends of those of these updates that are over. */
  tellOver(keys: readonly string[]): Promise<void>;
  /** Tells those that were left untold, and ended before that instant (ms). */
  finish(before: number): Promise<number>;
};

const MOST = 100;
const OVER = RUN_STATUSES.filter(isTerminal);

export function createEndings(calls: Calls, { runs, records }: Collections): Endings {
  async function tell(key: string): Promise<void> {
    const update = await calls("find an ended update", () =>
      runs.findOne({ _id: key }, { projection: { organization: 1, id: 1, module: 1, record: 1 } }),
    );
    if (!update) return;
    const { organization, id, module, record } = update;
    await together([
      free(key),
      calls("forget an applied update", () =>
        records.updateOne({ _id: keyOf(organization, module, record) }, { $pull: { appliedRuns: id } }),
      ),
    ]);
    await calls("an end is told", () => runs.updateOne({ _id: key }, { $unset: { ending: "" } }));
  }

  /** By their keys, until a look finds none: an update without a shard key may miss one that is just moving from shard to shard. */
  async function free(key: string): Promise<void> {
    const isWaiting = { $in: ["$status", ["scheduled", "retrying"]] };
    for (;;) {
      const waiting = await calls("find waiting runs", () =>
        runs.find({ waitsFor: key }, { hint: "waitsFor", projection: { _id: 1 } }).toArray(),
      );
      if (waiting.length === 0) return;
      await calls("free waiting runs", () =>
        runs.updateMany({ _id: { $in: waiting.map(({ _id }) => _id) }, waitsFor: key }, [
          { $set: { wakeAt: { $cond: [{ $and: [isWaiting, { $isNumber: "$dueAt" }] }, "$dueAt", "$$REMOVE"] } } },
          { $unset: "waitsFor" },
        ]),
      );
    }
  }

  return {
    tell,
    async tellOver(keys) {
      if (keys.length === 0) return;
      const over = await calls("find updates that are over", () =>
        runs.find({ _id: { $in: [...new Set(keys)] }, status: { $in: OVER } }, { projection: { _id: 1 } }).toArray(),
      );
      for (const { _id } of over) await tell(_id);
    },
    async finish(before) {
      const left = await calls("find untold ends", () =>
        runs
          .find({ ending: true, finishedAt: { $lte: before } }, { hint: "ending", projection: { _id: 1 } })
          .limit(MOST)
          .toArray(),
      );
      for (const { _id } of left) await tell(_id);
      return left.length;
    },
  };
}

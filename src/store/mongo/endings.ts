import type { Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf } from "./ids.ts";

/**
 * The end of a field update, told to those whom it concerns: runs that wait for it may start, and its record need not remember it. The run
 * says that this is still to be done from the write that ends it until it is done, so that a crash in between leaves nothing waiting.
 */
export type Endings = {
  tell(key: string): Promise<void>;
  /** Tells those that were left untold, and ended before that instant (ms). */
  finish(before: number): Promise<number>;
};

const MOST = 100;

export function createEndings(calls: Calls, { runs, records }: Collections): Endings {
  async function tell(key: string): Promise<void> {
    const update = await calls("find an ended update", () =>
      runs.findOne({ _id: key }, { projection: { organization: 1, id: 1, module: 1, record: 1 } }),
    );
    if (!update) return;
    const { organization, id, module, record } = update;
    const isWaiting = { $in: ["$status", ["scheduled", "retrying"]] };
    await Promise.all([
      calls("free waiting runs", () =>
        runs.updateMany({ waitsFor: key }, [
          { $set: { wakeAt: { $cond: [{ $and: [isWaiting, { $isNumber: "$dueAt" }] }, "$dueAt", "$$REMOVE"] } } },
          { $unset: "waitsFor" },
        ]),
      ),
      calls("forget an applied update", () =>
        records.updateOne({ _id: keyOf(organization, module, record) }, { $pull: { appliedRuns: id } }),
      ),
    ]);
    await calls("an end is told", () => runs.updateOne({ _id: key }, { $unset: { ending: "" } }));
  }

  return {
    tell,
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

import type { CascadeEvent, RecordStore } from "../records.ts";
import { createBatches, type Answer } from "./batches.ts";
import type { Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { groupBy } from "./group.ts";
import { keyOf } from "./ids.ts";

/** Edits of field updates, kept with their records until they are taken in. */
export function createOutbox(calls: Calls, { records }: Pick<Collections, "records">): Pick<RecordStore, "outbox" | "outboxDone"> {
  const done = createBatches(takeOut, { isolates: true });

  async function takeOut(edits: readonly CascadeEvent[]): Promise<readonly Answer<void>[]> {
    const byRecord = groupBy(edits, ({ organization, module, recordId }) => keyOf(organization, module, recordId));
    const statements = [...byRecord].map(([_id, own]) => {
      const isLeft = { $not: [{ $in: ["$$waiting.id", { $literal: own.map(({ id }) => id) }] }] };
      const outbox = { $filter: { input: { $ifNull: ["$outbox", []] }, as: "waiting", cond: isLeft } };
      const outboxAt = { $cond: [{ $eq: ["$outbox", []] }, "$$REMOVE", "$outboxAt"] };
      return { updateOne: { filter: { _id }, update: [{ $set: { outbox } }, { $set: { outboxAt } }] } };
    });
    await calls("take out of the outbox", () => records.bulkWrite(statements, { ordered: false }));
    return edits.map(() => ({ value: undefined }));
  }

  return {
    async outbox(limit) {
      const full = await calls("read the outbox", () =>
        records
          .find({ outboxAt: { $exists: true } }, { hint: "outbox", projection: { outbox: 1 } })
          .sort({ outboxAt: 1, _id: 1 })
          .limit(limit)
          .toArray(),
      );
      const waiting = full.flatMap(({ outbox = [] }) => outbox.map(({ event }) => JSON.parse(event) as CascadeEvent));
      return waiting.slice(0, limit);
    },
    outboxDone: done.add,
  };
}

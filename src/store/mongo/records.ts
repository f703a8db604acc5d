import type { StoredRecord } from "../../model/record.ts";
import { toCursor } from "../cursor.ts";
import type { Page, PageRequest } from "../page.ts";
import type { CascadeEvent, RecordChange, RecordKey, RecordStore, RecordUpdate } from "../records.ts";
import type { Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf } from "./ids.ts";
import { createLiveRecords } from "./live-records.ts";
import { storedDates, toDates } from "./record-dates.ts";
import { createRead } from "./reads.ts";
import { toStored } from "./record-writes.ts";
import type { Turns } from "./turns.ts";

export function createRecordStore(calls: Calls, { records, runs }: Collections, turns: Turns): RecordStore {
  const read = createRead(calls, "find a record", records);

  const live = createLiveRecords(calls, { records });

  /** Reads, asks what to write, and writes that unless somebody else wrote meanwhile. */
  async function update(
    key: string,
    organization: string,
    run: string,
    change: (record: StoredRecord) => RecordChange,
  ): Promise<RecordUpdate> {
    for (;;) {
      const document = await calls("find a record", () => records.findOne({ _id: key }));
      if (!document) return { status: "deleted" };
      const record = toStored(document);
      // Asked before the tombstone: what this run did before a crash stays done, whatever became of the record since.
      if (document.appliedRuns?.includes(run)) return { status: "applied", record };
      if (record.deleted) return { status: "deleted" };
      const changed = change(record);
      if (!changed) return { status: "unchanged", record };
      // The record forgets a run that has ended, and a worker whose lease had ended may come later still. Asked after the record was read: it
      // is not over, so what it did until then the record said, and what it does from now on grows the revision.
      if (await isOver(keyOf(organization, run))) return { status: "applied", record };
      const { body, cascade, dates } = changed;
      const dated = dates === null ? { $set: {}, $unset: {} } : toDates(storedDates(record, dates, cascade.storedAt, document));
      const { matchedCount } = await calls("update a record", () =>
        records.updateOne(
          { _id: key, revision: document.revision, appliedRuns: { $ne: run } },
          {
            $set: { body: JSON.stringify(body), ...dated.$set },
            $unset: dated.$unset,
            $inc: { revision: 1 },
            $push: { appliedRuns: run, outbox: { id: cascade.id, event: JSON.stringify(cascade) } },
            $min: { outboxAt: cascade.storedAt },
          },
        ),
      );
      if (matchedCount === 1) return { status: "updated", record: { ...record, revision: record.revision + 1, body }, cascade };
    }
  }

  async function isOver(run: string): Promise<boolean> {
    const found = await calls("find an updating run", () => runs.findOne({ _id: run }, { projection: { finishedAt: 1 } }));
    return typeof found?.finishedAt === "number";
  }

  async function list(organization: string, module: string, { limit, cursor }: PageRequest): Promise<Page<StoredRecord>> {
    const found = await live({ organization, module }, cursor, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return { data: shown.map(toStored), nextCursor: found.length > limit && last ? toCursor([last.id]) : null };
  }

  return {
    async record(key) {
      const document = await read(idOf(key));
      return document && toStored(document);
    },
    records: list,
    update: (key, run, change) => turns([idOf(key)], () => update(idOf(key), key.organization, run, change)),
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
    async outboxDone({ organization, module, recordId, id }) {
      const isOther = { $ne: ["$$waiting.id", { $literal: id }] };
      const left = { $filter: { input: { $ifNull: ["$outbox", []] }, as: "waiting", cond: isOther } };
      await calls("take out of the outbox", () =>
        records.updateOne({ _id: keyOf(organization, module, recordId) }, [
          { $set: { outbox: left } },
          { $set: { outboxAt: { $cond: [{ $eq: ["$outbox", []] }, "$$REMOVE", "$outboxAt"] } } },
        ]),
      );
    },
  };
}

function idOf({ organization, module, id }: RecordKey): string {
  return keyOf(organization, module, id);
}

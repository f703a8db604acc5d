import { writesRecord, type Origin } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import { RecordNotWritten, type RecordChange, type RecordStore, type RecordUpdate } from "../records.ts";
import { createBatches, type Answer } from "./batches.ts";
import type { Calls } from "./calls.ts";
import type { Collections, RecordDocument, RunDocument } from "./documents.ts";
import { keyOf, placeOfEvent } from "./ids.ts";
import { createRead, type Read } from "./reads.ts";
import { storedDates, toDates } from "./record-dates.ts";
import { toStored } from "./record-writes.ts";
import type { Turns } from "./turns.ts";

/** What one run writes into a record that is still as it was read. */
type Write = {
  readonly before: RecordDocument;
  readonly run: string;
  readonly change: NonNullable<RecordChange>;
  /** The cascade event as the outbox has it. */
  readonly event: string;
};

/**
 * Field updates, each once. Those of one moment are read, looked at and written together; of one record, one after the other.
 * @param readRecord as whoever reads one record does: those of one moment come in one command
 */
export function createRecordUpdates(
  calls: Calls,
  { records, runs, events }: Pick<Collections, "records" | "runs" | "events">,
  readRecord: Read<RecordDocument>,
  turns: Turns,
): RecordStore["update"] {
  const readRun = createRead(calls, "find updating runs", runs, { finishedAt: 1, event: 1, place: 1 });
  const readEvent = createRead(calls, "find the events of updates", events, { stage: 1, origin: 1, occurredAt: 1 });
  const writes = createBatches(writeAll, { isolates: true });

  /** Reads, asks what to write, and writes that unless somebody else wrote meanwhile. */
  async function update(
    key: string,
    organization: string,
    run: string,
    change: (record: StoredRecord) => RecordChange,
  ): Promise<RecordUpdate> {
    for (let isFirst = true; ; isFirst = false) {
      const before = await readRecord(key);
      const updating = await readRun(keyOf(organization, run));
      // Written since, so it is read once more.
      if (updating && (await isBehind(before, organization, updating)) && isFirst) continue;
      if (!before) return { status: "deleted" };
      const record = toStored(before);
      // Asked before the tombstone: what this run did before a crash stays done, whatever became of the record since.
      if (before.appliedRuns?.includes(run)) return { status: "applied", record };
      if (record.deleted) return { status: "deleted" };
      const changed = change(record);
      if (!changed) return { status: "unchanged", record };
      // The record forgets a run that has ended, and a worker whose lease had ended may come later still. It was read after the record: where it is
      // not over, what it did until then the record said, and what it does from now on grows the revision.
      if (typeof updating?.finishedAt === "number") return { status: "applied", record };
      const written = await writes.add({ before, run, change: changed, event: JSON.stringify(changed.cascade) });
      if (written)
        return { status: "updated", record: { ...record, revision: record.revision + 1, body: changed.body }, cascade: changed.cascade };
    }
  }

  /**
   * Is the record, as it was read, older than the run's own event, which writes it? Where the write of an event's record has failed, its runs may
   * start before somebody finishes the event, which happens within seconds; what they changed until then would be overwritten.
   * @throws RecordNotWritten where the write is still to come
   */
  async function isBehind(
    record: RecordDocument | null,
    organization: string,
    { event: id, place }: Pick<RunDocument, "event" | "place">,
  ): Promise<boolean> {
    const own = placeOfEvent(place);
    if (record?.place === own) return false;
    const event = await readEvent(keyOf(organization, id));
    // Written by this adapter from an Origin and by nothing else; of an event that writes no record there is nothing to wait for.
    if (!event || !writesRecord({ origin: event.origin as Origin })) return false;
    const { occurredAt, stage } = event;
    if (record && (record.occurredAt > occurredAt || (record.occurredAt === occurredAt && record.place > own))) return false;
    if (stage === undefined) return true;
    throw new RecordNotWritten(id);
  }

  /** Of each whether its record has it. */
  async function writeAll(batch: readonly Write[]): Promise<readonly Answer<boolean>[]> {
    const { matchedCount } = await calls("update records", () => records.bulkWrite(batch.map(toStatement), { ordered: false }));
    if (matchedCount === batch.length) return batch.map(() => ({ value: true }));
    // Somebody was quicker with one of them, or this was said before and its answer lost. What has left its outbox is taken for not written:
    // it is read once more, and found applied.
    const keys = batch.map(({ before }) => before._id);
    const found = await calls("find updated records", () => records.find({ _id: { $in: keys } }, { projection: { outbox: 1 } }).toArray());
    const written = new Set(found.flatMap(({ outbox = [] }) => outbox.map(({ event }) => event)));
    return batch.map(({ event }) => ({ value: written.has(event) }));
  }

  return (key, run, change) => {
    const _id = keyOf(key.organization, key.module, key.id);
    return turns([_id], () => update(_id, key.organization, run, change));
  };
}

function toStatement({ before, run, change: { body, cascade, dates }, event }: Write) {
  const { $set, $unset } =
    dates === null ? { $set: {}, $unset: {} } : toDates(storedDates(toStored(before), dates, cascade.storedAt, before));
  return {
    updateOne: {
      filter: { _id: before._id, revision: before.revision, appliedRuns: { $ne: run } },
      update: {
        $set: { body: JSON.stringify(body), ...$set },
        $unset,
        $inc: { revision: 1 },
        $push: { appliedRuns: run, outbox: { id: cascade.id, event } },
        $min: { outboxAt: cascade.storedAt },
      },
    },
  };
}

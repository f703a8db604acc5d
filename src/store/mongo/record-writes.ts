import type { Document, UpdateFilter, WithId } from "mongodb";
import type { JsonObject } from "../../model/json.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { DateKey } from "../dates.ts";
import { isDuplicateKey, type Calls } from "./calls.ts";
import type { Collections, RecordDocument } from "./documents.ts";
import { keyOf } from "./ids.ts";
import { insertNew } from "./insert.ts";
import { datesToSet, NO_DATES, storedDates } from "./record-dates.ts";

/** What an event does to its record: it becomes `body` as a whole, or a tombstone. */
export type RecordWrite = {
  readonly organization: string;
  readonly module: string;
  readonly id: string;
  readonly occurredAt: number;
  readonly place: string;
  readonly deleted: boolean;
  /** Its dates from now on; null: they stay as they are. */
  readonly dates: readonly DateKey[] | null;
  /** When the event was stored, ms. */
  readonly storedAt: number;
  readonly record: JsonObject;
  /** The record as JSON. */
  readonly body: string;
  /** Revision that was found before, 0 where there was no document. */
  readonly found: number;
};

/** `stale`: the record has another revision than was expected. */
export type ExpectedWrite =
  | { readonly status: "written"; readonly record: StoredRecord }
  | { readonly status: "stale"; readonly revision: number };

/**
 * How events change records, each once and in any order: events have a total order (when they occurred, then their place in the log), the
 * newest wins, and a record remembers which one wrote it. So writing one again, or late, changes nothing.
 */
export type RecordWrites = {
  find(keys: readonly string[]): Promise<ReadonlyMap<string, RecordDocument>>;
  /** Answers what is stored after each. */
  replace(writes: readonly RecordWrite[]): Promise<readonly StoredRecord[]>;
  /** Writes only where the record has this revision (0: there is none, or a tombstone), or where this event wrote it before. */
  replaceExpected(write: RecordWrite, revision: number): Promise<ExpectedWrite>;
};

export function createRecordWrites(calls: Calls, { records }: Collections): RecordWrites {
  async function find(keys: readonly string[]): Promise<ReadonlyMap<string, RecordDocument>> {
    const found = await calls("find records", () => records.find({ _id: { $in: [...keys] } }).toArray());
    return new Map(found.map((record) => [record._id, record]));
  }

  async function insertAll(writes: readonly RecordWrite[]): Promise<ReadonlyMap<RecordWrite, StoredRecord>> {
    const there = await insertNew(calls, "insert records", records, writes.map(toNew));
    return new Map(writes.flatMap((write, i) => (there.has(i) ? [] : [[write, storedBy(write, 1)] as const])));
  }

  /** Together where each record is still as it was found, which is almost always; then their revisions are known without asking. */
  async function updateAll(writes: readonly RecordWrite[]): Promise<ReadonlyMap<RecordWrite, StoredRecord>> {
    if (writes.length === 0) return new Map();
    const statements = writes.map((write) => ({
      updateOne: { filter: { ...olderThan(write), revision: write.found }, update: updateOf(write) },
    }));
    const { matchedCount } = await calls("replace records", () => records.bulkWrite(statements, { ordered: false }));
    if (matchedCount === writes.length) return new Map(writes.map((write) => [write, storedBy(write, write.found + 1)]));
    // Somebody was quicker with one of them, or this was said before and its answer lost.
    const there = await find(writes.map(idOf));
    return new Map(
      writes.flatMap((write) => {
        const record = there.get(idOf(write));
        return record?.place === write.place ? [[write, toStored(record)] as const] : [];
      }),
    );
  }

  async function replaceOne(write: RecordWrite): Promise<StoredRecord> {
    for (;;) {
      const changed = await calls("replace a record", () =>
        records.findOneAndUpdate(olderThan(write), updateOf(write), { returnDocument: "after" }),
      );
      if (changed) return toStored(changed);
      const there = await calls("find a record", () => records.findOne({ _id: idOf(write) }));
      // Written by this event before, or by a newer one.
      if (there) return toStored(there);
      const [inserted] = (await insertAll([write])).values();
      if (inserted) return inserted;
    }
  }

  async function replaceExpected(write: RecordWrite, revision: number): Promise<ExpectedWrite> {
    const written = await writeExpected(write, revision);
    if (written) return { status: "written", record: toStored(written) };
    const there = await calls("find a record", () => records.findOne({ _id: idOf(write) }));
    if (there?.place === write.place) return { status: "written", record: toStored(there) };
    return { status: "stale", revision: there && !there.deleted ? there.revision : 0 };
  }

  async function writeExpected(write: RecordWrite, revision: number): Promise<RecordDocument | null> {
    const expected = revision === 0 ? { deleted: true } : { deleted: false, revision };
    const filter = { _id: idOf(write), place: { $ne: write.place }, ...expected };
    const changed = await calls("replace a record", () => records.findOneAndUpdate(filter, updateOf(write), { returnDocument: "after" }));
    if (changed || revision !== 0) return changed;
    try {
      await calls("insert a record", () => records.insertOne(toNew(write)));
      return toNew(write);
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  return {
    find,
    async replace(writes) {
      const [inserted, updated] = await Promise.all([
        insertAll(writes.filter(({ found }) => found === 0)),
        updateAll(writes.filter(({ found }) => found > 0)),
      ]);
      return Promise.all(writes.map(async (write) => inserted.get(write) ?? updated.get(write) ?? replaceOne(write)));
    },
    replaceExpected,
  };
}

export function toStored(record: WithId<RecordDocument>): StoredRecord {
  return {
    organization: record.organization,
    module: record.module,
    id: record.id,
    revision: record.revision,
    occurredAt: record.occurredAt,
    deleted: record.deleted,
    body: JSON.parse(record.body) as JsonObject,
  };
}

function storedBy({ organization, module, id, occurredAt, deleted, record: body }: RecordWrite, revision: number): StoredRecord {
  return { organization, module, id, revision, occurredAt, deleted, body };
}

function idOf({ organization, module, id }: RecordWrite): string {
  return keyOf(organization, module, id);
}

function olderThan(write: RecordWrite) {
  const { occurredAt, place } = write;
  return { _id: idOf(write), $or: [{ occurredAt: { $lt: occurredAt } }, { occurredAt, place: { $lt: place } }] };
}

function changeOf({ occurredAt, place, deleted, body }: RecordWrite) {
  return { occurredAt, place, deleted, body };
}

function updateOf(write: RecordWrite): UpdateFilter<RecordDocument> | Document[] {
  const { deleted, dates, storedAt } = write;
  const change = { $set: changeOf(write), $inc: { revision: 1 } };
  if (deleted) return { ...change, $unset: NO_DATES };
  if (dates === null) return change;
  // What is there is only known to the server.
  const set = { ...changeOf(write), body: { $literal: write.body }, revision: { $add: ["$revision", 1] } };
  return [{ $set: { ...set, ...datesToSet(write, dates, storedAt) } }];
}

function toNew(write: RecordWrite): RecordDocument {
  const { organization, module, id, deleted, dates, storedAt } = write;
  const dated = deleted || dates === null ? null : storedDates(write, dates, storedAt, {});
  return { _id: idOf(write), organization, module, id, revision: 1, ...changeOf(write), ...dated };
}

import type { StoredRecord } from "../../model/record.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import type { DateIndex, DateKey } from "../dates.ts";
import type { Calls } from "./calls.ts";
import { dateName, sortableOf, textsIn } from "./date-texts.ts";
import type { Collections, RecordDocument } from "./documents.ts";
import { createLiveRecords } from "./live-records.ts";
import { storedDates, toDates, type StoredDates } from "./record-dates.ts";
import { toStored } from "./record-writes.ts";

export function createDateIndex(calls: Calls, { records }: Pick<Collections, "records">): DateIndex {
  const live = createLiveRecords(calls, { records });

  /** Writes their dates unless somebody has written the record meanwhile; answers those of which somebody has. */
  async function write(
    documents: readonly RecordDocument[],
    now: number,
    datesOf: (record: StoredRecord) => readonly DateKey[],
  ): Promise<readonly RecordDocument[]> {
    const statements = documents.map((document) => {
      const { _id, revision } = document;
      const change = toDates(withSince(storedDates(document, datesOf(toStored(document)), now, document), document));
      return { updateOne: { filter: { _id, revision, deleted: false }, update: change } };
    });
    const { matchedCount } = await calls("write dates anew", () => records.bulkWrite(statements, { ordered: false }));
    if (matchedCount === documents.length) return [];
    const revisions = new Map(documents.map(({ _id, revision }) => [_id, revision]));
    const keys = [...revisions.keys()];
    const there = await calls("find records", () => records.find({ _id: { $in: keys }, deleted: false }).toArray());
    return there.filter(({ _id, revision }) => revision !== revisions.get(_id));
  }

  return {
    async dated(range, { limit, cursor }) {
      const [sortable, id] = cursor === null ? [null, ""] : fromCursor(cursor, ["string", "string"]);
      const name = dateName(range);
      const at = `dates.${name}`;
      // What a process of a version before this one has deleted still holds its dates.
      const wanted = { [at]: textsIn(range, sortable === null ? null : { sortable, id }), deleted: false };
      const found = await calls("find records by date", () =>
        records
          .find(wanted, { hint: "dates" })
          .sort({ [at]: 1 })
          .limit(limit + 1)
          .toArray(),
      );
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        data: shown.map((document) => ({ record: toStored(document), since: document.since?.[name] ?? 0 })),
        nextCursor: found.length > limit && last ? toCursor([sortableOf(last.dates?.[name] ?? "", last), last.id]) : null,
      };
    },
    async reindex(module, now, { limit, cursor }, datesOf) {
      const page = await live(module, cursor, limit);
      for (let left: readonly RecordDocument[] = page; left.length > 0;) left = await write(left, now, datesOf);
      const last = page.at(-1);
      return page.length === limit && last ? toCursor([last.id]) : null;
    },
  };
}

/** The dates are those that it had, under other numbers: each keeps its since. */
function withSince(stored: StoredDates | null, { since = {} }: RecordDocument): StoredDates | null {
  return stored && { ...stored, since: Object.fromEntries(Object.entries(stored.since).map(([name, at]) => [name, since[name] ?? at])) };
}

import type Database from "better-sqlite3";
import type { DateIndex, DateKey } from "../dates.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import type { RecordKey } from "../records.ts";
import { LIMIT } from "./due-runs.ts";
import type { GroupCommit } from "./group-commit.ts";
import { toRecord, type RecordRow } from "./record-rows.ts";

type DatedRow = RecordRow & { readonly key: number; readonly since: number };
type DateRow = { readonly field: string; readonly cycle: string; readonly key: number; readonly since: number };

/**
 * Writes a record's dates inside the transaction that writes the record.
 * @param isSame the dates are those that it had, under other numbers: each keeps its since
 */
export type WriteDates = (key: RecordKey, dates: readonly DateKey[], now: number, isSame?: boolean) => void;

export function createWriteDates(db: Database.Database): WriteDates {
  const find = db.prepare<[string, string, string], DateRow>(
    "select field, cycle, key, since from record_dates where organization = ? and module = ? and record = ?",
  );
  const remove = db.prepare<[string, string, string, string, string]>(
    "delete from record_dates where organization = ? and module = ? and record = ? and field = ? and cycle = ?",
  );
  const put = db.prepare<[string, string, string, string, string, number, number]>(
    `insert into record_dates (organization, module, record, field, cycle, key, since) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (organization, module, record, field, cycle) do update set key = excluded.key, since = excluded.since`,
  );
  return ({ organization, module, id }, dates, now, isSame = false) => {
    const known = find.all(organization, module, id);
    for (const { field, cycle } of known)
      if (!dates.some((date) => date.field === field && date.cycle === cycle)) remove.run(organization, module, id, field, cycle);
    for (const { field, cycle, key } of dates) {
      const before = known.find((row) => row.field === field && row.cycle === cycle);
      if (before?.key !== key) put.run(organization, module, id, field, cycle, key, (isSame ? before?.since : undefined) ?? now);
    }
  };
}

export function createDateIndex(db: Database.Database, commits: GroupCommit, writeDates: WriteDates): DateIndex {
  const range = db.prepare<[string, string, string, string, number, number, number, string, number], DatedRow>(
    `select records.*, dates.key, dates.since from record_dates as dates
       join records on records.organization = dates.organization and records.module = dates.module and records.id = dates.record
     where dates.organization = ? and dates.module = ? and dates.field = ? and dates.cycle = ? and dates.key between ? and ?
       and (dates.key, dates.record) > (?, ?) and records.deleted = 0
     order by dates.key, dates.record ${LIMIT}`,
  );
  const list = db.prepare<[string, string, string, number], RecordRow>(
    `select * from records where organization = ? and module = ? and id > ? order by id ${LIMIT}`,
  );
  return {
    async dated({ organization, module, field, cycle, from, to }, { limit, cursor }) {
      const [key, id] = cursor === null ? [from, ""] : fromCursor(cursor, ["number", "string"]);
      const rows = range.all(organization, module, field, cycle, Math.max(from, key), to, key, id, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        data: shown.map((row) => ({ record: toRecord(row), since: row.since })),
        nextCursor: rows.length > limit && last ? toCursor([last.key, last.id]) : null,
      };
    },
    reindex: ({ organization, module }, now, { limit, cursor }, datesOf) =>
      commits.write(() => {
        const after = cursor === null ? "" : fromCursor(cursor, ["string"])[0];
        const rows = list.all(organization, module, after, limit);
        for (const row of rows) writeDates({ organization, module, id: row.id }, row.deleted ? [] : datesOf(toRecord(row)), now, true);
        const last = rows.at(-1);
        return rows.length === limit && last ? toCursor([last.id]) : null;
      }),
  };
}

import type Database from "better-sqlite3";
import type { StoredRecord } from "../../model/record.ts";
import type { CascadeEvent, RecordChange, RecordKey, RecordStore, RecordUpdate } from "../records.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { WriteDates } from "./record-dates.ts";
import { toRecord, type RecordRow, type RecordRows } from "./record-rows.ts";

export type RecordStoreParts = {
  readonly db: Database.Database;
  readonly commits: GroupCommit;
  readonly rows: RecordRows;
  readonly writeDates: WriteDates;
};

export function createRecordStore({ db, commits, rows, writeDates }: RecordStoreParts): RecordStore {
  const list = db.prepare<[string, string, string, number], RecordRow>(
    "select * from records where organization = ? and module = ? and id > ? and deleted = 0 order by id limit ?",
  );
  const write = db.prepare<[string, string, string, number]>(
    `update records set revision = revision + 1, body = ?, applied_runs = json_insert(applied_runs, '$[#]', ?),
       outbox = json_insert(outbox, '$[#]', json(?)) where seq = ?`,
  );
  const over = db.prepare<[string, string]>("select 1 from runs where organization = ? and id = ? and finished_at is not null");
  const outbox = db.prepare<[number, number], { event: string }>(
    `select waiting.value as event
     from (select seq, outbox from records indexed by records_outbox where outbox <> '[]' order by seq limit ?) as full,
       json_each(full.outbox) as waiting
     order by full.seq, waiting.key limit ?`,
  );
  const forget = db.prepare<[string, string, string, string]>(
    `update records set outbox = (select json_group_array(json(value)) from json_each(outbox) where value ->> '$.id' <> ?)
     where organization = ? and module = ? and id = ?`,
  );

  function update(key: RecordKey, run: string, change: (record: StoredRecord) => RecordChange): RecordUpdate {
    const row = rows.find(key);
    if (!row) return { status: "deleted" };
    const record = toRecord(row);
    // Asked before the tombstone: what this run did before a crash stays done, whatever became of the record since.
    if ((JSON.parse(row.applied_runs) as string[]).includes(run)) return { status: "applied", record };
    if (record.deleted) return { status: "deleted" };
    const changed = change(record);
    if (!changed) return { status: "unchanged", record };
    // The record forgets a run that has ended; a worker that comes later still, because its lease had ended too, must not do it again.
    if (over.get(key.organization, run)) return { status: "applied", record };
    write.run(JSON.stringify(changed.body), run, JSON.stringify(changed.cascade), row.seq);
    if (changed.dates) writeDates(key, changed.dates, changed.cascade.storedAt);
    return { status: "updated", record: { ...record, revision: record.revision + 1, body: changed.body }, cascade: changed.cascade };
  }

  return {
    async record(key) {
      const row = rows.find(key);
      return row ? toRecord(row) : null;
    },
    async records(organization, module, { limit, cursor }) {
      const after = cursor === null ? "" : fromCursor(cursor, ["string"])[0];
      const found = list.all(organization, module, after, limit + 1);
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return { data: shown.map(toRecord), nextCursor: found.length > limit && last ? toCursor([last.id]) : null };
    },
    update: (key, run, change) => commits.write(() => update(key, run, change)),
    outbox: async (limit) => outbox.all(limit, limit).map((row) => JSON.parse(row.event) as CascadeEvent),
    outboxDone: (event) =>
      commits.write(() => {
        forget.run(event.id, event.organization, event.module, event.recordId);
      }),
  };
}

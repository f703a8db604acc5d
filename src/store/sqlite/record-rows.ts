import type Database from "better-sqlite3";
import type { RecordEvent } from "../../model/event.ts";
import type { JsonObject } from "../../model/json.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { RecordKey } from "../records.ts";

export type RecordRow = {
  readonly seq: number;
  readonly organization: string;
  readonly module: string;
  readonly id: string;
  readonly revision: number;
  readonly occurred_at: number;
  readonly deleted: number;
  readonly body: string;
  readonly applied_runs: string;
  readonly outbox: string;
};

export function toRecord(row: RecordRow): StoredRecord {
  return {
    organization: row.organization,
    module: row.module,
    id: row.id,
    revision: row.revision,
    occurredAt: row.occurred_at,
    deleted: row.deleted === 1,
    body: JSON.parse(row.body) as JsonObject,
  };
}

/** Statements on `records` that the intake of an event and the record store share. */
export type RecordRows = {
  find(key: RecordKey): RecordRow | undefined;
  /** The event's record replaces the stored one, unless that is newer; `deleted` leaves a tombstone. Answers what is stored now. */
  replace(event: RecordEvent, stored: StoredRecord | null, body: string): StoredRecord;
};

export function createRecordRows(db: Database.Database): RecordRows {
  const find = db.prepare<[string, string, string], RecordRow>("select * from records where organization = ? and module = ? and id = ?");
  const upsert = db.prepare<[string, string, string, number, number, number, string]>(
    `insert into records (organization, module, id, revision, occurred_at, deleted, body) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (organization, module, id) do update set
       revision = excluded.revision, occurred_at = excluded.occurred_at, deleted = excluded.deleted, body = excluded.body`,
  );
  return {
    find: ({ organization, module, id }) => find.get(organization, module, id),
    replace(event, stored, body) {
      if (stored && stored.occurredAt > event.occurredAt) return stored;
      const { organization, module, recordId: id, occurredAt, record } = event;
      const deleted = event.type === "deleted";
      const revision = (stored?.revision ?? 0) + 1;
      upsert.run(organization, module, id, revision, occurredAt, deleted ? 1 : 0, body);
      return { organization, module, id, revision, occurredAt, deleted, body: record };
    },
  };
}

import type Database from "better-sqlite3";
import { writesRecord, type Cause, type Occurrence, type Origin, type RecordEvent } from "../../model/event.ts";
import type { JsonObject } from "../../model/json.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Decision } from "../../model/run.ts";
import type { DecisionInputs, Decided, EventFilter, EventLedger, Intake, NewEvent, StoredEvent } from "../events.ts";
import type { Page, PageRequest } from "../page.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { PendingRuns } from "./pending-runs.ts";
import type { WriteDates } from "./record-dates.ts";
import { toRecord, type RecordRows } from "./record-rows.ts";
import type { RunWriter } from "./run-rows.ts";

type EventRow = {
  readonly seq: number;
  readonly organization: string;
  readonly id: string;
  readonly module: string;
  readonly type: string;
  readonly record: string;
  readonly origin: string;
  readonly occurred_at: number;
  readonly stored_at: number;
  readonly body: string;
  readonly decision: string;
};

type Body = {
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly actor: string | null;
  readonly ancestry: readonly Cause[];
  readonly occurrence?: Occurrence;
};

export type EventLedgerParts = {
  readonly db: Database.Database;
  readonly commits: GroupCommit;
  readonly records: RecordRows;
  readonly writeDates: WriteDates;
  readonly pending: PendingRuns;
  readonly writeRun: RunWriter;
};

export function createEventLedger({ db, commits, records, writeDates, pending, writeRun }: EventLedgerParts): EventLedger {
  const known = db.prepare<[string, string], { fingerprint: string | null }>(
    "select fingerprint from events where organization = ? and id = ?",
  );
  const insert = db.prepare(
    `insert into events (organization, id, fingerprint, module, type, record, origin, occurred_at, stored_at, body, decision)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const fired = db.prepare<[string, string, string], { event: string }>(
    "select event from first_time where organization = ? and rule = ? and record = ?",
  );
  const remember = db.prepare<[string, string, string, string]>(
    "insert into first_time (organization, rule, record, event) values (?, ?, ?, ?) on conflict do nothing",
  );
  // What a rule planned for later on a record that is gone has nothing to look at any more (DESIGN, section 5).
  const skipPending = db.prepare<[number, string, string, string]>(
    `update runs set status = 'skipped', reason = 'recordDeleted', finished_at = ?, wake_at = null
     where organization = ? and module = ? and record = ? and timed = 1 and outlives_record = 0
       and status in ('scheduled', 'retrying')`,
  );
  const byId = db.prepare<[string, string], EventRow>("select * from events where organization = ? and id = ?");

  function inputs(event: NewEvent): DecisionInputs {
    const key = { organization: event.organization, module: event.module, id: event.recordId };
    const row = records.find(key);
    const alreadyFired = event.firstTimeRules.filter((rule) => fired.get(event.organization, rule, event.recordId));
    return { stored: row ? toRecord(row) : null, alreadyFired: new Set(alreadyFired), pending: row ? pending.ofRecord(key) : [] };
  }

  function keep(event: NewEvent, decide: (inputs: DecisionInputs) => Decided): Intake {
    const before = event.fingerprint === null ? undefined : known.get(event.organization, event.id);
    if (before) return { status: before.fingerprint === event.fingerprint ? "duplicate" : "conflict" };
    const found = inputs(event);
    const revision = found.stored && !found.stored.deleted ? found.stored.revision : 0;
    if (event.expectRevision !== null && event.expectRevision !== revision) return { status: "stale", revision };

    const { decision, runs, firstTime, moves } = decide(found);
    const body = JSON.stringify(event.record);
    const seq = Number(insertEvent(event, body, decision));
    for (const rule of firstTime) remember.run(event.organization, rule, event.recordId, event.id);
    const record = writesRecord(event) ? replaceRecord(event, found.stored, body) : found.stored;
    for (const move of moves) pending.move(event.organization, move);
    if (record?.deleted) skipPending.run(event.storedAt, event.organization, event.module, event.recordId);
    return { status: "accepted", decision, runs: runs.map((planned) => writeRun(seq, planned)), record };
  }

  function replaceRecord(event: NewEvent, stored: StoredRecord | null, body: string): StoredRecord {
    const record = records.replace(event, stored, body);
    if (event.dates && record.occurredAt === event.occurredAt) writeDates(record, record.deleted ? [] : event.dates, event.storedAt);
    return record;
  }

  function insertEvent(event: NewEvent, record: string, decision: Decision): number | bigint {
    const { previous, actor, ancestry, occurrence } = event;
    return insert.run(
      event.organization,
      event.id,
      event.fingerprint,
      event.module,
      event.type,
      event.recordId,
      event.origin,
      event.occurredAt,
      event.storedAt,
      // The record is in JSON already, for the record store.
      `${JSON.stringify({ previous, actor, ancestry, ...(occurrence && { occurrence }) } satisfies Omit<Body, "record">).slice(0, -1)},"record":${record}}`,
      JSON.stringify(decision),
    ).lastInsertRowid;
  }

  function list(filter: EventFilter, page: PageRequest): Page<StoredEvent> {
    const { organization, ...columns } = filter;
    const wanted = Object.entries(columns).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const where = ["organization = ?", ...wanted.map(([column]) => `${column} = ?`)];
    const values: (string | number)[] = [organization, ...wanted.map(([, value]) => value)];
    if (page.cursor !== null) {
      where.push("seq < ?");
      values.push(...fromCursor(page.cursor, ["number"]));
    }
    const rows = db
      .prepare<(string | number)[], EventRow>(`select * from events where ${where.join(" and ")} order by seq desc limit ?`)
      .all(...values, page.limit + 1);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    return { data: shown.map(toEvent), nextCursor: rows.length > page.limit && last ? toCursor([last.seq]) : null };
  }

  return {
    intake: (event, decide) => commits.write(() => keep(event, decide)),
    // One transaction took everything in, or nothing.
    recover: async () => 0,
    written: async () => undefined,
    firedBefore: async (organization, rules, record) => new Set(rules.filter((rule) => fired.get(organization, rule, record))),
    async event(organization, id) {
      const row = byId.get(organization, id);
      return row ? toEvent(row) : null;
    },
    async events(filter, page) {
      return list(filter, page);
    },
  };
}

function toEvent(row: EventRow): StoredEvent {
  const body = JSON.parse(row.body) as Body;
  const event: RecordEvent = {
    organization: row.organization,
    id: row.id,
    module: row.module,
    type: row.type,
    recordId: row.record,
    record: body.record,
    previous: body.previous,
    occurredAt: row.occurred_at,
    storedAt: row.stored_at,
    actor: body.actor,
    // Written by this adapter from an Origin and by nothing else.
    origin: row.origin as Origin,
    ancestry: body.ancestry,
    occurrence: body.occurrence ?? null,
  };
  return { ...event, decision: JSON.parse(row.decision) as Decision };
}

import type { Cause, Origin, RecordEvent } from "../../../model/event.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { StoredRecord } from "../../../model/record.ts";
import type { ActionRun, Decision } from "../../../model/run.ts";
import type { NewEvent, NewRun, StoredEvent } from "../../events.ts";
import type { EventDocument } from "../documents.ts";
import { keyById } from "../ids.ts";

/** A run as whoever finishes an event writes it: not claimed, and with the day whose quota its recorder may have asked for. */
export type LeftRun = { readonly run: ActionRun; readonly askedDay: string | null };

/** What finishing a decided event takes beside the event. */
export type LeftOpen = {
  readonly runs: readonly LeftRun[];
  /** A deletion that counted: it ends what was planned on the record. */
  readonly ends: boolean;
  /** Rules that an earlier decision may have remembered for it and that do not fire. */
  readonly forget?: readonly string[];
};

/** What deciding a tentative event for good takes. */
export type LeftTentative = {
  readonly found: StoredRecord | null;
  readonly expectRevision: number | null;
  readonly firstTimeRules: readonly string[];
};

type Body = {
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly actor: string | null;
  readonly ancestry: readonly Cause[];
};

type Parts = {
  readonly place: string;
  /** The record as JSON. */
  readonly record: string;
  readonly decision: Decision | null;
  readonly runs: readonly NewRun[];
  readonly left: LeftOpen | LeftTentative;
  readonly leftAt: number;
};

export function toEventDocument(event: NewEvent, { place, record, decision, runs, left, leftAt }: Parts): EventDocument {
  const { previous, actor, ancestry } = event;
  return {
    _id: keyById(event),
    organization: event.organization,
    id: event.id,
    place,
    fingerprint: event.fingerprint,
    module: event.module,
    type: event.type,
    record: event.recordId,
    origin: event.origin,
    occurredAt: event.occurredAt,
    storedAt: event.storedAt,
    body: `${JSON.stringify({ previous, actor, ancestry } satisfies Omit<Body, "record">).slice(0, -1)},"record":${record}}`,
    decision: decision && JSON.stringify(decision),
    runs: runs.map(({ run }) => run.id),
    stage: decision ? "open" : "tentative",
    left: JSON.stringify(left),
    leftAt,
  };
}

/** What somebody else would write for these runs: due as planned, claimed by nobody. */
export function leftRuns(runs: readonly NewRun[]): readonly LeftRun[] {
  return runs.map(({ run, quota }) =>
    run.status === "running" ? { run: { ...run, status: "scheduled", token: 0 }, askedDay: quota?.day ?? null } : { run, askedDay: null },
  );
}

export function toRecordEvent(document: EventDocument): RecordEvent {
  const body = JSON.parse(document.body) as Body;
  return {
    organization: document.organization,
    id: document.id,
    module: document.module,
    type: document.type,
    recordId: document.record,
    record: body.record,
    previous: body.previous,
    occurredAt: document.occurredAt,
    storedAt: document.storedAt,
    actor: body.actor,
    // Written by this adapter from an Origin and by nothing else.
    origin: document.origin as Origin,
    ancestry: body.ancestry,
  };
}

/** Null while it is tentative: nobody has been told that it was taken in. */
export function toStoredEvent(document: EventDocument): StoredEvent | null {
  return document.decision === null ? null : { ...toRecordEvent(document), decision: JSON.parse(document.decision) as Decision };
}

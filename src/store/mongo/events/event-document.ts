import type { Cause, Occurrence, Origin, RecordEvent } from "../../../model/event.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { Decision } from "../../../model/run.ts";
import type { NewEvent, NewRun, StoredEvent } from "../../events.ts";
import type { EventDocument } from "../documents.ts";
import { keyById } from "../ids.ts";
import type { LeftOpen, LeftTentative } from "./left.ts";

type Body = {
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly actor: string | null;
  readonly ancestry: readonly Cause[];
  readonly occurrence?: Occurrence;
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
  const { previous, actor, ancestry, occurrence } = event;
  const body = { previous, actor, ancestry, ...(occurrence && { occurrence }) } satisfies Omit<Body, "record">;
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
    body: `${JSON.stringify(body).slice(0, -1)},"record":${record}}`,
    decision: decision && JSON.stringify(decision),
    runs: runs.map(({ run }) => run.id),
    stage: decision ? "open" : "tentative",
    left: JSON.stringify(left),
    leftAt,
  };
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
    occurrence: body.occurrence ?? null,
  };
}

/** Null while it is tentative: nobody has been told that it was taken in. */
export function toStoredEvent(document: EventDocument): StoredEvent | null {
  return document.decision === null ? null : { ...toRecordEvent(document), decision: JSON.parse(document.decision) as Decision };
}

import { writesRecord, type RecordEvent } from "../../../model/event.ts";
import type { StoredRecord } from "../../../model/record.ts";
import type { DateKey } from "../../dates.ts";
import type { Decided } from "../../events.ts";
import { asOfEvent } from "../as-of.ts";
import type { RunDocument } from "../documents.ts";
import type { RecordWrite } from "../record-writes.ts";
import { wordsOn, type Word } from "../runs/moves.ts";
import type { PlannedRun } from "./new-runs.ts";

/** A decided event with what follows from it. */
export type Following = {
  readonly event: RecordEvent;
  readonly place: string;
  /** As of which event its record's runs are due as it says. */
  readonly asOf: string;
  readonly runs: readonly PlannedRun[];
  /** Where the record's runs belong that waited before. */
  readonly moves: readonly Word[];
  /** Null where the record is written already, or keeps nothing of the event, which comes late. */
  readonly write: RecordWrite | null;
  /** A deletion that counted: it ends what was planned on the record. */
  readonly ends: boolean;
};

/** What an event was decided on. */
export type DecidedOn = {
  readonly place: string;
  readonly stored: StoredRecord | null;
  /** The record's pending runs that it was told of. */
  readonly pending: readonly RunDocument[];
};

/** @param write null where the record is written already */
export function followingOf(
  event: RecordEvent,
  { place, stored, pending }: DecidedOn,
  { runs, moves }: Decided,
  write: RecordWrite | null,
): Following {
  return {
    event,
    place,
    asOf: asOfEvent(event, place, stored),
    runs: runs.map((run) => ({ ...run, askedDay: null })),
    moves: hasSay(event, stored) ? wordsOn(pending, moves) : [],
    write: isNewest(event, stored) ? write : null,
    ends: endsPlans(event, stored),
  };
}

/** The record write of an event, which may write none. @param found revision before it, 0 where there was none or nobody knows */
export function recordWriteOf(
  event: RecordEvent,
  { place, dates }: { readonly place: string; readonly dates: readonly DateKey[] | null },
  found: number,
  body: string = JSON.stringify(event.record),
): RecordWrite | null {
  if (!writesRecord(event)) return null;
  const { organization, module, recordId: id, occurredAt, storedAt, record } = event;
  return { organization, module, id, occurredAt, place, deleted: event.type === "deleted", dates, storedAt, record, body, found };
}

/** Does the event's record replace this one? The newest wins. */
export function isNewest({ occurredAt }: RecordEvent, stored: StoredRecord | null): boolean {
  return stored === null || stored.occurredAt <= occurredAt;
}

/** Is the record as the event has it the one whose dates count? What waits for a record that is gone is ended otherwise. */
function hasSay(event: RecordEvent, stored: StoredRecord | null): boolean {
  return event.type !== "deleted" && (!writesRecord(event) || isNewest(event, stored));
}

/** A deletion that counts: what was planned on the record ends with it. */
function endsPlans(event: RecordEvent, stored: StoredRecord | null): boolean {
  return event.type === "deleted" && writesRecord(event) && isNewest(event, stored);
}

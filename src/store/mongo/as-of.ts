import { writesRecord, type RecordEvent } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { RecordDocument } from "./documents.ts";
import { instantPart } from "./ids.ts";

/**
 * The order in which events speak of a record's pending runs, as text that sorts: that in which they write the record (when they occurred,
 * then their place in the log), and behind the one that wrote it those of what wrote nothing and saw it so. Whoever comes late, after a crash
 * or from another process, is known by it.
 * @param stored the record that the event found
 */
export function asOfEvent(event: RecordEvent, place: string, stored: StoredRecord | null): string {
  return toText(writesRecord(event) || stored === null ? event.occurredAt : stored.occurredAt, place);
}

/** The same of the event that wrote a record last. */
export function asOfRecord({ occurredAt, place }: RecordDocument): string {
  return toText(occurredAt, place);
}

/**
 * Of an event that is finished behind a newer one: after what it said before it knew of that, before what any newer one says. Behind the next
 * one it is later still, so that it may be finished again.
 */
export function asOfLate(asOf: string, newer: string): string {
  return `${asOf}+${newer}`;
}

/** What occurred before 1970 has its order by its place. */
function toText(occurredAt: number, place: string): string {
  return `${instantPart(Math.max(0, occurredAt))}${place}`;
}

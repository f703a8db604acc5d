import { writesRecord, type RecordEvent } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { RecordDocument } from "./documents.ts";
import { instantPart } from "./ids.ts";

/**
 * The order in which events speak of a record's pending runs, as text that sorts: the newest event's of all that wrote the record (when they
 * occurred, then their place in the log), and behind it those of what wrote nothing and saw it so. Whoever comes late, after a crash or from
 * another process, is known by it.
 * @param stored the record that the event found
 */
export function asOfEvent(event: RecordEvent, place: string, stored: StoredRecord | null): string {
  const found = stored?.occurredAt ?? event.occurredAt;
  return toText(writesRecord(event) ? Math.max(event.occurredAt, found) : found, place);
}

/** The same of the event that wrote a record last. */
export function asOfRecord({ occurredAt, place }: RecordDocument): string {
  return toText(occurredAt, place);
}

/** What occurred before 1970 has its order by its place. */
function toText(occurredAt: number, place: string): string {
  return `${instantPart(Math.max(0, occurredAt))}${place}`;
}

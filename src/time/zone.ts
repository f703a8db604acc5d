import { Temporal } from "temporal-polyfill";
import { DAY_MS } from "./calendar.ts";
import { spanAt } from "./spans.ts";

/** Calendar day, YYYY-MM-DD, of an instant (ms) in an IANA zone. */
export function dayOf(instantMs: number, zone: string): string {
  return dayText(dayNumberOf(instantMs, zone));
}

/** Calendar day of an instant (ms) in an IANA zone, counted from 1970-01-01. */
export function dayNumberOf(instantMs: number, zone: string): number {
  return Math.floor(wallOf(instantMs, zone) / DAY_MS);
}

/** What clocks in the zone show at an instant (ms), as the ms it would be in UTC. */
export function wallOf(instantMs: number, zone: string): number {
  return instantMs + spanAt(instantMs, zone).offset;
}

/** First instant (ms) of a day in the zone; of a day that the zone skipped, the first instant after it. */
export function startOfDay(day: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
}

export function nextDay(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString();
}

/**
 * The instant (ms) at which clocks in the zone show a wall time, given as the ms it would be in UTC.
 * In a gap the same distance after it, in an overlap the earlier (contract, section 6).
 */
export function instantOf(wallMs: number, zone: string): number {
  const span = spanAt(wallMs, zone);
  const guess = wallMs - span.offset;
  // No zone has moved its clock by more than a day, so this far inside a span a wall time happens exactly once.
  if (guess - DAY_MS >= span.from && guess + DAY_MS < span.to) return guess;
  const wall = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO("UTC").toPlainDateTime();
  return wall.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
}

let lastNumber = 0;
let lastText = "1970-01-01";

/** YYYY-MM-DD of a day counted from 1970-01-01. */
export function dayText(number: number): string {
  if (number !== lastNumber) {
    lastText = new Date(number * DAY_MS).toISOString().replace(/T.*/, "");
    lastNumber = number;
  }
  return lastText;
}

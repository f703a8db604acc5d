import { Temporal } from "temporal-polyfill";

const DAY_MS = 86_400_000;

/** A stretch without a clock change: within [from, to) wall time is the instant plus `offset`. All in ms. */
type Span = { readonly from: number; readonly to: number; readonly offset: number };

/** Spans kept for each zone: a year of records crosses about three; a scan over more would cost what it saves. */
const KEPT = 8;
const spansOf = new Map<string, Span[]>();

/** Calendar day, YYYY-MM-DD, of an instant (ms) in an IANA zone. */
export function dayOf(instantMs: number, zone: string): string {
  return dayText(dayNumberOf(instantMs, zone));
}

/** Calendar day of an instant (ms) in an IANA zone, counted from 1970-01-01. */
export function dayNumberOf(instantMs: number, zone: string): number {
  return Math.floor((instantMs + spanAt(instantMs, zone).offset) / DAY_MS);
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

/** A memo of the zone database, so pure: most recent span first, because the instants of one moment lie close together. */
function spanAt(instantMs: number, zone: string): Span {
  let spans = spansOf.get(zone);
  if (spans === undefined) spansOf.set(zone, (spans = []));
  for (const span of spans) if (instantMs >= span.from && instantMs < span.to) return span;
  const span = readSpan(instantMs, zone);
  spans.unshift(span);
  if (spans.length > KEPT) spans.pop();
  return span;
}

function readSpan(instantMs: number, zone: string): Span {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(instantMs)).toZonedDateTimeISO(zone);
  // "previous" is strictly before, so it is asked one ms later: the first instant of a span belongs to it.
  const from = at.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
  const to = at.getTimeZoneTransition("next");
  return {
    from: from === null ? -Infinity : from.epochMilliseconds,
    to: to === null ? Infinity : to.epochMilliseconds,
    offset: at.offsetNanoseconds / 1e6,
  };
}

import { Temporal } from "temporal-polyfill";

/** A stretch without a clock change: within [from, to) wall time is the instant plus `offset`. All in ms. */
export type Span = { readonly from: number; readonly to: number; readonly offset: number };

/** Spans kept for each zone: a year of records crosses about three; a scan over more would cost what it saves. */
const KEPT = 8;
const spansOf = new Map<string, Span[]>();

/** The span of an IANA zone that an instant (ms) lies in. A memo of the zone database, so pure: most recent span first, because the instants of one moment lie close together. */
export function spanAt(instantMs: number, zone: string): Span {
  let spans = spansOf.get(zone);
  if (spans === undefined) spansOf.set(zone, (spans = []));
  for (const span of spans) if (instantMs >= span.from && instantMs < span.to) return span;
  const span = readSpan(instantMs, zone);
  spans.unshift(span);
  if (spans.length > KEPT) spans.pop();
  return span;
}

/** The spans that share an instant with [from, to] (ms), in their order. */
export function spansWithin(from: number, to: number, zone: string): readonly Span[] {
  const spans = [spanAt(from, zone)];
  for (let last = spans[0]; last !== undefined && last.to <= to;) spans.push((last = spanAt(last.to, zone)));
  return spans;
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

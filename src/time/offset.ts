import { Temporal } from "temporal-polyfill";
import type { Duration } from "../model/duration.ts";

/** So long after or before an anchor, optionally at a wall time (`09:00`). */
export type Offset = {
  readonly direction: "after" | "before";
  readonly duration: Duration;
  readonly at?: string;
};

/**
 * The instant (ms) an offset from an anchor (ms) falls on in an IANA zone. Minutes and hours are exact; days, weeks and months keep
 * the anchor's wall time, or take `at`. In a gap the same distance after it, in an overlap the earlier, months clamp (contract, section 6).
 */
export function dueAt(anchorMs: number, offset: Offset, zone: string): number {
  const anchor = Temporal.Instant.fromEpochMilliseconds(anchorMs).toZonedDateTimeISO(zone);
  const { duration, direction, at } = offset;
  if (isExact(duration) || at === undefined) {
    const due = direction === "after" ? anchor.add(duration) : anchor.subtract(duration);
    return at === undefined ? due.epochMilliseconds : wallTimeOn(due.toPlainDate(), at, zone);
  }
  // By the calendar, not the clock: a wall time pushed out of a gap at midnight would already be on the next day.
  const anchorDay = anchor.toPlainDate();
  return wallTimeOn(direction === "after" ? anchorDay.add(duration) : anchorDay.subtract(duration), at, zone);
}

/** The instant (ms) that lies a duration after another, by the same rules as `dueAt`. */
export function addDuration(instantMs: number, duration: Duration, zone: string): number {
  return dueAt(instantMs, { direction: "after", duration }, zone);
}

function isExact(duration: Duration): boolean {
  return "minutes" in duration || "hours" in duration;
}

function wallTimeOn(day: Temporal.PlainDate, at: string, zone: string): number {
  return day.toPlainDateTime(at).toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
}

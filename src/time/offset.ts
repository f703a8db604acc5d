import type { Duration } from "../model/duration.ts";
import { instantOfBase, wallOfBase, type Anchor, type Base } from "./anchor.ts";
import { addMonths, DAY_MS, inCalendar, timeOf } from "./calendar.ts";
import { dayNumberOf, instantOf } from "./zone.ts";

/** So long after or before an anchor, optionally at a wall time (`09:00`). */
export type Offset = {
  readonly direction: "after" | "before";
  readonly duration: Duration;
  readonly at?: string;
};

/** The offset that a rule writes as `after` or `before`, and `at`. */
export function offsetOf(length: { readonly after: Duration } | { readonly before: Duration }, at: string | undefined): Offset {
  const wallTime = at === undefined ? {} : { at };
  return "after" in length
    ? { direction: "after", duration: length.after, ...wallTime }
    : { direction: "before", duration: length.before, ...wallTime };
}

/**
 * The instant (ms) an offset from an anchor falls on in an IANA zone; null outside of the years 0000 to 9999. Minutes and hours are exact;
 * days, weeks and months keep the anchor's wall time. `at` is the wall time on the day reached. In a gap the same distance after it, in an
 * overlap the earlier, on a day that the zone skipped the instant of its neighbour; months clamp (contract, section 6).
 */
export function dueAt(anchor: Anchor, offset: Offset, zone: string): number | null {
  return inCalendar(dueFrom(anchor, offset, zone));
}

/** The instant (ms) that lies a duration after another, by the same rules as `dueAt`. */
export function addDuration(instantMs: number, duration: Duration, zone: string): number | null {
  return dueAt({ instant: instantMs }, { direction: "after", duration }, zone);
}

/** As `dueAt`, of an anchor or what repeats one, in any year. */
export function dueFrom(base: Base, { direction, duration, at }: Offset, zone: string): number {
  const sign = direction === "after" ? 1 : -1;
  const exact = exactMs(duration);
  if (exact !== null) {
    const reached = instantOfBase(base, zone) + sign * exact;
    return at === undefined ? reached : instantOf(dayNumberOf(reached, zone) * DAY_MS + timeOf(at), zone);
  }
  // By the calendar, not the clock: a wall time pushed out of a gap at midnight would already be on the next day.
  const wall = wallOfBase(base, zone);
  const day = Math.floor(wall / DAY_MS);
  const reached = shiftDay(day, duration, sign);
  if (at !== undefined) return instantOf(reached * DAY_MS + timeOf(at), zone);
  // Where nothing moves, an instant in an overlap stays the one it is.
  if (reached === day && "instant" in base) return base.instant;
  return instantOf(wall + (reached - day) * DAY_MS, zone);
}

/** Minutes or hours in ms; null for what goes by the calendar. */
export function exactMs(duration: Duration): number | null {
  if ("minutes" in duration) return duration.minutes * 60_000;
  return "hours" in duration ? duration.hours * 3_600_000 : null;
}

function shiftDay(day: number, duration: Duration, sign: 1 | -1): number {
  if ("months" in duration) return addMonths(day, sign * duration.months);
  if ("weeks" in duration) return day + sign * duration.weeks * 7;
  return "days" in duration ? day + sign * duration.days : day;
}

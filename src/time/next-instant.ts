import { DAY_MS, timeOf } from "./calendar.ts";
import { exactMs } from "./offset.ts";
import type { DateRhythm } from "./occurrences.ts";
import { dayNumberOf, dayText, instantOf, startOfDay } from "./zone.ts";

/**
 * The first instant after another (ms) at which any date of a field can have an occurrence: one a day at `at`, or where the field has days
 * only (`isDay`) at 00:00, moved by the minutes or hours. Null for any moment: instants without `at`.
 */
export function nextInstant({ offset }: DateRhythm, zone: string, isDay: boolean, after: number): number | null {
  const { direction, duration, at } = offset;
  if (at === undefined && !isDay) return null;
  const exact = at === undefined ? exactMs(duration) : null;
  const moved = exact === null ? 0 : direction === "after" ? exact : -exact;
  const instantOn = (day: number): number =>
    exact === null ? instantOf(day * DAY_MS + (at === undefined ? 0 : timeOf(at)), zone) : startOfDay(dayText(day), zone) + moved;
  // A gap of up to a day moves a wall time to the next one.
  let day = dayNumberOf(after - moved, zone) - 1;
  while (instantOn(day) <= after) day += 1;
  return instantOn(day);
}

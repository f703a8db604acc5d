import { Temporal } from "temporal-polyfill";
import type { Schedule } from "../model/schedule.ts";
import { DAY_MS, dayOfDate, FIRST_MS, LAST_MS, timeOf } from "./calendar.ts";
import { isWeekend, recurringDays } from "./recurring-days.ts";
import { dayNumberOf, instantOf } from "./zone.ts";

/** What of a schedule says when it runs. */
export type Timetable = Pick<Schedule, "recurrence" | "startsAt" | "expires">;

/** The first tick (ms) after an instant (ms); null where the schedule has ended by its `on`. `after` counts executions, which is not known here. */
export function tickAfter(timetable: Timetable, zone: string, after: number): number | null {
  return ticksBetween(timetable, zone, after, LAST_MS, 1)[0] ?? null;
}

/**
 * The ticks of after < tick <= upTo (ms), in their order, at most so many: the first occurrence at or after the wall time `startsAt`, and the
 * n-th days, weeks, months or years from it, all at its time of day (seed: Schedules). Days that a zone made one are one tick. However long
 * ago the start is, it takes as long.
 */
export function ticksBetween(
  { recurrence, startsAt, expires }: Timetable,
  zone: string,
  after: number,
  upTo: number,
  most: number,
): readonly number[] {
  const from = Math.max(after, FIRST_MS - 1);
  const to = Math.min(upTo, LAST_MS);
  const ticks: number[] = [];
  if (from >= to) return ticks;
  const start = dayNumber(startsAt.slice(0, 10));
  const time = timeOf(startsAt.slice(11));
  const leavesOut = recurrence.frequency === "daily" && recurrence.excludeWeekends ? isWeekend : () => false;
  const days = recurringDays(recurrence, start);
  // Every seventh day from a Saturday is one.
  if (recurrence.every % 7 === 0 && leavesOut(start)) return ticks;
  const lastDay = "on" in expires ? dayNumber(expires.on) : Infinity;
  // A gap of up to a day moves a wall time to the next one.
  for (let n = days.near(dayNumberOf(from, zone) - 1); ticks.length < most; n++) {
    const day = days.day(n);
    if (day > lastDay) break;
    if (leavesOut(day)) continue;
    const tick = instantOf(day * DAY_MS + time, zone);
    if (tick > to) break;
    if (tick > (ticks.at(-1) ?? from)) ticks.push(tick);
  }
  return ticks;
}

function dayNumber(text: string): number {
  return dayOfDate(Temporal.PlainDate.from(text));
}

import { Temporal } from "temporal-polyfill";

export const DAY_MS = 86_400_000;

const EPOCH = new Temporal.PlainDate(1970, 1, 1);
/** The first and the last instant (ms) of the years 0000 to 9999 in UTC. */
export const FIRST_MS = Date.parse("0000-01-01T00:00:00.000Z");
export const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** The date of a day counted from 1970-01-01. @throws RangeError beyond Temporal's years, ±271821 */
export function dateOfDay(day: number): Temporal.PlainDate {
  return EPOCH.add({ days: day });
}

/** Days from 1970-01-01 to a date. */
export function dayOfDate(date: Temporal.PlainDate): number {
  return EPOCH.until(date).days;
}

/** The day so many months from another, both counted from 1970-01-01; in a month without that day, its last. */
export function addMonths(day: number, months: number): number {
  return dayOfDate(dateOfDay(day).add({ months }));
}

/** The ms from 00:00 to a wall time, `09:00`. */
export function timeOf(wallTime: string): number {
  return (Number(wallTime.slice(0, 2)) * 60 + Number(wallTime.slice(3))) * 60_000;
}

/** An instant (ms) of the years 0000 to 9999 in UTC; null for any other, because no date of four digits can say it. */
export function inCalendar(instantMs: number): number | null {
  return instantMs >= FIRST_MS && instantMs <= LAST_MS ? instantMs : null;
}

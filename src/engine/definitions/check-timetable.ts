import { Temporal } from "temporal-polyfill";
import type { Issue } from "../../model/errors.ts";
import { MONTHS, type Recurrence } from "../../model/schedule.ts";
import { tickAfter, type Timetable } from "../../time/recurrence.ts";
import { dayOf } from "../../time/zone.ts";

/** Days that the calendar does not have, a start too far ahead, and what would never run at all. @param today the organization's day */
export function checkTimetable(timetable: Timetable, today: string): readonly Issue[] {
  const issues = [...checkStart(timetable.startsAt, today), ...checkDayOfYear(timetable.recurrence)];
  return issues.length > 0 ? issues : checkTicks(timetable);
}

/** Seed: a schedule starts at most one year after it is made. */
function checkStart(startsAt: string, today: string): readonly Issue[] {
  const message = (expected: string) => [{ path: "startsAt", message: `expected ${expected}, got "${startsAt}"` }];
  const [date = ""] = startsAt.split("T");
  if (!isDate(date)) return message("a day that the calendar has");
  const latest = Temporal.PlainDate.from(today).add({ years: 1 });
  return Temporal.PlainDate.compare(date, latest) > 0 ? message(`a start within a year from now (until ${latest.toString()})`) : [];
}

/** 29 February comes every four years and is the 28th in others; 30 February never comes. */
function checkDayOfYear(recurrence: Recurrence): readonly Issue[] {
  if (recurrence.frequency !== "yearly" || !("day" in recurrence.on)) return [];
  const { month, day } = recurrence.on;
  const { daysInMonth } = new Temporal.PlainDate(LEAP_YEAR, MONTHS.indexOf(month) + 1, 1);
  return day > daysInMonth ? [{ path: "recurrence.on.day", message: `expected a day of ${month}, 1 to ${daysInMonth}, got ${day}` }] : [];
}

const LEAP_YEAR = 2024;

function checkTicks({ recurrence, startsAt, expires }: Timetable): readonly Issue[] {
  const first = firstDay(recurrence, startsAt);
  if (first === null)
    return [
      {
        path: "startsAt",
        message: `expected a day from Monday to Friday, got "${startsAt}": every ${recurrence.every} days from there is a weekend, which is left out`,
      },
    ];
  if (!("on" in expires) || expires.on >= first) return [];
  return [{ path: "expires.on", message: `expected a day that it runs until, ${first} or later, got "${expires.on}"` }];
}

/** Null where every day is left out. By the calendar alone: no zone makes another day of it. */
function firstDay(recurrence: Recurrence, startsAt: string): string | null {
  const first = tickAfter({ recurrence, startsAt, expires: { never: true } }, "UTC", Date.parse(`${startsAt}Z`) - 1);
  return first === null ? null : dayOf(first, "UTC");
}

function isDate(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString() === text;
  } catch {
    return false;
  }
}

import { Temporal } from "temporal-polyfill";
import { MONTHS, WEEKDAYS, type Recurrence } from "../model/schedule.ts";
import { dateOfDay, dayOfDate } from "./calendar.ts";

/** The days of a recurrence, counted from 1970-01-01, by their number n from 0. They ascend. */
export type RecurringDays = {
  day(n: number): number;
  /** An n so that all smaller ones are before the day, and a step or two from it; 0 for a day before the first. */
  near(day: number): number;
};

/** The n-th of a month's weekdays; the last is left to the month's end. */
const NTH = { first: 0, second: 1, third: 2, fourth: 3 } as const;

type OnDay = Extract<Recurrence, { frequency: "monthly" | "yearly" }>["on"];

/** From the first that is not before `start`, every so many days, weeks, months or years (seed: Schedules). */
export function recurringDays(recurrence: Recurrence, start: number): RecurringDays {
  const { every } = recurrence;
  switch (recurrence.frequency) {
    case "daily":
      return stepping(start, every);
    case "weekly":
      return stepping(onOrAfter(start, recurrence.on.weekday), every * 7);
    case "monthly":
      return steppingMonths(monthOf(start), 1, every, recurrence.on, start);
    case "yearly": {
      const month = monthOf(start) - (monthOf(start) % 12) + MONTHS.indexOf(recurrence.on.month);
      return steppingMonths(month, 12, every, recurrence.on, start);
    }
  }
}

/** A Saturday or Sunday, of days counted from 1970-01-01. */
export function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 5;
}

function stepping(first: number, step: number): RecurringDays {
  return {
    day: (n) => first + n * step,
    near: (day) => Math.max(0, Math.floor((day - first) / step)),
  };
}

/** One day in each `every`-th month or year: `unit` months are counted in, from the given one or, where its day is before `start`, the next. */
function steppingMonths(month: number, unit: 1 | 12, every: number, on: OnDay, start: number): RecurringDays {
  const months = stepping(dayIn(month, on) < start ? month + unit : month, every * unit);
  return {
    day: (n) => dayIn(months.day(n), on),
    near: (day) => months.near(monthOf(day)),
  };
}

/** Months from January of the year 0. */
function monthOf(day: number): number {
  const { year, month } = dateOfDay(day);
  return year * 12 + month - 1;
}

/** The day of a month; in a month without that day, its last. */
function dayIn(month: number, on: OnDay): number {
  const date = new Temporal.PlainDate(Math.floor(month / 12), (month % 12) + 1, 1);
  const first = dayOfDate(date);
  const last = first + date.daysInMonth - 1;
  if ("day" in on) return on.day === "last" ? last : Math.min(first + on.day - 1, last);
  if (on.nth === "last") return onOrAfter(last - 6, on.weekday);
  return onOrAfter(first, on.weekday) + NTH[on.nth] * 7;
}

function onOrAfter(day: number, weekday: (typeof WEEKDAYS)[number]): number {
  return day + ((WEEKDAYS.indexOf(weekday) - weekdayOf(day) + 7) % 7);
}

/** 0 for Monday, as in WEEKDAYS. */
function weekdayOf(day: number): number {
  return dateOfDay(day).dayOfWeek - 1;
}

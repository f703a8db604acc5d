import { DAY_MS } from "../time/calendar.ts";
import { dayNumberOf, instantOf } from "../time/zone.ts";
import type { Moment } from "./decoded.ts";

const INSTANT = /^(.{10})T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** Reads `2026-11-20`, or an ISO 8601 instant (`Z`, `+05:30`, `+0530`, or wall time of the zone); null where it is neither. */
export function parseMoment(text: string, zone: string): Moment | null {
  if (text.length === 10) {
    const day = parseDay(text);
    return day === null ? null : plainDate(day);
  }
  const ms = text.length > 10 && text.charCodeAt(10) === 84 ? parseInstant(text, zone) : null;
  return ms === null ? null : { kind: "moment", day: dayNumberOf(ms, zone), ms };
}

/** A plain date from its number of days since 1970-01-01. */
export function plainDate(day: number): Moment {
  return { kind: "moment", day, ms: null };
}

/** Days since 1970-01-01 of a YYYY-MM-DD that the calendar has; null for any other text. */
export function parseDay(text: string): number | null {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  // Written so that NaN, which any other character leads to, fails too.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return null;
  return daysFromCivil(year, month, day);
}

function parseInstant(text: string, zone: string): number | null {
  const match = INSTANT.exec(text);
  const day = match?.[1] === undefined ? null : parseDay(match[1]);
  if (!match || day === null) return null;
  const [, , hour, minute, second = "0", fraction = "", offset] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const time = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
  const wall = day * DAY_MS + time;
  if (offset === undefined) return instantOf(wall, zone);
  if (offset === "Z") return wall;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(":", ""));
  if (hours > 23 || minutes > 59) return null;
  return wall - (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** The digits' value, or NaN where one of them is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Howard Hinnant's days_from_civil: years begin in March, so that the leap day is the last. `Date.UTC` would read years below 100 as 19xx. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

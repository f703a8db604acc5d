/** A date of the Gregorian calendar, months and days from 1. */
export type Civil = { readonly year: number; readonly month: number; readonly day: number };

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_TO_1970 = daysBefore(1970);

export function monthLength(year: number, month: number): number {
  return (LENGTHS[month - 1] ?? NaN) + (month === 2 && isLeap(year) ? 1 : 0);
}

/** Days since 1970-01-01. */
export function dayNumber(year: number, month: number, day: number): number {
  let days = daysBefore(year) - DAYS_TO_1970 + day - 1;
  for (let each = 1; each < month; each++) days += monthLength(year, each);
  return days;
}

export function civil(number: number): Civil {
  // The mean year finds it or its neighbour.
  let year = 1970 + Math.floor(number / 365.2425);
  if (dayNumber(year, 1, 1) > number) year -= 1;
  if (dayNumber(year + 1, 1, 1) <= number) year += 1;
  let month = 1;
  let day = number - dayNumber(year, 1, 1) + 1;
  for (; day > monthLength(year, month); month++) day -= monthLength(year, month);
  return { year, month, day };
}

/** The day of a month, or its last; months from 0 for January, also beyond the year. */
export function clampedDay(year: number, months: number, day: number): number {
  const inYear = year + Math.floor(months / 12);
  const month = months - Math.floor(months / 12) * 12 + 1;
  return dayNumber(inYear, month, Math.min(day, monthLength(inYear, month)));
}

/** Days from 0000-01-01 to the first of January. */
function daysBefore(year: number): number {
  const past = year - 1;
  return year * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) + 1;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

import { wallOfBase, type Anchor } from "./anchor.ts";
import { baseWalls } from "./base-walls.ts";
import { dateOfDay, DAY_MS, FIRST_MS, LAST_MS } from "./calendar.ts";
import type { DateRhythm } from "./occurrences.ts";
import { merged, shifted, splitByDay, type DayPart, type Stretch } from "./stretch.ts";
import { dayNumberOf, dayText } from "./zone.ts";

/** Keys, both ends included. */
export type KeyRange = Stretch;

/** More days than a month has are looked for in pieces. */
const LONGEST_WINDOW_MS = 32 * DAY_MS;

/**
 * The number under which a record's date is indexed, so that `keysDue` finds it: `once` its wall time as the ms it would be in UTC (of a day
 * its 00:00), `monthly` the ms from day 0 of its month, `yearly` the same of a year whose months have 32 days each.
 */
export function dateKey(anchor: Anchor, cycle: DateRhythm["cycle"], zone: string): number {
  const wall = wallOfBase(anchor, zone);
  if (cycle === "once") return wall;
  const day = Math.floor(wall / DAY_MS);
  const date = dateOfDay(day);
  return keyDay(cycle, date.month, date.day) * DAY_MS + (wall - day * DAY_MS);
}

/**
 * Where the keys of all anchors lie that have an occurrence in after < at <= upTo (ms): ascending, none in two ranges. Whoever is in one may
 * still have none: because it would be before its date, or by a clock change.
 * @throws RangeError for a window of more than 32 days
 */
export function keysDue({ offset, cycle }: DateRhythm, zone: string, after: number, upTo: number): readonly KeyRange[] {
  const walls = baseWalls(offset, zone, windowOf(after, upTo));
  return merged(cycle === "once" ? walls : walls.flatMap(splitByDay).flatMap((part) => keysOf(part, cycle)));
}

/**
 * The days (YYYY-MM-DD, `to` excluded) that dates with an occurrence in after < at <= upTo (ms) lie on, once, or in some month or year of
 * their cycle. `from` is `to` where there are none.
 * @throws RangeError for a window of more than 32 days
 */
export function daysDue({ offset }: DateRhythm, zone: string, after: number, upTo: number): { readonly from: string; readonly to: string } {
  const walls = baseWalls(offset, zone, windowOf(after, upTo));
  const days = merged(walls).map(({ from, to }) => ({ from: Math.floor(from / DAY_MS), to: Math.floor(to / DAY_MS) + 1 }));
  const from = days[0]?.from ?? dayNumberOf(after, zone);
  return { from: textWithin(from), to: textWithin(days.at(-1)?.to ?? from) };
}

function windowOf(after: number, upTo: number): Stretch {
  if (upTo - after > LONGEST_WINDOW_MS) throw new RangeError(`${upTo - after} ms are a window of more than 32 days`);
  return { from: Math.floor(after) + 1, to: Math.floor(upTo) };
}

/** The keys of a day of occurrence and, at the end of a month, of the days that are clamped to it. */
function keysOf({ day, from, to }: DayPart, cycle: "monthly" | "yearly"): readonly Stretch[] {
  const date = dateOfDay(day);
  const longest = cycle === "monthly" ? 31 : date.month === 2 ? 29 : date.daysInMonth;
  const last = date.day === date.daysInMonth ? longest : date.day;
  const keys: Stretch[] = [];
  for (let clamped = date.day; clamped <= last; clamped++) keys.push(shifted({ from, to }, keyDay(cycle, date.month, clamped) * DAY_MS));
  return keys;
}

function keyDay(cycle: "monthly" | "yearly", month: number, day: number): number {
  return cycle === "monthly" ? day : month * 32 + day;
}

/** Text of four-digit years orders as days do; beyond them there is no date to look for. */
function textWithin(day: number): string {
  return dayText(Math.min(Math.max(day, Math.floor(FIRST_MS / DAY_MS)), Math.floor(LAST_MS / DAY_MS)));
}

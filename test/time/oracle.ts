import type { Recurrence } from "../../src/model/schedule.ts";
import type { Anchor } from "../../src/time/anchor.ts";
import type { DateRhythm } from "../../src/time/occurrences.ts";
import type { Offset } from "../../src/time/offset.ts";
import type { Timetable } from "../../src/time/recurrence.ts";
import { civil, clampedDay, dayNumber, monthLength } from "./civil.ts";
import { firstInstantByIntl, instantByIntl, wallByIntl } from "./intl-oracle.ts";

// What src/time answers, found without Temporal: clocks by Intl, days by whole numbers, and of what repeats every single one from the first.

const DAY_MS = 86_400_000;
/** Whoever lies nominally further than this from a window is not in it: no clock differs from UTC, or changes, by so much. */
const FAR_MS = 4 * DAY_MS;

/** A wall time to count from, and the instant where it is one that is meant. */
type From = { readonly wall: number; readonly instant: number; readonly isDay: boolean; readonly k: number };

const dayOfWall = (wall: number): number => Math.floor(wall / DAY_MS);
const timeOfWall = (wall: number): number => wall - dayOfWall(wall) * DAY_MS;
const timeOfText = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000;
const dayOfText = (text: string): number => dayNumber(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));

function anchorAt(anchor: Anchor, k: number, months: number, zone: string): From {
  const isDay = "day" in anchor;
  const own = isDay ? dayOfText(anchor.day) * DAY_MS : wallByIntl(anchor.instant, zone);
  const wall = plusMonths(own, k * months);
  const instant = isDay ? firstInstantByIntl(dayOfWall(wall), zone) : k === 0 ? anchor.instant : instantByIntl(wall, zone);
  return { wall, instant, isDay, k };
}

function plusMonths(wall: number, months: number): number {
  const { year, month, day } = civil(dayOfWall(wall));
  return clampedDay(year, month - 1 + months, day) * DAY_MS + timeOfWall(wall);
}

/** The wall time an offset in days, weeks or months leads to. */
function plusDays(wall: number, { duration, direction }: Offset): number {
  const sign = direction === "after" ? 1 : -1;
  if ("months" in duration) return plusMonths(wall, sign * duration.months);
  const days = "weeks" in duration ? 7 * duration.weeks : "days" in duration ? duration.days : NaN;
  return wall + sign * days * DAY_MS;
}

function due({ wall, instant, isDay, k }: From, offset: Offset, zone: string): number {
  const { duration, direction, at } = offset;
  const [[unit, length] = ["", 0]] = Object.entries(duration);
  const exact = unit === "minutes" ? length * 60_000 : unit === "hours" ? length * 3_600_000 : null;
  if (exact !== null) {
    const reached = direction === "after" ? instant + exact : instant - exact;
    return at === undefined ? reached : instantByIntl(dayOfWall(wallByIntl(reached, zone)) * DAY_MS + timeOfText(at), zone);
  }
  if (at === undefined && length === 0 && !isDay && k === 0) return instant;
  const reached = plusDays(wall, offset);
  return instantByIntl(at === undefined ? reached : dayOfWall(reached) * DAY_MS + timeOfText(at), zone);
}

export function dueByOracle(anchor: Anchor, offset: Offset, zone: string): number {
  return due(anchorAt(anchor, 0, 0, zone), offset, zone);
}

const MONTHS = { once: 0, monthly: 1, yearly: 12 } as const;

export function occurrenceByOracle(anchor: Anchor, k: number, { offset, cycle }: DateRhythm, zone: string): number {
  return due(anchorAt(anchor, k, MONTHS[cycle], zone), offset, zone);
}

/** Every k whose month can be near the window at all is tried. */
export function occurrencesByOracle(
  anchor: Anchor,
  rhythm: DateRhythm,
  zone: string,
  after: number,
  upTo: number,
): readonly { readonly k: number; readonly at: number }[] {
  const found: { readonly k: number; readonly at: number }[] = [];
  const own = "day" in anchor ? dayOfText(anchor.day) * DAY_MS : wallByIntl(anchor.instant, zone);
  for (let k = 0; k === 0 || rhythm.cycle !== "once"; k++) {
    const nominal = nominally(plusMonths(own, k * MONTHS[rhythm.cycle]), rhythm.offset);
    if (nominal > upTo + FAR_MS) break;
    if (nominal < after - FAR_MS) continue;
    const at = occurrenceByOracle(anchor, k, rhythm, zone);
    if (at > after && at <= upTo) found.push({ k, at });
  }
  return found.toSorted((a, b) => a.at - b.at || a.k - b.k);
}

/** Where an offset leads to when no clock changes and `at` is any time of the day. */
function nominally(wall: number, offset: Offset): number {
  const { duration, direction } = offset;
  const exact = "minutes" in duration ? duration.minutes * 60_000 : "hours" in duration ? duration.hours * 3_600_000 : null;
  if (exact === null) return plusDays(wall, offset);
  return direction === "after" ? wall + exact : wall - exact;
}

/** The days of a timetable are found by looking at each day from its start. */
export function ticksByOracle({ recurrence, startsAt, expires }: Timetable, zone: string, after: number, upTo: number): readonly number[] {
  const start = dayOfText(startsAt);
  const time = timeOfText(startsAt.slice(11));
  const end = "on" in expires ? dayOfText(expires.on) : Infinity;
  const ticks = new Set<number>();
  let met = 0;
  for (let day = start; day <= end && day * DAY_MS <= upTo + FAR_MS; day++) {
    if (!isOn(day, recurrence)) continue;
    const counts = met++ % recurrence.every === 0;
    const isLeftOut = recurrence.frequency === "daily" && recurrence.excludeWeekends && weekday(day) >= 5;
    if (!counts || isLeftOut || day * DAY_MS < after - FAR_MS) continue;
    const tick = instantByIntl(day * DAY_MS + time, zone);
    if (tick > after && tick <= upTo) ticks.add(tick);
  }
  return [...ticks].toSorted((a, b) => a - b);
}

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTH_NAMES = "january february march april may june july august september october november december".split(" ");
const ORDINALS = ["first", "second", "third", "fourth"];

/** 0 for Monday: 1970-01-01 was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function isOn(number: number, recurrence: Recurrence): boolean {
  if (recurrence.frequency === "daily") return true;
  if (recurrence.frequency === "weekly") return WEEKDAYS[weekday(number)] === recurrence.on.weekday;
  const { year, month, day } = civil(number);
  const length = monthLength(year, month);
  if (recurrence.frequency === "yearly" && MONTH_NAMES[month - 1] !== recurrence.on.month) return false;
  const { on } = recurrence;
  if ("day" in on) return day === (on.day === "last" ? length : Math.min(on.day, length));
  if (WEEKDAYS[weekday(number)] !== on.weekday) return false;
  return on.nth === "last" ? day + 7 > length : ORDINALS[Math.floor((day - 1) / 7)] === on.nth;
}

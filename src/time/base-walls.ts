import { addMonths, dateOfDay, DAY_MS, timeOf } from "./calendar.ts";
import { exactMs, type Offset } from "./offset.ts";
import { spanAt, spansWithin } from "./spans.ts";
import { isStretch, shifted, splitByDay, wholeDay, type DayPart, type Stretch } from "./stretch.ts";
import { dayNumberOf, instantOf } from "./zone.ts";

/**
 * The wall times that an offset leads from to an instant of the window (ms): `dueAt` backwards. None is missing, whether it stands for a day,
 * for an instant or for what repeats one; near a clock change there may be some that lead just past the window. The stretches may overlap.
 */
export function baseWalls({ direction, duration, at }: Offset, zone: string, window: Stretch): readonly Stretch[] {
  const back = direction === "after" ? -1 : 1;
  const days = at === undefined ? null : daysAt(at, zone, window);
  const exact = exactMs(duration);
  if (exact !== null) {
    const reached = days?.flatMap((day) => instantsOn(day, zone)) ?? [window];
    return reached.flatMap((instants) => wallsOf(shifted(instants, back * exact), zone));
  }
  const reached = days?.map(wholeDay) ?? wallsOf(window, zone);
  if ("months" in duration) return reached.flatMap(splitByDay).flatMap((part) => monthsBack(part, back * duration.months));
  const length = "weeks" in duration ? duration.weeks * 7 : "days" in duration ? duration.days : 0;
  return reached.map((walls) => shifted(walls, back * length * DAY_MS));
}

/** The days on which the wall time falls into the window. */
function daysAt(at: string, zone: string, { from, to }: Stretch): readonly number[] {
  const days: number[] = [];
  // A gap of up to a day moves a wall time to the next one; a clock set back within the window shows an earlier one at its end.
  for (let day = dayNumberOf(from, zone) - 1; day <= dayNumberOf(to, zone) + 1; day++) {
    const instant = instantOf(day * DAY_MS + timeOf(at), zone);
    if (instant >= from && instant <= to) days.push(day);
  }
  return days;
}

/** The instants of a day, in more than one stretch where the clock was set back over its midnight. */
function instantsOn(day: number, zone: string): readonly Stretch[] {
  const { from, to } = wholeDay(day);
  return spansWithin(from - DAY_MS, to + DAY_MS, zone)
    .map((span) => ({ from: Math.max(from - span.offset, span.from), to: Math.min(to - span.offset, span.to - 1) }))
    .filter(isStretch);
}

/** The wall times that clocks show in a stretch of instants, those that a gap moves into it, and the days that a gap makes begin in it. */
function wallsOf({ from, to }: Stretch, zone: string): readonly Stretch[] {
  return spansWithin(from, to, zone)
    .flatMap((span) => {
      const before = span.from === -Infinity ? span.offset : spanAt(span.from - 1, zone).offset;
      const gap = { from: span.from + before, to: span.from + span.offset - 1 };
      const midnight = Math.ceil(gap.from / DAY_MS) * DAY_MS;
      const begins = span.from >= from && span.from <= to && midnight <= gap.to;
      return [
        { from: Math.max(from, span.from) + span.offset, to: Math.min(to, span.to - 1) + span.offset },
        { from: Math.max(from + before, gap.from), to: Math.min(to + before, gap.to) },
        ...(begins ? [{ from: midnight, to: midnight }] : []),
      ];
    })
    .filter(isStretch);
}

/** The parts of days so many months back (or, above 0, ahead) that clamping leads to this one. */
function monthsBack({ day, from, to }: DayPart, months: number): readonly Stretch[] {
  const reached = dateOfDay(day);
  const first = addMonths(day - reached.day + 1, months);
  const { daysInMonth } = dateOfDay(first);
  const bases: Stretch[] = [];
  const last = reached.day === reached.daysInMonth ? daysInMonth : Math.min(reached.day, daysInMonth);
  for (let base = reached.day; base <= last; base++) bases.push(shifted({ from, to }, (first + base - 1) * DAY_MS));
  return bases;
}

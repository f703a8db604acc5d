import { Temporal } from "temporal-polyfill";
import { addMonths, DAY_MS, dayOfDate } from "./calendar.ts";
import { dayText, instantOf, startOfDay, wallOf } from "./zone.ts";

/** What an offset counts from: a day (YYYY-MM-DD), whose wall time is 00:00, or an instant (ms). */
export type Anchor = { readonly day: string } | { readonly instant: number };

/** An anchor, or what repeats an instant: a wall time, as the ms it would be in UTC. */
export type Base = Anchor | { readonly wall: number };

/** The wall time that days, weeks and months of an offset keep, as the ms it would be in UTC. */
export function wallOfBase(base: Base, zone: string): number {
  if ("wall" in base) return base.wall;
  return "day" in base ? dayOfDate(Temporal.PlainDate.from(base.day)) * DAY_MS : wallOf(base.instant, zone);
}

/** The instant (ms) that minutes and hours of an offset count from: of a day its first one. */
export function instantOfBase(base: Base, zone: string): number {
  if ("instant" in base) return base.instant;
  return "day" in base ? startOfDay(base.day, zone) : instantOf(base.wall, zone);
}

/** What lies so many months after an anchor, as a wall time: where a clock change moves it, what counts from it does not move. */
export function repeated(anchor: Anchor, months: number, zone: string): Base {
  if (months === 0) return anchor;
  const wall = wallOfBase(anchor, zone);
  const day = Math.floor(wall / DAY_MS);
  const reached = addMonths(day, months);
  return "day" in anchor ? { day: dayText(reached) } : { wall: wall + (reached - day) * DAY_MS };
}

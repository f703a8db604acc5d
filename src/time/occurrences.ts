import type { DateTrigger } from "../model/rule.ts";
import { repeated, wallOfBase, type Anchor } from "./anchor.ts";
import { dateOfDay, DAY_MS, FIRST_MS, inCalendar, LAST_MS } from "./calendar.ts";
import { dueFrom, offsetOf, type Offset } from "./offset.ts";
import { wallOf } from "./zone.ts";

/** How a date rule counts: the date comes once, or again every month or year, and the offset counts from each coming. */
export type DateRhythm = { readonly offset: Offset; readonly cycle: DateTrigger["cycle"] };

/** The k-th coming of a date, from 0, and the instant (ms) at which the offset from it falls due. */
export type Occurrence = { readonly k: number; readonly at: number };

const MONTHS = { once: 0, monthly: 1, yearly: 12 } as const;

/** From any date of the calendar this leads further out of it than an offset of at most 100,000 months leads back. */
const TOO_MANY_MONTHS = 240_000;

/** How a rule with this trigger counts from its field. */
export function rhythmOf({ when, at, cycle }: DateTrigger): DateRhythm {
  return { offset: offsetOf(when, at), cycle };
}

/**
 * The instant (ms) of the k-th occurrence: k months or years from the anchor itself (29 February is the 28th in other years), then the
 * offset (contract, section 6). Null outside of the years 0000 to 9999, and beyond the only one of `once`.
 */
export function occurrence(anchor: Anchor, k: number, rhythm: DateRhythm, zone: string): number | null {
  if (rhythm.cycle === "once" ? k > 0 : k * MONTHS[rhythm.cycle] > TOO_MANY_MONTHS) return null;
  return inCalendar(occurs(anchor, k, rhythm, zone));
}

/** The first occurrence after an instant (ms). */
export function nextOccurrence(anchor: Anchor, rhythm: DateRhythm, zone: string, after: number): Occurrence | null {
  return occurrencesBetween(anchor, rhythm, zone, after, LAST_MS, 1)[0] ?? null;
}

/** The occurrences of after < at <= upTo (ms), in their order, at most so many. However old the anchor is, it takes as long. */
export function occurrencesBetween(
  anchor: Anchor,
  rhythm: DateRhythm,
  zone: string,
  after: number,
  upTo: number,
  most: number,
): readonly Occurrence[] {
  const from = Math.max(after, FIRST_MS - 1);
  const to = Math.min(upTo, LAST_MS);
  const found: Occurrence[] = [];
  if (from >= to) return found;
  // Comings lie four weeks apart or more and no clock change is longer than a day, so their instants ascend with k.
  for (let k = countNear(anchor, rhythm, zone, from); found.length < most; k++) {
    const at = occurs(anchor, k, rhythm, zone);
    if (at > to) break;
    if (at > from) found.push({ k, at });
    if (rhythm.cycle === "once") break;
  }
  return found;
}

function occurs(anchor: Anchor, k: number, { offset, cycle }: DateRhythm, zone: string): number {
  return dueFrom(repeated(anchor, k * MONTHS[cycle], zone), offset, zone);
}

/** A k whose occurrence, if there is one before it, is at or before the instant, and that is a few steps from it. */
function countNear(anchor: Anchor, { offset, cycle }: DateRhythm, zone: string, instant: number): number {
  if (cycle === "once") return 0;
  const { direction, duration } = offset;
  const counted = dueFrom({ instant }, { direction: direction === "after" ? "before" : "after", duration }, zone);
  const months = monthOf(wallOf(counted, zone)) - monthOf(wallOfBase(anchor, zone));
  // Clamping, `at` and clock changes move a day by less than a month.
  return Math.max(0, Math.floor(months / MONTHS[cycle]) - 1);
}

function monthOf(wall: number): number {
  const { year, month } = dateOfDay(Math.floor(wall / DAY_MS));
  return year * 12 + month;
}

import { DAY_MS } from "./calendar.ts";

/** A stretch of whole ms, both ends included: of instants, of wall times as the ms they would be in UTC, or of keys. */
export type Stretch = { readonly from: number; readonly to: number };

/** A stretch of one day: the day counted from 1970-01-01, `from` and `to` in ms from its 00:00. */
export type DayPart = Stretch & { readonly day: number };

export function isStretch({ from, to }: Stretch): boolean {
  return from <= to;
}

export function shifted({ from, to }: Stretch, ms: number): Stretch {
  return { from: from + ms, to: to + ms };
}

/** A day counted from 1970-01-01 from its 00:00 to its last ms. */
export function wholeDay(day: number): Stretch {
  return { from: day * DAY_MS, to: (day + 1) * DAY_MS - 1 };
}

/** A stretch of wall times by their days. */
export function splitByDay({ from, to }: Stretch): readonly DayPart[] {
  const parts: DayPart[] = [];
  for (let day = Math.floor(from / DAY_MS); day * DAY_MS <= to; day++)
    parts.push({ day, from: Math.max(0, from - day * DAY_MS), to: Math.min(DAY_MS - 1, to - day * DAY_MS) });
  return parts;
}

/** The same ms in stretches that ascend and neither overlap nor touch. */
export function merged(stretches: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || from > last.to + 1) result.push({ from, to });
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return result;
}

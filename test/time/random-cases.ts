import type { Duration } from "../../src/model/duration.ts";
import { MONTHS, WEEKDAYS, type Recurrence } from "../../src/model/schedule.ts";
import type { Anchor } from "../../src/time/anchor.ts";
import type { DateRhythm } from "../../src/time/occurrences.ts";
import type { Offset } from "../../src/time/offset.ts";
import type { Timetable } from "../../src/time/recurrence.ts";
import { changeByIntl, wallByIntl } from "./intl-oracle.ts";

export const ZONES = Intl.supportedValuesOf("timeZone");

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NTHS = ["first", "second", "third", "fourth", "last"] as const;
const CYCLES = ["once", "monthly", "yearly"] as const;

/** Clocks that changed by a day, over a midnight, twice in a month, or by half an hour. */
export const AWKWARD: readonly (readonly [zone: string, change: string])[] = [
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Pacific/Fakaofo", "2011-12-30T11:00:00Z"],
  ["Pacific/Kwajalein", "1993-08-21T12:00:00Z"],
  ["Pacific/Kwajalein", "1969-09-30T13:00:00Z"],
  ["Pacific/Kiritimati", "1994-12-31T10:00:00Z"],
  ["America/Toronto", "1919-03-31T04:30:00Z"],
  ["America/St_Johns", "2010-11-07T02:31:00Z"],
  ["America/Santiago", "2025-09-07T04:00:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["Africa/Casablanca", "2026-02-15T02:00:00Z"],
  ["Africa/Cairo", "2010-09-09T21:00:00Z"],
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["Asia/Gaza", "2040-10-20T00:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Pacific/Chatham", "2026-04-04T14:00:00Z"],
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
];

/** Random cases around the clock changes of a zone and elsewhere. Every draw is `random`'s, so a seed repeats them. */
export class RandomCases {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(of: number): boolean {
    return this.#random() < of;
  }

  one<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)] as T;
  }

  /** A zone and an instant, mostly a change of its clock. */
  focus(): { readonly zone: string; readonly instant: number } {
    if (this.chance(0.1)) {
      const [zone, change] = this.one(AWKWARD);
      return { zone, instant: Date.parse(change) };
    }
    const zone = this.one(ZONES);
    const year = this.chance(0.8) ? this.whole(1980, 2040) : this.whole(1900, 2090);
    const from = Date.UTC(year, this.whole(0, 11), 1);
    for (let month = 0; month < 12; month++) {
      const change = changeByIntl(from + month * 30 * DAY_MS, from + (month + 1) * 30 * DAY_MS, zone);
      if (change !== null) return { zone, instant: change };
    }
    return { zone, instant: from };
  }

  /** An instant near another, often on a full minute. */
  near(instant: number): number {
    const reach = this.one([HOUR_MS, 4 * HOUR_MS, 30 * HOUR_MS]);
    const ms = instant + this.whole(-reach, reach);
    return this.chance(0.7) ? Math.floor(ms / 60_000) * 60_000 : ms;
  }

  duration(): Duration {
    const size = this.one([0, 1, 3, 40, 800]);
    const length = this.whole(0, size);
    return this.one<Duration>([
      { minutes: length * 60 + this.whole(0, 59) },
      { hours: length },
      { days: length },
      { weeks: Math.ceil(length / 4) },
      { months: Math.ceil(length / 10) },
    ]);
  }

  /** The wall time is mostly one around the focus. */
  offset(instant: number, zone: string): Offset {
    const at = this.chance(0.5) ? {} : { at: new Date(wallByIntl(this.near(instant), zone)).toISOString().slice(11, 16) };
    return { direction: this.one(["after", "before"]), duration: this.duration(), ...at };
  }

  rhythm(instant: number, zone: string): DateRhythm {
    return { offset: this.offset(instant, zone), cycle: this.one(CYCLES) };
  }

  /** An anchor from which the offset leads near the instant, k months or years before it. */
  anchor(instant: number, zone: string, { offset, cycle }: DateRhythm, k: number): Anchor {
    const reached = new Date(wallByIntl(this.near(instant), zone));
    const back = offset.direction === "after" ? -1 : 1;
    const { duration } = offset;
    if ("minutes" in duration) reached.setUTCMinutes(reached.getUTCMinutes() + back * duration.minutes);
    if ("hours" in duration) reached.setUTCHours(reached.getUTCHours() + back * duration.hours);
    if ("days" in duration) reached.setUTCDate(reached.getUTCDate() + back * duration.days);
    if ("weeks" in duration) reached.setUTCDate(reached.getUTCDate() + back * 7 * duration.weeks);
    if ("months" in duration) reached.setUTCMonth(reached.getUTCMonth() + back * duration.months);
    if (cycle !== "once") reached.setUTCMonth(reached.getUTCMonth() - k * (cycle === "monthly" ? 1 : 12));
    if (this.chance(0.5)) return { day: reached.toISOString().slice(0, 10) };
    // Taken for UTC it is up to a day off, which the offset of the instant mends where no clock changes.
    const off = wallByIntl(instant, zone) - instant;
    return { instant: reached.getTime() - off };
  }

  recurrence(): Recurrence {
    const every = this.chance(0.5) ? this.whole(1, 4) : this.whole(1, 40);
    const weekday = this.one(WEEKDAYS);
    const month = this.one(MONTHS);
    const day = this.whole(1, 31);
    const nth = this.one(NTHS);
    return this.one<Recurrence>([
      { frequency: "daily", every, excludeWeekends: this.chance(0.5) },
      { frequency: "daily", every, excludeWeekends: false },
      { frequency: "weekly", every, on: { weekday } },
      { frequency: "monthly", every, on: { day: this.chance(0.2) ? "last" : day } },
      { frequency: "monthly", every, on: { nth, weekday } },
      { frequency: "yearly", every: Math.ceil(every / 8), on: { month, day } },
      { frequency: "yearly", every: Math.ceil(every / 8), on: { month, nth, weekday } },
    ]);
  }

  /** It starts at a wall time around the focus or up to some years before. */
  timetable(instant: number, zone: string): Timetable {
    const back = this.one([0, 3, 40, 1500]) * DAY_MS;
    const start = wallByIntl(this.near(instant), zone) - Math.floor((this.whole(0, 1000) / 1000) * (back / DAY_MS)) * DAY_MS;
    const end = new Date(start + this.whole(0, 2000) * DAY_MS).toISOString().slice(0, 10);
    return {
      recurrence: this.recurrence(),
      startsAt: new Date(start).toISOString().slice(0, 16),
      expires: this.chance(0.7) ? { never: true } : { on: end },
    };
  }
}

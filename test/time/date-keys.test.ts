import { describe, expect, it } from "vitest";
import type { Duration } from "../../src/model/duration.ts";
import type { Anchor } from "../../src/time/anchor.ts";
import { dateKey, daysDue, keysDue, type KeyRange } from "../../src/time/date-keys.ts";
import type { DateRhythm } from "../../src/time/occurrences.ts";
import type { Offset } from "../../src/time/offset.ts";

const NEW_YORK = "America/New_York";
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

const rhythm = (cycle: DateRhythm["cycle"], duration: Duration, at?: string, direction: Offset["direction"] = "after"): DateRhythm => ({
  cycle,
  offset: { direction, duration, ...(at && { at }) },
});
const ms = (text: string): number => Date.parse(text);
const range = (from: number, to = from): KeyRange => ({ from, to });
/** Of a day that begins with this key. */
const whole = (from: number, days = 1): KeyRange => range(from, from + days * DAY - 1);

it.each<[Anchor, DateRhythm["cycle"], zone: string, key: number]>([
  [{ day: "2026-11-20" }, "once", NEW_YORK, ms("2026-11-20T00:00Z")],
  [{ instant: ms("2026-11-20T14:30:00.5Z") }, "once", NEW_YORK, ms("2026-11-20T09:30:00.5Z")],
  [{ day: "1969-12-31" }, "once", "UTC", -DAY],
  [{ day: "2026-11-20" }, "monthly", NEW_YORK, 20 * DAY],
  [{ instant: ms("2026-11-20T02:00Z") }, "monthly", NEW_YORK, 19 * DAY + 21 * HOUR],
  [{ day: "2026-11-20" }, "yearly", NEW_YORK, (11 * 32 + 20) * DAY],
  [{ instant: ms("2027-01-01T02:00Z") }, "yearly", NEW_YORK, (12 * 32 + 31) * DAY + 21 * HOUR],
])("the key of %j, %s in %s", (anchor, cycle, zone, key) => {
  expect(dateKey(anchor, cycle, zone)).toBe(key);
});

describe("where the keys of what is due lie", () => {
  const february = 2 * 32 * DAY;
  it.each<[string, DateRhythm, zone: string, after: string, upTo: string, ranges: KeyRange[]]>([
    [
      "a second wide",
      rhythm("once", { hours: 36 }),
      "UTC",
      "2026-11-20T12:00:00Z",
      "2026-11-20T12:00:01Z",
      [range(ms("2026-11-19T00:00Z") + 1, ms("2026-11-19T00:00:01Z"))],
    ],
    [
      "in wall time",
      rhythm("once", { days: 1 }),
      "Asia/Kolkata",
      "2026-11-20T12:00:00Z",
      "2026-11-20T12:00:01Z",
      [range(ms("2026-11-19T17:30Z") + 1, ms("2026-11-19T17:30:01Z"))],
    ],
    [
      "with `at` a day",
      rhythm("once", { days: 3 }, "09:00"),
      "UTC",
      "2026-11-20T08:59:59Z",
      "2026-11-20T09:00:00Z",
      [whole(ms("2026-11-17"))],
    ],
    [
      "with `at` after hours the hours of a day",
      rhythm("once", { hours: 3 }, "09:00"),
      "UTC",
      "2026-11-20T08:59:59Z",
      "2026-11-20T09:00:00Z",
      [whole(ms("2026-11-19T21:00Z"))],
    ],
    [
      "nowhere where `at` is not in the window",
      rhythm("once", { days: 3 }, "09:00"),
      "UTC",
      "2026-11-20T09:00:00Z",
      "2026-11-20T09:00:01Z",
      [],
    ],
    ["nowhere in no window", rhythm("once", { days: 3 }), "UTC", "2026-11-20", "2026-11-20", []],
    ["days in a row are one range", rhythm("once", { weeks: 1 }, "09:00"), "UTC", "2026-11-20", "2026-11-23", [whole(ms("2026-11-13"), 3)]],
    ["monthly", rhythm("monthly", { days: 3 }, "09:00", "before"), "UTC", "2026-11-19", "2026-11-20", [whole(22 * DAY)]],
    ["on 30 April also the 31st", rhythm("monthly", { days: 0 }, "09:00"), "UTC", "2026-04-30", "2026-05-01", [whole(30 * DAY, 2)]],
    [
      "on 28 February what comes after it",
      rhythm("monthly", { days: 0 }),
      "UTC",
      "2026-02-27T23:59:59Z",
      "2026-02-28T00:00:00Z",
      [range(28 * DAY - SECOND + 1, 28 * DAY), range(29 * DAY), range(30 * DAY), range(31 * DAY)],
    ],
    [
      "from a month's end into the next",
      rhythm("monthly", { days: 0 }, "09:00"),
      "UTC",
      "2026-11-29",
      "2026-12-02",
      [whole(DAY), whole(29 * DAY, 3)],
    ],
    [
      "yearly on 28 February the 29th, too",
      rhythm("yearly", { days: 0 }, "09:00"),
      "UTC",
      "2026-02-28",
      "2026-03-01",
      [whole(february + 28 * DAY, 2)],
    ],
    [
      "in a leap year on its own day",
      rhythm("yearly", { days: 0 }, "09:00"),
      "UTC",
      "2028-02-28",
      "2028-02-29",
      [whole(february + 28 * DAY)],
    ],
    ["and on the 29th", rhythm("yearly", { days: 0 }, "09:00"), "UTC", "2028-02-29", "2028-03-01", [whole(february + 29 * DAY)]],
    [
      "months back to where it was clamped from",
      rhythm("once", { months: 1 }, "09:00"),
      "UTC",
      "2026-02-28",
      "2026-03-01",
      [whole(ms("2026-01-28"), 4)],
    ],
    ["not to days that a month has not", rhythm("once", { months: 1 }, "09:00"), "UTC", "2026-03-29", "2026-03-31", []],
    [
      "ahead to where it was clamped from",
      rhythm("once", { months: 1 }, "09:00", "before"),
      "UTC",
      "2026-02-28",
      "2026-03-01",
      [whole(ms("2026-03-28"), 4)],
    ],
    [
      "a gap has the wall times within and after it",
      rhythm("once", { days: 0 }),
      NEW_YORK,
      "2026-03-08T06:59:59Z",
      "2026-03-08T07:00:01Z",
      [range(ms("2026-03-08T01:59:59Z") + 1, ms("2026-03-08T02:00:01Z")), range(ms("2026-03-08T03:00:00Z"), ms("2026-03-08T03:00:01Z"))],
    ],
    [
      "an overlap is in one range",
      rhythm("once", { days: 0 }),
      NEW_YORK,
      "2026-11-01T04:00:00Z",
      "2026-11-01T06:30:00Z",
      [range(ms("2026-11-01T00:00:00Z") + 1, ms("2026-11-01T01:59:59.999Z"))],
    ],
    [
      "the hours of a day with a gap",
      rhythm("once", { hours: 3 }, "09:00"),
      NEW_YORK,
      "2026-03-08T12:59:59Z",
      "2026-03-08T13:00:00Z",
      [range(ms("2026-03-07T21:00:00Z"), ms("2026-03-08T20:59:59.999Z"))],
    ],
    [
      "the later hour of an overlap",
      rhythm("once", { days: 0 }),
      NEW_YORK,
      "2026-11-01T06:00:00Z",
      "2026-11-01T06:00:01Z",
      [range(ms("2026-11-01T01:00:00Z") + 1, ms("2026-11-01T01:00:01Z"))],
    ],
    [
      "the day that Apia skipped and its neighbour",
      rhythm("once", { days: 0 }, "09:00"),
      "Pacific/Apia",
      "2011-12-30T18:59:59Z",
      "2011-12-30T19:00:00Z",
      [whole(ms("2011-12-30"), 2)],
    ],
    [
      "a day that begins within a gap across midnight",
      rhythm("once", { minutes: 0 }),
      "America/Toronto",
      "1919-03-31T04:29:59Z",
      "1919-03-31T04:30:00Z",
      [
        range(ms("1919-03-30T23:29:59Z") + 1, ms("1919-03-30T23:30:00Z")),
        range(ms("1919-03-31T00:00Z")),
        range(ms("1919-03-31T00:30:00Z")),
      ],
    ],
  ])("%s", (_, how, zone, after, upTo, ranges) => {
    expect(keysDue(how, zone, ms(after), ms(upTo))).toEqual(ranges);
  });

  it("is asked for 32 days at most", () => {
    const from = ms("2026-11-20");
    expect(keysDue(rhythm("yearly", { days: 0 }), "UTC", from, from + 32 * DAY)).toHaveLength(2);
    expect(() => keysDue(rhythm("yearly", { days: 0 }), "UTC", from, from + 32 * DAY + 1)).toThrow(RangeError);
    expect(() => daysDue(rhythm("yearly", { days: 0 }), "UTC", from, from + 32 * DAY + 1)).toThrow(RangeError);
  });
});

it.each<[string, DateRhythm, zone: string, after: string, upTo: string, from: string, to: string]>([
  ["a day", rhythm("yearly", { days: 3 }, "09:00"), "UTC", "2026-11-20", "2026-11-21", "2026-11-17", "2026-11-18"],
  [
    "two for hours that are two days'",
    rhythm("once", { hours: 3 }, "09:00"),
    "UTC",
    "2026-11-20",
    "2026-11-21",
    "2026-11-19",
    "2026-11-21",
  ],
  ["those that a month clamps", rhythm("monthly", { months: 1 }, "09:00"), "UTC", "2026-02-28", "2026-03-01", "2026-01-28", "2026-02-01"],
  ["none", rhythm("once", { days: 3 }, "09:00"), "UTC", "2026-11-20T09:00:00Z", "2026-11-20T09:00:01Z", "2026-11-20", "2026-11-20"],
  // St. John's went from 00:01 back to the day before.
  [
    "two around a midnight that came twice",
    rhythm("once", { days: 0 }),
    "America/St_Johns",
    "2010-11-07T02:30:58Z",
    "2010-11-07T02:31:01Z",
    "2010-11-06",
    "2010-11-08",
  ],
  [
    "none beyond the year 9999",
    rhythm("once", { months: 100_000 }, "09:00", "before"),
    "UTC",
    "2026-11-20",
    "2026-11-21",
    "9999-12-31",
    "9999-12-31",
  ],
])("the days to look for: %s", (_, how, zone, after, upTo, from, to) => {
  expect(daysDue(how, zone, ms(after), ms(upTo))).toEqual({ from, to });
});

import { describe, expect, it } from "vitest";
import type { Anchor } from "../../src/time/anchor.ts";
import { nextOccurrence, occurrence, occurrencesBetween, rhythmOf, type DateRhythm } from "../../src/time/occurrences.ts";
import type { Offset } from "../../src/time/offset.ts";

const NEW_YORK = "America/New_York";
const ON_IT: Offset = { direction: "after", duration: { days: 0 } };
const rhythm = (cycle: DateRhythm["cycle"], offset: Partial<Offset> = {}): DateRhythm => ({ cycle, offset: { ...ON_IT, ...offset } });
const iso = (ms: number | null | undefined): string | null => (ms === null || ms === undefined ? null : new Date(ms).toISOString());
const at = (text: string): Anchor => (text.length === 10 ? { day: text } : { instant: Date.parse(text) });

describe("the k-th occurrence", () => {
  const before = (duration: Offset["duration"]): Partial<Offset> => ({ direction: "before", duration });
  it.each<[string, anchor: string, DateRhythm, zone: string, k: number, due: string | null]>([
    ["the date itself", "2027-01-31", rhythm("monthly"), "UTC", 0, "2027-01-31T00:00:00.000Z"],
    ["a month without its day: the last", "2027-01-31", rhythm("monthly"), "UTC", 1, "2027-02-28T00:00:00.000Z"],
    ["from the anchor, never from a clamped month", "2027-01-31", rhythm("monthly"), "UTC", 2, "2027-03-31T00:00:00.000Z"],
    ["April", "2027-01-31", rhythm("monthly"), "UTC", 3, "2027-04-30T00:00:00.000Z"],
    ["29 February", "2024-02-29", rhythm("yearly"), "UTC", 1, "2025-02-28T00:00:00.000Z"],
    ["29 February of a leap year", "2024-02-29", rhythm("yearly"), "UTC", 4, "2028-02-29T00:00:00.000Z"],
    [
      "the offset counts from the coming",
      "2026-01-31",
      rhythm("monthly", { duration: { months: 1 } }),
      "UTC",
      1,
      "2026-03-28T00:00:00.000Z",
    ],
    ["before the coming", "2026-01-31", rhythm("monthly", before({ days: 1 })), "UTC", 1, "2026-02-27T00:00:00.000Z"],
    ["months before it", "2024-02-29", rhythm("yearly", before({ months: 1 })), "UTC", 1, "2025-01-28T00:00:00.000Z"],
    ["`at`", "2026-01-31", rhythm("monthly", { at: "09:00" }), "Asia/Kolkata", 1, "2026-02-28T03:30:00.000Z"],
    ["an instant keeps its wall time", "2026-01-15T17:00:00Z", rhythm("monthly"), NEW_YORK, 2, "2026-03-15T16:00:00.000Z"],
    ["an instant keeps its milliseconds", "2026-01-15T17:00:00.123Z", rhythm("yearly"), NEW_YORK, 1, "2027-01-15T17:00:00.123Z"],
    ["the later of an overlap", "2026-11-01T06:30:00Z", rhythm("monthly"), NEW_YORK, 0, "2026-11-01T06:30:00.000Z"],
    ["a coming in a gap: as far after it", "2026-02-08T07:30:00Z", rhythm("monthly"), NEW_YORK, 1, "2026-03-08T07:30:00.000Z"],
    [
      "days from there keep its wall time",
      "2026-02-08T07:30:00Z",
      rhythm("monthly", { duration: { days: 1 } }),
      NEW_YORK,
      1,
      "2026-03-09T06:30:00.000Z",
    ],
    [
      "hours count from where it was moved",
      "2026-02-08T07:30:00Z",
      rhythm("monthly", { duration: { hours: 24 } }),
      NEW_YORK,
      1,
      "2026-03-09T07:30:00.000Z",
    ],
    ["a midnight in a gap", "2024-09-07", rhythm("yearly"), "America/Santiago", 1, "2025-09-07T04:00:00.000Z"],
    [
      "days from a midnight in a gap",
      "2024-09-07",
      rhythm("yearly", { duration: { days: 3 } }),
      "America/Santiago",
      1,
      "2025-09-10T03:00:00.000Z",
    ],
    [
      "hours before a midnight in a gap",
      "2024-09-07",
      rhythm("yearly", before({ hours: 1 })),
      "America/Santiago",
      1,
      "2025-09-07T03:00:00.000Z",
    ],
    // Toronto went from 23:30 to 00:30, where the day begins.
    ["a day's first instant", "1918-03-31", rhythm("yearly", { duration: { hours: 0 } }), "America/Toronto", 1, "1919-03-31T04:30:00.000Z"],
    ["the day that Apia skipped", "2011-10-30", rhythm("monthly", { at: "09:00" }), "Pacific/Apia", 2, "2011-12-30T19:00:00.000Z"],
    ["its neighbour", "2011-10-31", rhythm("monthly", { at: "09:00" }), "Pacific/Apia", 2, "2011-12-30T19:00:00.000Z"],
    ["only one of once", "2026-11-20", rhythm("once"), "UTC", 1, null],
    ["none after the year 9999", "9999-12-15", rhythm("monthly"), "UTC", 1, null],
    ["nor far beyond it", "2026-11-20", rhythm("yearly"), "UTC", 1e9, null],
  ])("%s: %s", (_, anchor, how, zone, k, due) => {
    expect(iso(occurrence(at(anchor), k, how, zone))).toBe(due);
  });
});

describe("the next occurrence", () => {
  it.each<[string, anchor: string, DateRhythm, zone: string, after: string, k: number | null, due: string | null]>([
    ["the first", "2026-11-20", rhythm("once"), "UTC", "2020-01-01", 0, "2026-11-20T00:00:00.000Z"],
    ["never at the instant itself", "2026-11-20", rhythm("once"), "UTC", "2026-11-20", null, null],
    ["of a cycle the second", "2026-11-20", rhythm("monthly"), "UTC", "2026-11-20", 1, "2026-12-20T00:00:00.000Z"],
    [
      "`at` on the next month's first day",
      "2026-01-31T23:30:00Z",
      rhythm("monthly", { duration: { hours: 1 }, at: "09:00" }),
      "UTC",
      "2026-02-01T02:00:00Z",
      0,
      "2026-02-01T09:00:00.000Z",
    ],
    [
      "eleven years of hours from its coming",
      "2010-01-15",
      rhythm("monthly", { duration: { hours: 100_000 } }),
      "UTC",
      "2026-11-28",
      66,
      "2026-12-10T16:00:00.000Z",
    ],
    ["an old anchor", "1900-01-31", rhythm("monthly"), "UTC", "2026-11-28", 1522, "2026-11-30T00:00:00.000Z"],
    ["an old anchor in yearly steps", "0004-02-29", rhythm("yearly"), "UTC", "2026-11-28", 2023, "2027-02-28T00:00:00.000Z"],
    [
      "years before its coming",
      "2040-01-10",
      rhythm("yearly", { direction: "before", duration: { months: 240 } }),
      "UTC",
      "2026-11-28",
      7,
      "2027-01-10T00:00:00.000Z",
    ],
    ["none after the year 9999", "2026-11-20", rhythm("yearly"), "UTC", "9999-12-01", null, null],
    [
      "before the calendar begins: its first",
      "2026-11-20",
      rhythm("monthly", { direction: "before", duration: { months: 30_000 } }),
      "UTC",
      "-002000-01-01",
      5678,
      "0000-01-20T00:00:00.000Z",
    ],
  ])("%s: %s", (_, anchor, how, zone, after, k, due) => {
    expect(nextOccurrence(at(anchor), how, zone, Date.parse(after))).toEqual(k === null ? null : { k, at: Date.parse(due ?? "") });
  });
});

describe("occurrences between two instants", () => {
  const between = (after: string, upTo: string, most = 9): readonly (readonly [number, string | null])[] =>
    occurrencesBetween({ day: "2026-01-31" }, rhythm("monthly", { at: "09:00" }), "UTC", Date.parse(after), Date.parse(upTo), most).map(
      (each) => [each.k, iso(each.at)],
    );

  it("leave out the first instant and have the last", () => {
    expect(between("2026-01-31T09:00:00Z", "2026-03-31T09:00:00Z")).toEqual([
      [1, "2026-02-28T09:00:00.000Z"],
      [2, "2026-03-31T09:00:00.000Z"],
    ]);
  });

  it("begin with the date", () => {
    expect(between("2020-01-01", "2026-01-31T09:00:00Z")).toEqual([[0, "2026-01-31T09:00:00.000Z"]]);
  });

  it("are at most so many", () => {
    expect(between("2020-01-01", "2030-01-01", 2).map(([k]) => k)).toEqual([0, 1]);
    expect(between("2020-01-01", "2030-01-01", 0)).toEqual([]);
  });

  it("are none where the second instant is not later", () => {
    expect(between("2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z")).toEqual([]);
    expect(between("2027-01-01", "2026-01-01")).toEqual([]);
  });

  it("are one of once", () => {
    expect(occurrencesBetween({ day: "2026-01-31" }, rhythm("once"), "UTC", 0, Date.parse("2030-01-01"), 9)).toEqual([
      { k: 0, at: Date.parse("2026-01-31") },
    ]);
  });
});

it("rhythmOf reads a rule's trigger", () => {
  const trigger = {
    type: "date",
    field: "due_date",
    when: { before: { days: 3 } },
    at: "09:00",
    cycle: "yearly",
    catchUp: "once",
  } as const;
  expect(rhythmOf(trigger)).toEqual({ offset: { direction: "before", duration: { days: 3 }, at: "09:00" }, cycle: "yearly" });
});

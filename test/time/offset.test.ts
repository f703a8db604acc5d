import fc from "fast-check";
import { expect, it } from "vitest";
import type { Duration } from "../../src/model/duration.ts";
import type { Anchor } from "../../src/time/anchor.ts";
import { addDuration, dueAt, offsetOf, type Offset } from "../../src/time/offset.ts";
import { instantByIntl, wallByIntl } from "./intl-oracle.ts";

const NEW_YORK = "America/New_York";
const after = (duration: Duration, at?: string): Offset => ({
  direction: "after",
  duration,
  ...(at && { at }),
});
const before = (duration: Duration, at?: string): Offset => ({
  direction: "before",
  duration,
  ...(at && { at }),
});

it.each<[string, string, Offset, string, string]>([
  ["the contract's example", "2026-11-20T09:00:00Z", after({ days: 14 }, "09:00"), "Asia/Kolkata", "2026-12-04T03:30:00Z"],
  ["minutes are exact", "2026-03-08T06:59:00Z", after({ minutes: 2 }), NEW_YORK, "2026-03-08T07:01:00Z"],
  ["hours are exact over a gap", "2026-03-07T17:00:00Z", after({ hours: 24 }), NEW_YORK, "2026-03-08T17:00:00Z"],
  ["days keep the wall time over a gap", "2026-03-07T17:00:00Z", after({ days: 1 }), NEW_YORK, "2026-03-08T16:00:00Z"],
  ["days keep the wall time over an overlap", "2026-10-31T16:00:00Z", after({ days: 1 }), NEW_YORK, "2026-11-01T17:00:00Z"],
  ["days back over a gap", "2026-03-08T16:00:00Z", before({ days: 1 }), NEW_YORK, "2026-03-07T17:00:00Z"],
  ["a wall time in a gap: as far after it", "2026-03-07T07:30:00Z", after({ days: 1 }), NEW_YORK, "2026-03-08T07:30:00Z"],
  ["`at` in a gap: as far after it", "2026-03-07T17:00:00Z", after({ days: 1 }, "02:30"), NEW_YORK, "2026-03-08T07:30:00Z"],
  ["`at` in an overlap: the earlier", "2026-10-31T16:00:00Z", after({ days: 1 }, "01:30"), NEW_YORK, "2026-11-01T05:30:00Z"],
  ["the later of an overlap stays with no days", "2026-11-01T06:30:00Z", after({ days: 0 }), NEW_YORK, "2026-11-01T06:30:00Z"],
  ["half an hour of Lord Howe", "2026-10-03T15:45:00Z", after({ days: 0 }, "02:15"), "Australia/Lord_Howe", "2026-10-03T15:45:00Z"],
  ["months clamp", "2026-01-31T12:00:00Z", after({ months: 1 }), "UTC", "2026-02-28T12:00:00Z"],
  ["months clamp in a leap year", "2027-12-31T12:00:00Z", after({ months: 2 }), "UTC", "2028-02-29T12:00:00Z"],
  ["months clamp backwards", "2026-03-31T12:00:00Z", before({ months: 1 }), "UTC", "2026-02-28T12:00:00Z"],
  ["months count from the anchor, never chained", "2026-01-31T12:00:00Z", after({ months: 2 }), "UTC", "2026-03-31T12:00:00Z"],
  ["weeks", "2026-03-01T17:00:00Z", after({ weeks: 1 }), NEW_YORK, "2026-03-08T16:00:00Z"],
  ["hours with `at`: the day they land on", "2026-03-07T23:00:00Z", after({ hours: 3 }, "09:00"), "UTC", "2026-03-08T09:00:00Z"],
  ["hours with `at`: the day of the zone", "2026-03-07T20:00:00Z", after({ hours: 3 }, "09:00"), NEW_YORK, "2026-03-07T14:00:00Z"],
  [
    "hours with `at`: the day of the zone, which is not UTC's",
    "2026-03-07T23:00:00Z",
    after({ hours: 3 }, "09:00"),
    NEW_YORK,
    "2026-03-07T14:00:00Z",
  ],
  ["the day that Apia skipped", "2011-12-29T20:00:00Z", after({ days: 1 }), "Pacific/Apia", "2011-12-30T20:00:00Z"],
  ["`at` on the day that Apia skipped", "2011-12-29T20:00:00Z", after({ days: 1 }, "09:00"), "Pacific/Apia", "2011-12-30T19:00:00Z"],
  ["its neighbour has the same instant", "2011-12-29T20:00:00Z", after({ days: 2 }, "09:00"), "Pacific/Apia", "2011-12-30T19:00:00Z"],
  [
    "midnight in a gap keeps the day of `at`",
    "2018-11-03T03:30:00Z",
    after({ days: 1 }, "09:00"),
    "America/Sao_Paulo",
    "2018-11-04T11:00:00Z",
  ],
  [
    "23:30 before a gap at midnight keeps the day of `at`",
    "2018-11-03T02:30:00Z",
    after({ days: 1 }, "00:15"),
    "America/Sao_Paulo",
    "2018-11-03T03:15:00Z",
  ],
  ["Sao Paulo has no midnight", "2018-11-03T03:00:00Z", after({ days: 1 }, "00:00"), "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
])("%s: %s", (_, anchor, offset, zone, due) => {
  expect(dueAt({ instant: Date.parse(anchor) }, offset, zone)).toBe(Date.parse(due));
});

const SANTIAGO = "America/Santiago";
const TORONTO = "America/Toronto";

it.each<[string, day: string, Offset, zone: string, due: string]>([
  ["a date is 00:00", "2026-11-20", after({ days: 3 }), "Asia/Kolkata", "2026-11-22T18:30:00Z"],
  ["with `at` that wall time", "2026-11-20", before({ days: 1 }, "09:00"), "Asia/Kolkata", "2026-11-19T03:30:00Z"],
  ["no midnight in Santiago: its 01:00", "2025-09-04", after({ days: 3 }), SANTIAGO, "2025-09-07T04:00:00Z"],
  ["what counts from it is 00:00 again", "2025-09-07", after({ days: 3 }), SANTIAGO, "2025-09-10T03:00:00Z"],
  ["also backwards", "2025-09-07", before({ months: 1 }), SANTIAGO, "2025-08-07T04:00:00Z"],
  ["hours count from its first instant", "2025-09-07", after({ hours: 5 }), SANTIAGO, "2025-09-07T09:00:00Z"],
  ["`at` within the gap", "2025-09-07", after({ weeks: 0 }, "00:30"), SANTIAGO, "2025-09-07T04:30:00Z"],
  // Toronto went from 23:30 to 00:30: 00:00 is half an hour into the gap, and so half an hour after it.
  ["a gap across midnight: as far after it", "1919-03-31", after({ days: 0 }), TORONTO, "1919-03-31T05:00:00Z"],
  ["a gap across midnight: its first instant is before that", "1919-03-31", after({ minutes: 0 }), TORONTO, "1919-03-31T04:30:00Z"],
  ["Cairo has no midnight either", "2026-04-24", after({ days: 0 }), "Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["a week after Cairo's", "2026-04-24", after({ weeks: 1 }), "Africa/Cairo", "2026-04-30T21:00:00Z"],
  ["the day that Apia skipped has the hours of its neighbour", "2011-12-30", after({ hours: 1 }), "Pacific/Apia", "2011-12-30T11:00:00Z"],
  ["and its wall times", "2011-12-30", after({ days: 0 }, "09:00"), "Pacific/Apia", "2011-12-30T19:00:00Z"],
  ["which are the same", "2011-12-31", after({ days: 0 }, "09:00"), "Pacific/Apia", "2011-12-30T19:00:00Z"],
  ["Chatham's overlap: the earlier", "2026-04-04", after({ days: 1 }, "03:00"), "Pacific/Chatham", "2026-04-04T13:15:00Z"],
  ["half an hour of Lord Howe comes twice", "2026-04-04", after({ days: 1 }, "01:45"), "Australia/Lord_Howe", "2026-04-04T14:45:00Z"],
  ["Casablanca before its Ramadan", "2026-02-14", after({ days: 0 }, "12:00"), "Africa/Casablanca", "2026-02-14T11:00:00Z"],
  ["Casablanca within it", "2026-02-14", after({ days: 1 }, "12:00"), "Africa/Casablanca", "2026-02-15T12:00:00Z"],
  ["Casablanca after it", "2026-02-22", after({ months: 1 }, "02:30"), "Africa/Casablanca", "2026-03-22T02:30:00Z"],
  ["a gap in Berlin", "2026-03-28", after({ days: 1 }, "02:30"), "Europe/Berlin", "2026-03-29T01:30:00Z"],
  ["29 February and twelve months", "2024-02-29", after({ months: 12 }), "UTC", "2025-02-28T00:00:00Z"],
  ["the calendar's last day", "9999-12-31", after({ hours: 23 }), "UTC", "9999-12-31T23:00:00Z"],
])("%s: %s", (_, day, offset, zone, due) => {
  expect(dueAt({ day }, offset, zone)).toBe(Date.parse(due));
});

it.each<[Anchor, Offset]>([
  [{ day: "9999-12-31" }, after({ days: 1 })],
  [{ day: "0000-01-01" }, before({ minutes: 1 })],
  [{ day: "2026-11-20" }, after({ months: 100_000 })],
  [{ instant: Date.parse("2026-11-20") }, before({ months: 100_000 }, "09:00")],
])("nothing is due outside of the years 0000 to 9999: %j, %j", (anchor, offset) => {
  expect(dueAt(anchor, offset, "UTC")).toBeNull();
});

it("no grace ends outside of the years 0000 to 9999", () => {
  expect(addDuration(Date.parse("2026-11-20"), { months: 100_000 }, "UTC")).toBeNull();
});

it("offsetOf reads both ways a rule writes it", () => {
  expect(offsetOf({ after: { days: 3 } }, undefined)).toEqual({ direction: "after", duration: { days: 3 } });
  expect(offsetOf({ before: { hours: 1 } }, "09:00")).toEqual({ direction: "before", duration: { hours: 1 }, at: "09:00" });
});

it("days keep the wall time in every zone", () => {
  const anchors = fc.integer({ min: Date.parse("1980-01-01"), max: Date.parse("2036-01-01") });
  fc.assert(
    fc.property(fc.constantFrom(...Intl.supportedValuesOf("timeZone")), anchors, fc.integer({ min: 1, max: 400 }), (zone, anchor, days) => {
      const wall = wallByIntl(anchor, zone) + days * 86_400_000;
      expect(dueAt({ instant: anchor }, after({ days }), zone)).toBe(instantByIntl(wall, zone));
      expect(addDuration(anchor, { hours: days }, zone)).toBe(anchor + days * 3_600_000);
    }),
    { numRuns: 2000 },
  );
});

import fc from "fast-check";
import { expect, it } from "vitest";
import type { Duration } from "../../src/model/duration.ts";
import { addDuration, dueAt, type Offset } from "../../src/time/offset.ts";
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
  expect(new Date(dueAt(Date.parse(anchor), offset, zone)).toISOString()).toBe(new Date(due).toISOString());
});

it("days keep the wall time in every zone", () => {
  const anchors = fc.integer({ min: Date.parse("1980-01-01"), max: Date.parse("2036-01-01") });
  fc.assert(
    fc.property(fc.constantFrom(...Intl.supportedValuesOf("timeZone")), anchors, fc.integer({ min: 1, max: 400 }), (zone, anchor, days) => {
      const wall = wallByIntl(anchor, zone) + days * 86_400_000;
      expect(dueAt(anchor, after({ days }), zone)).toBe(instantByIntl(wall, zone));
      expect(addDuration(anchor, { hours: days }, zone)).toBe(anchor + days * 3_600_000);
    }),
    { numRuns: 2000 },
  );
});

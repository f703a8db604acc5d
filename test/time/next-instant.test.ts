import { expect, it } from "vitest";
import { nextInstant } from "../../src/time/next-instant.ts";
import type { Offset } from "../../src/time/offset.ts";

it.each<[string, Offset, zone: string, isDay: boolean, after: string, next: string | null]>([
  ["instants keep their own time", { direction: "after", duration: { days: 3 } }, "UTC", false, "2026-11-20", null],
  ["instants with hours, too", { direction: "after", duration: { hours: 3 } }, "UTC", false, "2026-11-20", null],
  [
    "`at` of instants",
    { direction: "after", duration: { days: 3 }, at: "09:00" },
    "UTC",
    false,
    "2026-11-20T08:59:59.999Z",
    "2026-11-20T09:00:00Z",
  ],
  [
    "`at` of days, after it the next",
    { direction: "after", duration: { days: 3 }, at: "09:00" },
    "UTC",
    true,
    "2026-11-20T09:00:00Z",
    "2026-11-21T09:00:00Z",
  ],
  [
    "`at` after hours",
    { direction: "after", duration: { hours: 3 }, at: "09:00" },
    "UTC",
    true,
    "2026-11-20T12:00:00Z",
    "2026-11-21T09:00:00Z",
  ],
  [
    "midnight of days",
    { direction: "before", duration: { weeks: 3 } },
    "Asia/Kolkata",
    true,
    "2026-11-20T12:00:00Z",
    "2026-11-20T18:30:00Z",
  ],
  [
    "moved by the hours",
    { direction: "after", duration: { hours: 30 } },
    "Asia/Kolkata",
    true,
    "2026-11-20T12:00:00Z",
    "2026-11-21T00:30:00Z",
  ],
  [
    "moved back by minutes",
    { direction: "before", duration: { minutes: 10 } },
    "UTC",
    true,
    "2026-11-20T23:49:00Z",
    "2026-11-20T23:50:00Z",
  ],
  [
    "no midnight in Santiago",
    { direction: "after", duration: { days: 3 } },
    "America/Santiago",
    true,
    "2025-09-06T12:00:00Z",
    "2025-09-07T04:00:00Z",
  ],
  [
    "its first instant moved by hours",
    { direction: "after", duration: { hours: 1 } },
    "America/Santiago",
    true,
    "2025-09-06T12:00:00Z",
    "2025-09-07T05:00:00Z",
  ],
  [
    "a day across an overlap",
    { direction: "after", duration: { days: 0 }, at: "01:30" },
    "America/New_York",
    true,
    "2026-11-01T05:30:00Z",
    "2026-11-02T06:30:00Z",
  ],
  [
    "the day that Apia skipped is its neighbour",
    { direction: "after", duration: { days: 0 }, at: "09:00" },
    "Pacific/Apia",
    true,
    "2011-12-30T09:59:59Z",
    "2011-12-30T19:00:00Z",
  ],
  [
    "and after it there is no other",
    { direction: "after", duration: { days: 0 }, at: "09:00" },
    "Pacific/Apia",
    true,
    "2011-12-30T19:00:00Z",
    "2011-12-31T19:00:00Z",
  ],
])("%s", (_, offset, zone, isDay, after, next) => {
  expect(nextInstant({ offset, cycle: "once" }, zone, isDay, Date.parse(after))).toBe(next === null ? null : Date.parse(next));
});

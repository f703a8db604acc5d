import { expect, it } from "vitest";
import type { RelativeDate } from "../../src/model/criterion.ts";
import { relativeDay } from "../../src/time/relative.ts";

it.each<[string, RelativeDate, string | null]>([
  ["2026-11-20", { days: 0 }, "2026-11-20"],
  ["2026-11-20", { days: -30 }, "2026-10-21"],
  ["2026-03-01", { days: -1 }, "2026-02-28"],
  ["2026-11-20", { weeks: 2 }, "2026-12-04"],
  ["2026-01-31", { months: 1 }, "2026-02-28"],
  ["2026-03-31", { months: -1 }, "2026-02-28"],
  ["2028-02-29", { years: 1 }, "2029-02-28"],
  ["2026-11-20", { years: 8000 }, null],
  ["2026-11-20", { years: -3000 }, null],
  ["2026-11-20", { days: Number.MAX_SAFE_INTEGER }, null],
])("%s and %o is %s", (day, relative, expected) => {
  expect(relativeDay(day, relative)).toBe(expected);
});

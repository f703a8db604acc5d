import fc from "fast-check";
import { expect, it } from "vitest";
import { dayOf, instantOf, nextDay, startOfDay } from "../../src/time/zone.ts";
import { instantByIntl, wallByIntl } from "./intl-oracle.ts";

const zones = ["Etc/GMT+12", "Antarctica/Troll", "Europe/Dublin", "America/St_Johns", ...Intl.supportedValuesOf("timeZone")];
const DAY_MS = 86_400_000;
const between = (from: string, to: string) => fc.integer({ min: Date.parse(from), max: Date.parse(to) });

it("dayOf agrees with Intl in every zone, in any order of instants", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(between("1975-01-01", "2037-01-01"), { minLength: 1, maxLength: 12 }),
      (zone, instants) => {
        for (const ms of instants) expect(dayOf(ms, zone)).toBe(new Date(wallByIntl(ms, zone)).toISOString().slice(0, 10));
      },
    ),
    { numRuns: 400 },
  );
});

it("instantOf agrees with Intl, also within a day of a clock change", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      between("1975-01-01", "2037-01-01"),
      fc.integer({ min: -1500, max: 1500 }),
      (zone, ms, minutes) => {
        expect(instantOf(ms, zone)).toBe(instantByIntl(ms, zone));
        const near = Date.UTC(2024, 10, 3, 6) + minutes * 60_000;
        expect(instantOf(near, "America/New_York")).toBe(instantByIntl(near, "America/New_York"));
      },
    ),
    { numRuns: 400 },
  );
});

it.each([
  ["2026-11-20T18:29:59Z", "Asia/Kolkata", "2026-11-20"],
  ["2026-11-20T18:30:00Z", "Asia/Kolkata", "2026-11-21"],
  ["2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29"],
  ["2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"],
  // St. John's moved its clock back at one minute past midnight: the day ended, came back for 59 minutes and ended again.
  ["2010-11-07T02:30:30Z", "America/St_Johns", "2010-11-07"],
  ["2010-11-07T02:31:30Z", "America/St_Johns", "2010-11-06"],
  ["2010-11-07T03:30:30Z", "America/St_Johns", "2010-11-07"],
  ["1969-12-31T23:59:59.999Z", "UTC", "1969-12-31"],
])("dayOf %s in %s is %s", (instant, zone, day) => {
  expect(dayOf(Date.parse(instant), zone)).toBe(day);
});

it.each([
  ["2026-11-20", "Asia/Kolkata", "2026-11-19T18:30:00.000Z"],
  ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"],
  ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
])("startOfDay %s in %s is %s", (day, zone, instant) => {
  expect(new Date(startOfDay(day, zone)).toISOString()).toBe(instant);
});

it("nextDay crosses months, leap days and years", () => {
  expect(["2026-02-28", "2028-02-28", "2026-12-31"].map(nextDay)).toEqual(["2026-03-01", "2028-02-29", "2027-01-01"]);
});

it("a day is as long as its zone makes it", () => {
  const length = (day: string, zone: string) => startOfDay(nextDay(day), zone) - startOfDay(day, zone);
  expect(length("2026-03-08", "America/New_York")).toBe(DAY_MS - 3_600_000);
  expect(length("2026-11-01", "America/New_York")).toBe(DAY_MS + 3_600_000);
  expect(length("2011-12-30", "Pacific/Apia")).toBe(0);
});

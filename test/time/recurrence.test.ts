import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { Recurrence, type Schedule } from "../../src/model/schedule.ts";
import { tickAfter, ticksBetween, type Timetable } from "../../src/time/recurrence.ts";

const timetable = (
  recurrence: z.input<typeof Recurrence>,
  startsAt: string,
  expires: Schedule["expires"] = { never: true },
): Timetable => ({
  recurrence: Recurrence.parse(recurrence),
  startsAt,
  expires,
});

const DAILY = { frequency: "daily" } as const;
const MONDAYS = { frequency: "weekly", on: { weekday: "monday" } } as const;
const on = (day: number | "last"): { readonly frequency: "monthly"; on: { day: number | "last" } } => ({
  frequency: "monthly",
  on: { day },
});

/** The first ticks from the start, as `YYYY-MM-DDTHH:MM` in UTC. */
function first(many: number, table: Timetable, zone = "UTC"): readonly string[] {
  const before = Date.parse(`${table.startsAt}Z`) - 2 * 86_400_000;
  return ticksBetween(table, zone, before, Infinity, many).map((tick) => new Date(tick).toISOString().slice(0, 16));
}

describe("the first ticks of a schedule", () => {
  // 2026-12-01 is a Tuesday.
  it.each<[string, Timetable, ticks: string[]]>([
    ["daily from the start itself", timetable(DAILY, "2026-12-01T18:00"), ["2026-12-01T18:00", "2026-12-02T18:00", "2026-12-03T18:00"]],
    [
      "every three days",
      timetable({ ...DAILY, every: 3 }, "2026-12-30T18:00"),
      ["2026-12-30T18:00", "2027-01-02T18:00", "2027-01-05T18:00"],
    ],
    [
      "weekends are left out",
      timetable({ ...DAILY, excludeWeekends: true }, "2026-12-04T09:00"),
      ["2026-12-04T09:00", "2026-12-07T09:00", "2026-12-08T09:00"],
    ],
    [
      "not moved, and counted from the start",
      timetable({ ...DAILY, every: 2, excludeWeekends: true }, "2026-12-03T09:00"),
      ["2026-12-03T09:00", "2026-12-07T09:00", "2026-12-09T09:00"],
    ],
    [
      "counted from a start on a weekend",
      timetable({ ...DAILY, every: 3, excludeWeekends: true }, "2026-12-05T09:00"),
      ["2026-12-08T09:00", "2026-12-11T09:00", "2026-12-14T09:00"],
    ],
    [
      "every seventh day from a weekday",
      timetable({ ...DAILY, every: 7, excludeWeekends: true }, "2026-12-01T09:00"),
      ["2026-12-01T09:00", "2026-12-08T09:00", "2026-12-15T09:00"],
    ],
    [
      "weekly: the first one from the start on",
      timetable(MONDAYS, "2026-12-01T18:00"),
      ["2026-12-07T18:00", "2026-12-14T18:00", "2026-12-21T18:00"],
    ],
    [
      "weekly on the start's day",
      timetable({ ...MONDAYS, every: 2, on: { weekday: "tuesday" } }, "2026-12-01T18:00"),
      ["2026-12-01T18:00", "2026-12-15T18:00", "2026-12-29T18:00"],
    ],
    [
      "every two weeks from the first one",
      timetable({ ...MONDAYS, every: 2 }, "2026-12-01T18:00"),
      ["2026-12-07T18:00", "2026-12-21T18:00", "2027-01-04T18:00"],
    ],
    [
      "monthly, clamped",
      timetable(on(31), "2027-01-31T00:00"),
      ["2027-01-31T00:00", "2027-02-28T00:00", "2027-03-31T00:00", "2027-04-30T00:00"],
    ],
    [
      "monthly, the day is past in the start's month",
      timetable(on(5), "2026-12-06T08:00"),
      ["2027-01-05T08:00", "2027-02-05T08:00", "2027-03-05T08:00"],
    ],
    ["monthly on the last", timetable(on("last"), "2028-02-01T08:00"), ["2028-02-29T08:00", "2028-03-31T08:00", "2028-04-30T08:00"]],
    [
      "every three months from the first",
      timetable({ ...on(5), every: 3 }, "2026-12-06T08:00"),
      ["2027-01-05T08:00", "2027-04-05T08:00", "2027-07-05T08:00"],
    ],
    [
      "the second Saturday",
      timetable({ frequency: "monthly", on: { nth: "second", weekday: "saturday" } }, "2026-12-01T08:00"),
      ["2026-12-12T08:00", "2027-01-09T08:00", "2027-02-13T08:00"],
    ],
    [
      "the first Tuesday is past",
      timetable({ frequency: "monthly", on: { nth: "first", weekday: "tuesday" } }, "2026-12-02T08:00"),
      ["2027-01-05T08:00", "2027-02-02T08:00"],
    ],
    [
      "the last Thursday, fourth or fifth",
      timetable({ frequency: "monthly", on: { nth: "last", weekday: "thursday" } }, "2026-12-01T08:00"),
      ["2026-12-31T08:00", "2027-01-28T08:00", "2027-02-25T08:00"],
    ],
    [
      "the fourth Sunday",
      timetable({ frequency: "monthly", on: { nth: "fourth", weekday: "sunday" } }, "2026-11-01T08:00"),
      ["2026-11-22T08:00", "2026-12-27T08:00"],
    ],
    [
      "yearly",
      timetable({ frequency: "yearly", on: { month: "january", day: 5 } }, "2026-01-05T08:00"),
      ["2026-01-05T08:00", "2027-01-05T08:00"],
    ],
    [
      "yearly, the day is past",
      timetable({ frequency: "yearly", on: { month: "january", day: 5 } }, "2026-01-06T08:00"),
      ["2027-01-05T08:00", "2028-01-05T08:00"],
    ],
    [
      "29 February",
      timetable({ frequency: "yearly", on: { month: "february", day: 29 } }, "2027-01-01T08:00"),
      ["2027-02-28T08:00", "2028-02-29T08:00", "2029-02-28T08:00"],
    ],
    [
      "every four years",
      timetable({ frequency: "yearly", every: 4, on: { month: "february", day: 29 } }, "2024-02-29T08:00"),
      ["2024-02-29T08:00", "2028-02-29T08:00", "2032-02-29T08:00"],
    ],
    [
      "the first Sunday of January",
      timetable({ frequency: "yearly", on: { month: "january", nth: "first", weekday: "sunday" } }, "2026-12-01T08:00"),
      ["2027-01-03T08:00", "2028-01-02T08:00"],
    ],
    ["executions are counted elsewhere", timetable(DAILY, "2026-12-01T18:00", { after: 1 }), ["2026-12-01T18:00", "2026-12-02T18:00"]],
  ])("%s", (_, table, ticks) => {
    expect(first(ticks.length, table)).toEqual(ticks);
  });

  it.each<[string, Timetable, ticks: string[]]>([
    ["where all would be Saturdays", timetable({ ...DAILY, every: 14, excludeWeekends: true }, "2026-12-05T09:00"), []],
    [
      "after its last day, which counts",
      timetable(DAILY, "2026-12-01T18:00", { on: "2026-12-02" }),
      ["2026-12-01T18:00", "2026-12-02T18:00"],
    ],
    ["where the last day is before the first tick", timetable(MONDAYS, "2026-12-01T18:00", { on: "2026-12-06" }), []],
  ])("and no more: %s", (_, table, ticks) => {
    expect(first(9, table)).toEqual(ticks);
  });

  it.each<[string, Timetable, zone: string, ticks: string[]]>([
    ["the wall time stays", timetable(DAILY, "2026-10-31T09:00"), "America/New_York", ["2026-10-31T13:00", "2026-11-01T14:00"]],
    [
      "a gap in Berlin",
      timetable(DAILY, "2026-03-28T02:30"),
      "Europe/Berlin",
      ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"],
    ],
    [
      "an overlap in Berlin",
      timetable(DAILY, "2026-10-24T02:30"),
      "Europe/Berlin",
      ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"],
    ],
    [
      "half an hour of Lord Howe",
      timetable(DAILY, "2026-10-03T02:15"),
      "Australia/Lord_Howe",
      ["2026-10-02T15:45", "2026-10-03T15:45", "2026-10-04T15:15"],
    ],
    [
      "a midnight in Santiago",
      timetable(DAILY, "2025-09-06T00:00"),
      "America/Santiago",
      ["2025-09-06T04:00", "2025-09-07T04:00", "2025-09-08T03:00"],
    ],
    [
      "a midnight in Cairo",
      timetable({ frequency: "weekly", on: { weekday: "friday" } }, "2026-04-20T00:15"),
      "Africa/Cairo",
      ["2026-04-23T22:15", "2026-04-30T21:15"],
    ],
    ["Ramadan in Casablanca", timetable(DAILY, "2026-02-14T12:00"), "Africa/Casablanca", ["2026-02-14T11:00", "2026-02-15T12:00"]],
    ["Chatham", timetable(DAILY, "2026-04-04T03:00"), "Pacific/Chatham", ["2026-04-03T13:15", "2026-04-04T13:15", "2026-04-05T14:15"]],
    ["Kolkata", timetable(on(31), "2027-01-31T00:00"), "Asia/Kolkata", ["2027-01-30T18:30", "2027-02-27T18:30"]],
    [
      "the day that Apia skipped is no second tick",
      timetable(DAILY, "2011-12-29T09:00"),
      "Pacific/Apia",
      ["2011-12-29T19:00", "2011-12-30T19:00", "2011-12-31T19:00"],
    ],
    [
      "but one where its neighbour is none",
      timetable({ ...DAILY, every: 5 }, "2011-12-25T09:00"),
      "Pacific/Apia",
      ["2011-12-25T19:00", "2011-12-30T19:00", "2012-01-03T19:00"],
    ],
    ["and where it is the last", timetable(DAILY, "2011-12-30T09:00", { on: "2011-12-30" }), "Pacific/Apia", ["2011-12-30T19:00"]],
  ])("%s", (_, table, zone, ticks) => {
    expect(first(ticks.length, table, zone)).toEqual(ticks);
  });
});

describe("the tick after an instant", () => {
  const after = (table: Timetable, instant: string, zone: string): string | null => {
    const tick = tickAfter(table, zone, Date.parse(instant));
    return tick === null ? null : new Date(tick).toISOString();
  };

  it.each<[string, Timetable, instant: string, tick: string | null, zone?: string]>([
    ["never at the instant itself", timetable(DAILY, "2026-12-01T18:00"), "2026-12-01T18:00:00Z", "2026-12-02T18:00:00.000Z"],
    [
      "also where a gap moved one to the day after",
      timetable(DAILY, "1919-03-01T23:45"),
      "1919-03-31T04:35:00Z",
      "1919-03-31T04:45:00.000Z",
      "America/Toronto",
    ],
    ["long before the start", timetable(DAILY, "2026-12-01T18:00"), "1970-01-01", "2026-12-01T18:00:00.000Z"],
    [
      "far from the start, in the same steps",
      timetable({ ...DAILY, every: 1000 }, "1999-12-31T18:00"),
      "2026-12-01",
      "2027-05-18T18:00:00.000Z",
    ],
    ["months far from the start", timetable({ ...on(31), every: 5 }, "0001-01-31T18:00"), "9000-01-01", "9000-03-31T18:00:00.000Z"],
    ["none after its last day", timetable(DAILY, "2026-12-01T18:00", { on: "2026-12-03" }), "2026-12-03T18:00:00Z", null],
    ["none after the year 9999", timetable(DAILY, "2026-12-01T18:00"), "9999-12-31T18:00:00Z", null],
  ])("%s", (_, table, instant, tick, zone = "UTC") => {
    expect(after(table, instant, zone)).toBe(tick);
  });

  it("leads from each tick to the next, as ticksBetween has them", () => {
    const table = timetable({ ...DAILY, every: 2, excludeWeekends: true }, "2026-12-03T09:00");
    const ticks = ticksBetween(table, "UTC", Date.parse("2026-12-01"), Date.parse("2027-02-01"), 100);
    expect(ticks).toHaveLength(21);
    for (const [index, tick] of ticks.slice(1).entries()) expect(tickAfter(table, "UTC", ticks[index] ?? 0)).toBe(tick);
  });
});

it("ticks between two instants leave out the first and have the last", () => {
  const table = timetable(DAILY, "2026-12-01T18:00");
  const between = (after: string, upTo: string) => ticksBetween(table, "UTC", Date.parse(after), Date.parse(upTo), 9).length;
  expect(between("2026-12-01T18:00:00Z", "2026-12-03T18:00:00Z")).toBe(2);
  expect(between("2026-12-01T17:59:59Z", "2026-12-03T17:59:59Z")).toBe(2);
  expect(between("2026-12-03T18:00:00Z", "2026-12-03T18:00:00Z")).toBe(0);
  expect(between("2026-12-03", "2026-12-01")).toBe(0);
});

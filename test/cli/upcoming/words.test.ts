import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createPaint } from "../../../src/cli/paint.ts";
import { calendarInWords, type Surroundings } from "../../../src/cli/upcoming/words.ts";
import type { Calendar, Upcoming } from "../../../src/engine/upcoming/upcoming.ts";

const NOW = "2026-10-24T06:00:00.000Z";
const surroundings: Surroundings = {
  days: 7,
  now: Date.parse(NOW),
  zone: "Europe/Berlin",
  titleOf: ({ record }) => (record === null ? "" : `invoice ${record}`),
  next: null,
  folder: null,
};

const ofRule = (dueAt: string, record: string, more: Partial<Upcoming> = {}): Upcoming => ({
  dueAt,
  rule: { id: "rul_1", name: "overdue", version: 3 },
  record,
  module: "invoices",
  action: { type: "webhook", name: "tell" },
  run: null,
  ...more,
});
const tick: Upcoming = {
  dueAt: "2026-10-25T17:00:00.000Z",
  rule: null,
  schedule: { id: "sch_1", name: "nightly" },
  record: null,
  module: "contacts",
  action: { type: "customFunction", name: "sync" },
  run: null,
};

function words(calendar: Partial<Calendar>, more: Partial<Surroundings> = {}): string {
  return calendarInWords({ data: [], nextCursor: null, cutAt: null, ...calendar }, { ...surroundings, ...more }, createPaint(false));
}

describe("a calendar", () => {
  it("is told by days of the organization, over a clock change too, and what it depends on", () => {
    const data = [
      ofRule("2026-10-24T05:30:00.000Z", "90299", { run: "run_1" }),
      ofRule("2026-10-24T22:30:00.000Z", "90300", { run: "run_2", action: { type: "emailAlert", name: "reminder" } }),
      ofRule("2026-10-25T08:00:00.000Z", "1"),
      tick,
      ofRule("2026-10-26T08:00:00.000Z", "2"),
    ];
    expect(words({ data })).toBe(`What runs in the next 7 days, in Europe/Berlin:

Sat 2026-10-24
  07:30  webhook "tell"          invoice 90299  rule "overdue" v3  (due already)

Sun 2026-10-25
  00:30  email alert "reminder"  invoice 90300  rule "overdue" v3
  09:00  webhook "tell"          invoice 1      rule "overdue" v3  *
  18:00  custom function "sync"                 schedule "nightly"

Mon 2026-10-26
  09:00  webhook "tell"          invoice 2      rule "overdue" v3  *

* if its record stays as it is until then
`);
  });

  it("says from when on there may be more", () => {
    expect(words({ data: [tick], cutAt: "2026-10-26T17:00:00.000Z" })).toContain(
      "\n\nFrom Mon 2026-10-26 18:00 on there may be more than is shown; GET /v1/action-runs?status=scheduled has what is planned page by page.\n",
    );
    expect(words({ cutAt: NOW })).toMatch(/^Nothing is found for the next 7 days\.\nFrom Sat 2026-10-24 08:00 on there may be more/);
  });

  it("that is empty says what would change that, or what comes first", () => {
    expect(words({})).toBe(
      "Nothing runs in the next 7 days.\nA rule with timeBasedActions that fires would change that, a record whose date a date rule waits for, or a schedule that is active.\n",
    );
    expect(words({}, { days: 1, next: ofRule("2026-11-05T08:00:00.000Z", "1") })).toBe(
      'Nothing runs in the next 24 hours. What comes first is on Thu 2026-11-05 09:00 in Europe/Berlin (webhook "tell", rule "overdue" v3): --days 13 shows it.\n',
    );
    expect(words({}, { folder: "./rules" })).toMatch(/\nThe rules in \.\/rules alone have no records: only schedules come\.\n$/);
  });

  it("is coloured where colours are wanted, and says the same; a name does not steer the terminal", () => {
    const data = [ofRule("2026-10-25T08:00:00.000Z", "1", { rule: { id: "r", name: "over\u001b[31m\u202edue", version: 1 } })];
    const coloured = calendarInWords({ data, nextCursor: null, cutAt: null }, surroundings, createPaint(true));
    expect(coloured).toContain("\u001b[1mSun 2026-10-25\u001b[22m");
    expect(stripVTControlCharacters(coloured)).toBe(words({ data }));
    expect(words({ data })).toContain(String.raw`rule "over\u001b[31m\u202edue" v1`);
  });
});

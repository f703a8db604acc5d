import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NamedKind } from "../../src/engine/definitions/view.ts";
import { RulewrightError } from "../../src/model/errors.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

// 20 November 2026.
let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
  await t.apply("kind: Module\nname: invoices\nfields: [{ name: parts, type: list, fields: [{ name: due, type: date }] }]\n");
  await create("Webhook", { name: "tell", module: "invoices", url: "https://erp.example/hook" });
  await create("CustomFunction", { name: "sync", module: "contacts", language: "host" });
});
afterEach(() => t.close());

const create = (kind: NamedKind, body: object) => t.engine.definitions.create(ORGANIZATION, kind, body);

/** What is said against a definition: the path, the message with its hint; null where it is saved. */
async function refusal(kind: NamedKind, body: object): Promise<string | null> {
  const error: unknown = await create(kind, body).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return null;
  if (!(error instanceof RulewrightError) || error.code !== "validation_failed") throw error;
  return error.issues.map(({ path, message, hint }) => `${path}: ${message}${hint === undefined ? "" : `; ${hint}`}`).join("\n");
}

const tell = [{ type: "webhook", name: "tell" }];
const rule = (more: object) => ({ name: "r", module: "invoices", ...more });
const dated = (trigger: object) =>
  rule({
    trigger: { type: "date", field: "due_date", when: { after: { days: 3 } }, ...trigger },
    conditions: [{ immediateActions: tell }],
  });
const later = (execute: object) =>
  rule({ trigger: { type: "event", on: ["created"] }, conditions: [{ timeBasedActions: [{ execute, actions: tell }] }] });

describe("a date rule", () => {
  it.each([
    [
      { field: "status" },
      "trigger.field: expected a date or datetime field of module invoices, got status, which is picklist; date fields: date, due_date, payment_expected_date",
    ],
    [{ field: "due_dat" }, 'trigger.field: expected a date or datetime field of module invoices, got "due_dat"; did you mean "due_date"?'],
    [
      { field: "parts.*.due" },
      "trigger.field: expected a date or datetime field of module invoices, got parts.*.due, which may be several; date fields: date, due_date, payment_expected_date",
    ],
    [{ when: { after: { days: -3 } } }, "trigger.when.after.days: expected a whole number from 0 to 100000, got -3"],
    [{ when: { after: { days: 1.5 } } }, "trigger.when.after.days: expected a whole number from 0 to 100000, got 1.5"],
    [{ when: { after: { days: 100_001 } } }, "trigger.when.after.days: expected a whole number from 0 to 100000, got 100001"],
    [
      { when: { after: { years: 1 } } },
      "trigger.when.after: expected one of minutes, hours, days, weeks, months with a whole number from 0 to 100000, got { years }",
    ],
    [
      { when: { after: { days: 3, hours: 2 } } },
      "trigger.when.after: expected one of minutes, hours, days, weeks, months with a whole number from 0 to 100000, got { days, hours }",
    ],
    [
      { when: { before: { months: 30_000 } } },
      "trigger.when.before.months: expected a length of time that stays within the years 0000 to 9999, got 30000 months before",
    ],
    [{ at: "9:00" }, 'trigger.at: expected a wall time such as 09:00, got "9:00"'],
    [{ at: "24:00" }, 'trigger.at: expected a wall time such as 09:00, got "24:00"'],
    [{ cycle: "weekly" }, 'trigger.cycle: expected one of once, monthly, yearly, got "weekly"'],
  ])("with %j is refused", async (trigger, message) => {
    expect(await refusal("WorkflowRule", dated(trigger))).toBe(message);
  });
});

describe("a time-based action", () => {
  it.each([
    [
      { before: { days: 3 }, of: "trigger" },
      'conditions.0.timeBasedActions.0.execute.of: expected a date field to count back from, got "trigger": before it happens nobody knows of it; date fields: date, due_date, payment_expected_date',
    ],
    [
      { before: { days: 3 } },
      'conditions.0.timeBasedActions.0.execute: expected { after: { days: 14 }, of: trigger, at: "09:00" } or { before: { days: 3 }, of: <date field> }, got { before }',
    ],
    [
      { after: { days: 3 }, of: "status" },
      "conditions.0.timeBasedActions.0.execute.of: expected a date or datetime field of module invoices, got status, which is picklist; date fields: date, due_date, payment_expected_date",
    ],
    [
      { after: { days: 3 }, of: "due" },
      'conditions.0.timeBasedActions.0.execute.of: expected a date or datetime field of module invoices, got "due"; date fields: date, due_date, payment_expected_date',
    ],
    [{ after: { minutes: -1 } }, "conditions.0.timeBasedActions.0.execute.after.minutes: expected a whole number from 0 to 100000, got -1"],
    [
      { after: { months: 100_000 } },
      "conditions.0.timeBasedActions.0.execute.after.months: expected a length of time that stays within the years 0000 to 9999, got 100000 months after",
    ],
    [
      { before: { months: 24_001 }, of: "due_date" },
      "conditions.0.timeBasedActions.0.execute.before.months: expected a length of time that stays within the years 0000 to 9999, got 24001 months before",
    ],
    [
      { after: { days: 3 }, before: { days: 1 }, of: "due_date" },
      'conditions.0.timeBasedActions.0.execute: expected { after: { days: 14 }, of: trigger, at: "09:00" } or { before: { days: 3 }, of: <date field> }, got { after, before, of }',
    ],
  ])("with %j is refused", async (execute, message) => {
    expect(await refusal("WorkflowRule", later(execute))).toBe(message);
  });

  it.each([
    { after: { minutes: 0 } },
    { after: { weeks: 100_000 } },
    { after: { months: 95_000 }, of: "due_date" },
    { before: { months: 23_999 }, of: "due_date" },
  ])("with %j is saved", async (execute) => {
    expect(await refusal("WorkflowRule", later(execute))).toBeNull();
  });
});

const schedule = (more: object) => ({
  name: "s",
  function: "sync",
  recurrence: { frequency: "daily" },
  startsAt: "2026-12-01T18:00",
  ...more,
});
const yearly = (month: string, day: number) => ({ recurrence: { frequency: "yearly", on: { month, day } } });
const weekdays = (every: number, startsAt: string) => ({ recurrence: { frequency: "daily", every, excludeWeekends: true }, startsAt });

describe("a schedule", () => {
  it.each([
    [{ function: "snyc" }, 'function: unknown CustomFunction "snyc"; did you mean "sync"?'],
    [{ startsAt: "2027-11-21T00:00" }, 'startsAt: expected a start within a year from now (until 2027-11-20), got "2027-11-21T00:00"'],
    [{ startsAt: "2026-02-30T18:00" }, 'startsAt: expected a day that the calendar has, got "2026-02-30T18:00"'],
    [{ startsAt: "2026-12-01" }, 'startsAt: expected a wall time such as 2026-12-01T18:00, got "2026-12-01"'],
    [{ startsAt: "2026-12-01T18:00Z" }, 'startsAt: expected a wall time such as 2026-12-01T18:00, got "2026-12-01T18:00Z"'],
    [{ expires: { on: "2026-11-30" } }, 'expires.on: expected a day that it runs until, 2026-12-01 or later, got "2026-11-30"'],
    [
      { recurrence: { frequency: "monthly", on: { day: "last" } }, expires: { on: "2026-12-30" } },
      'expires.on: expected a day that it runs until, 2026-12-31 or later, got "2026-12-30"',
    ],
    [{ expires: { after: 0 } }, "expires.after: expected a whole number from 1, got 0"],
    [{ expires: { never: false } }, 'expires: expected { never: true }, { after: 12 } or { on: "2027-12-01" }, got { never }'],
    [yearly("february", 30), "recurrence.on.day: expected a day of february, 1 to 29, got 30"],
    [yearly("april", 31), "recurrence.on.day: expected a day of april, 1 to 30, got 31"],
    [{ recurrence: { frequency: "monthly", on: { day: 32 } } }, "recurrence.on.day: expected a whole number from 1 to 31, got 32"],
    [
      { recurrence: { frequency: "monthly", on: { nth: "fifth", weekday: "monday" } } },
      'recurrence.on.nth: expected one of first, second, third, fourth, last, got "fifth"',
    ],
    [{ recurrence: { frequency: "daily", every: 0 } }, "recurrence.every: expected a whole number from 1 to 1000, got 0"],
    [
      weekdays(7, "2026-12-05T18:00"),
      'startsAt: expected a day from Monday to Friday, got "2026-12-05T18:00": every 7 days from there is a weekend, which is left out',
    ],
    [
      weekdays(14, "2026-12-06T18:00"),
      'startsAt: expected a day from Monday to Friday, got "2026-12-06T18:00": every 14 days from there is a weekend, which is left out',
    ],
    [{ grace: { hours: -1 } }, "grace.hours: expected a whole number from 0 to 100000, got -1"],
    [{ catchUp: "some" }, 'catchUp: expected one of once, all, skip, got "some"'],
  ])("with %j is refused", async (more, message) => {
    expect(await refusal("Schedule", schedule(more))).toBe(message);
  });

  it.each([
    { startsAt: "2027-11-20T23:59" },
    { startsAt: "2001-01-01T00:00" },
    { expires: { on: "2026-12-01" } },
    { startsAt: "2025-12-01T18:00", expires: { on: "2025-12-31" } },
    yearly("february", 29),
    { recurrence: { frequency: "monthly", on: { day: 31 } } },
    weekdays(7, "2026-12-04T18:00"),
    weekdays(6, "2026-12-05T18:00"),
  ])("with %j is saved", async (more) => {
    expect(await refusal("Schedule", schedule(more))).toBeNull();
  });
});

describe("limits.schedules", () => {
  const named = (n: number) => schedule({ name: `s${n}` });

  it("is 10, whether they run or not", async () => {
    for (let n = 1; n <= 10; n++) await create("Schedule", { ...named(n), active: n % 2 === 0 });
    await expect(create("Schedule", named(11))).rejects.toMatchObject({
      code: "limit_exceeded",
      message: "expected at most 10 schedules, this is one more",
    });
  });

  it("is the organization's own, which those that it has do not forbid to lower", async () => {
    await t.engine.settings.replaceLimits(ORGANIZATION, { schedules: 2 });
    await create("Schedule", named(1));
    await create("Schedule", named(2));
    await expect(create("Schedule", named(3))).rejects.toMatchObject({ code: "limit_exceeded" });
    await t.engine.settings.replaceLimits(ORGANIZATION, { schedules: 3 });
    await create("Schedule", named(3));
  });
});

import { z } from "zod";
import { Name } from "./actions/common.ts";
import { CatchUp, Grace } from "./duration.ts";

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
] as const;
const NTHS = ["first", "second", "third", "fourth", "last"] as const;

const every = z
  .int()
  .min(1)
  .max(1000)
  .default(1)
  .describe("Every so many days, weeks, months or years, counted from the first occurrence.");
const weekday = z.enum(WEEKDAYS).describe("The day of the week.");
const month = z.enum(MONTHS).describe("The month of the year.");
const nth = z.enum(NTHS).describe("Which one of the month.");

/** How a schedule repeats: every n days, weeks, months or years, on a day of them (seed: Schedules). */
export const Recurrence = z.discriminatedUnion("frequency", [
  z.strictObject({
    frequency: z.literal("daily").describe("Counted in calendar days."),
    every,
    excludeWeekends: z.boolean().default(false).describe("Leaves out days that fall on a Saturday or Sunday."),
  }),
  z.strictObject({
    frequency: z.literal("weekly").describe("On a day of the week."),
    every,
    on: z.strictObject({ weekday }).describe("The day."),
  }),
  z.strictObject({
    frequency: z.literal("monthly").describe("On a day of the month."),
    every,
    on: z
      .union(
        [
          z.strictObject({
            day: z
              .union([z.int().min(1).max(31), z.literal("last")])
              .describe("The day of the month, 1 to 31 or last; in a month without that day, its last."),
          }),
          z.strictObject({ nth, weekday }),
        ],
        "expected { day: 1 to 31 or last } or { nth: second, weekday: saturday }",
      )
      .describe("The day."),
  }),
  z.strictObject({
    frequency: z.literal("yearly").describe("On a day of the year."),
    every,
    on: z
      .union(
        [
          z.strictObject({
            month,
            day: z.int().min(1).max(31).describe("The day of the month; 29 February is the 28th in other years."),
          }),
          z.strictObject({ month, nth, weekday }),
        ],
        "expected { month: january, day: 5 } or { month: january, nth: first, weekday: sunday }",
      )
      .describe("The day."),
  }),
]);
export type Recurrence = z.infer<typeof Recurrence>;

const localTime = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, {
  error: "expected a wall time such as 2026-12-01T18:00",
});

/** A custom function on a recurrence. */
export const Schedule = z
  .strictObject({
    name: Name,
    function: z.string().min(1).max(100).describe("The name of the CustomFunction to run."),
    active: z.boolean().default(true).describe("Whether it runs."),
    recurrence: Recurrence.describe("How it repeats."),
    startsAt: localTime.describe(
      "The first occurrence is at or after this wall time of the organization, and the others at its time of day. It may be past; at most one year ahead, as in Zoho Books.",
    ),
    expires: z
      .union(
        [
          z.strictObject({ never: z.literal(true).describe("It never ends.") }),
          z.strictObject({ after: z.int().min(1).describe("After so many executions.") }),
          z.strictObject({ on: z.iso.date("expected a day such as 2027-12-01").describe("Its last day, included.") }),
        ],
        'expected { never: true }, { after: 12 } or { on: "2027-12-01" }',
      )
      .default({ never: true })
      .describe("When it ends."),
    catchUp: CatchUp,
    grace: Grace,
  })
  .describe("A custom function that runs on a recurrence. At most 10 as in Zoho Books (limits.schedules).");
export type Schedule = z.infer<typeof Schedule>;

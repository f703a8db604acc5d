import { z } from "zod";

const count = z.int().min(0).max(100_000);

/** A length of time in one unit. Minutes and hours are exact; days, weeks and months keep the wall time (contract, section 6). */
export const Duration = z.union(
  [
    z.strictObject({ minutes: count.describe("Minutes, exact.") }),
    z.strictObject({ hours: count.describe("Hours, exact.") }),
    z.strictObject({ days: count.describe("Days; the wall time stays.") }),
    z.strictObject({ weeks: count.describe("Weeks; the wall time stays.") }),
    z.strictObject({ months: count.describe("Months; the wall time stays, and in a month without that day it is the last.") }),
  ],
  "expected one of minutes, hours, days, weeks, months with a whole number from 0 to 100000",
);
export type Duration = z.infer<typeof Duration>;

/** A wall time of the organization, `09:00`. */
export const WallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a wall time such as 09:00")
  .describe("A wall time of the organization, 00:00 to 23:59.");

/** How late a run may start after being down; past it: skipped, missed. */
export const Grace = Duration.default({ hours: 24 }).describe(
  "How late a run may start after the server was down; past it the run is skipped as missed, never silently.",
);

/** What becomes of occurrences of a date or a schedule that were missed. */
export const CatchUp = z
  .enum(["once", "all", "skip"])
  .default("once")
  .describe("What to do with occurrences missed while down, within the grace: run one of them, all, or none.");
export type CatchUp = z.infer<typeof CatchUp>;

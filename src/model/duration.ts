import { z } from "zod";

const count = z.int().min(0).max(100_000);

/** A length of time in one unit. Minutes and hours are exact; days, weeks and months keep the wall time (contract, section 6). */
export const Duration = z.union(
  [
    z.strictObject({ minutes: count }),
    z.strictObject({ hours: count }),
    z.strictObject({ days: count }),
    z.strictObject({ weeks: count }),
    z.strictObject({ months: count }),
  ],
  "expected one of minutes, hours, days, weeks, months with a whole number from 0 to 100000",
);
export type Duration = z.infer<typeof Duration>;

/** A wall time of the organization, `09:00`. */
export const WallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a wall time such as 09:00");

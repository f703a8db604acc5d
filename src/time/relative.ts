import { Temporal } from "temporal-polyfill";
import type { RelativeDate } from "../model/criterion.ts";

/** The day (YYYY-MM-DD) that lies so far from another; null where it is outside the years 0000 to 9999. Months and years clamp to the month's last day. */
export function relativeDay(day: string, relative: RelativeDate): string | null {
  try {
    const text = Temporal.PlainDate.from(day).add(relative).toString();
    return text.length === 10 ? text : null;
  } catch (error) {
    // Temporal's own range is the only thing that a checked day and whole numbers can exceed.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

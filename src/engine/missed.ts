import { isTooLate, LATE_MS } from "../decide/due.ts";
import type { CatchUp, Duration } from "../model/duration.ts";

/** What a date rule or a schedule does about what it sees late. */
export type Lateness = { readonly grace: Duration; readonly catchUp: CatchUp; readonly zone: string };

/**
 * Is what came at an instant (ms) too late to run now, or not the one that is caught up on?
 * @param next when the one after it comes, ms; null: none does
 */
export function isMissed({ grace, catchUp, zone }: Lateness, at: number, now: number, next: () => number | null): boolean {
  if (now - at <= LATE_MS) return false;
  if (isTooLate(at, { grace }, zone, now)) return true;
  switch (catchUp) {
    case "all":
      return false;
    case "skip":
      return true;
    case "once":
      return (next() ?? Infinity) <= now;
  }
}

import type { CatchUp, Duration } from "../model/duration.ts";
import { addDuration } from "../time/offset.ts";

/** Nothing is seen, or starts, to the millisecond: what is seen or starts this little after its time is not late, whatever the grace. */
export const LATE_MS = 60_000;

/** What a date rule or a schedule does about what it sees late. */
export type Lateness = { readonly grace: Duration; readonly catchUp: CatchUp; readonly zone: string };

/**
 * Is what came at an instant (ms) too late to run now, or not the one that is caught up on?
 * @param next when the one after it comes, ms; null: none does
 */
export function isMissed({ grace, catchUp, zone }: Lateness, at: number, now: number, next: () => number | null): boolean {
  if (now - at <= LATE_MS) return false;
  const end = addDuration(at, grace, zone);
  if (end !== null && end < now) return true;
  switch (catchUp) {
    case "all":
      return false;
    case "skip":
      return true;
    case "once":
      return (next() ?? Infinity) <= now;
  }
}

import type { Json } from "../../model/json.ts";
import { instantOf, wallOf } from "../../time/zone.ts";
import type { RunnableSchedule } from "./schedules-of.ts";

/** How far a schedule has been followed, as its mark keeps it. */
export type Progress = {
  /** The wall time, as the ms it would be in UTC, up to which ticks have been looked at: what is next by the wall is next in another zone, too. */
  readonly wall: number;
  /** When that was, ms. */
  readonly at: number;
  /** None comes any more, unless another end is set. */
  readonly ended: boolean;
  /** Ticks that ran, in all; `expires.after` counts them. */
  readonly executions: number;
  /** The wall time of the latest tick that was looked at for that count: after the clock went back, some come again. */
  readonly counted: number;
  readonly [key: string]: Json;
};

export function begun({ activeSince, zone }: RunnableSchedule): Progress {
  return { wall: wallOf(activeSince, zone), at: activeSince, ended: false, executions: 0, counted: 0 };
}

export function hasEnded({ document: { expires } }: RunnableSchedule, { executions }: Progress): boolean {
  return "after" in expires && executions >= expires.after;
}

/** The instant (ms) up to which ticks have been looked at. */
export function throughOf({ wall }: Progress, { zone, activeSince }: RunnableSchedule): number {
  return Math.max(instantOf(wall, zone), activeSince);
}

/** As it stands by the clock and the definition of now. */
export function broughtUp(progress: Progress, schedule: RunnableSchedule, now: number): Progress {
  const { zone, changedAt } = schedule;
  // Where the clock has gone back, ticks come anew, and are known by their ids.
  if (progress.at > now) return { ...progress, wall: wallOf(now, zone), at: now };
  // What would have come while it had ended does not come when it is to go on.
  return progress.ended && !hasEnded(schedule, progress)
    ? { ...progress, wall: Math.max(progress.wall, wallOf(changedAt, zone)) }
    : progress;
}

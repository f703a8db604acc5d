import type { Json } from "../../model/json.ts";
import { instantOf, wallOf } from "../../time/zone.ts";
import type { RunnableSchedule } from "./schedules-of.ts";

/** How far a schedule has been followed, as its mark keeps it. */
export type Progress = {
  /** ms */
  readonly through: number;
  /** By which that was. */
  readonly zone: string;
  /** None comes any more, unless another end is set. */
  readonly ended: boolean;
  /** Ticks that ran, in all; `expires.after` counts them. */
  readonly executions: number;
  /** The wall time of the latest tick that was looked at for that count: after the clock went back, some come again. */
  readonly counted: number;
  readonly [key: string]: Json;
};

export function begun({ activeSince, zone }: RunnableSchedule): Progress {
  return { through: activeSince, zone, ended: false, executions: 0, counted: 0 };
}

export function hasEnded({ document: { expires } }: RunnableSchedule, { executions }: Progress): boolean {
  return "after" in expires && executions >= expires.after;
}

/** As it stands by the clock, the zone and the definition of now. */
export function broughtUp(progress: Progress, schedule: RunnableSchedule, now: number): Progress {
  const { zone, activeSince, changedAt } = schedule;
  // What was still to come by the wall of the zone before may have come by that of another.
  const moved = progress.zone === zone ? progress.through : instantOf(wallOf(progress.through, progress.zone), zone);
  // What would have come while it had ended does not come when it is to go on.
  const since = progress.ended && !hasEnded(schedule, progress) ? Math.max(activeSince, changedAt) : activeSince;
  // Where the clock has gone back, or the zone's is behind, ticks come anew, and are known by their ids.
  return { ...progress, zone, through: Math.max(Math.min(moved, now), since) };
}

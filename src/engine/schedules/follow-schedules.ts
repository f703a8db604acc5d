import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import { tickAfter, ticksBetween } from "../../time/recurrence.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { Failures } from "../failures.ts";
import type { Intake } from "../intake.ts";
import { createLooks } from "../looks.ts";
import { isMissed } from "../missed.ts";
import { createTurns, type Looked } from "../turns.ts";
import { begun, broughtUp, hasEnded, type Progress } from "./progress.ts";
import { schedulesOf, type RunnableSchedule } from "./schedules-of.ts";
import { tickOf, wallOfTick } from "./tick.ts";

export type ScheduleDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly failures: Failures;
  intake(): Intake;
  /** Something comes at that instant. */
  wakeAt(instant: number): void;
};

/** Follows schedules: each tick is an event, once. */
export type Schedules = {
  /** Takes in the ticks that have come. Asked every second and at the instants announced by `wakeAt`. */
  follow(): Promise<void>;
  /** The next ticks from now and from an instant (ms) on, at most so many; an end after so many executions counts all before them. */
  upcoming(schedule: RunnableSchedule, from: number, most: number): Promise<readonly number[]>;
};

/** While another process has its turn. */
const SOON_MS = 1000;
/** Ticks taken in before a mark is written. */
const MOST = 100;

export function createSchedules({ store, clock, definitions, failures, intake, wakeAt }: ScheduleDeps): Schedules {
  const turns = createTurns({ store, clock });
  const looks = createLooks(clock, failures);

  function all(): readonly RunnableSchedule[] {
    return definitions.organizations().flatMap((organization) => schedulesOf(organization, definitions.current(organization)));
  }

  const markOf = ({ reference: { id } }: RunnableSchedule): string => `schedule ${id}`;

  async function look(schedule: RunnableSchedule): Promise<number> {
    const looked = await turns.look(schedule.organization, markOf(schedule), begun(schedule));
    const next = looked ? await follow(schedule, looked) : clock.now() + SOON_MS;
    if (next !== null) wakeAt(next);
    return next ?? Infinity;
  }

  /** When to look again, ms; null: it has ended. */
  async function follow(schedule: RunnableSchedule, { value, isFirst, keep, leave }: Looked<Progress>): Promise<number | null> {
    const { document, zone } = schedule;
    // What begins in one zone may go on in another.
    let written = isFirst ? null : value;
    let progress = broughtUp(value, schedule, clock.now());
    for (;;) {
      const now = clock.now();
      const { through } = progress;
      const due = hasEnded(schedule, progress) || through >= now ? [] : ticksBetween(document, zone, through, now, MOST);
      if (due.length === 0) {
        const next = hasEnded(schedule, progress) ? null : tickAfter(document, zone, Math.max(now, through));
        const left = { ...progress, ended: next === null };
        return isDeepStrictEqual(left, written) || (await leave(left)) ? next : now + SOON_MS;
      }
      if (!(await keep(progress))) return now + SOON_MS;
      for (const at of due) if (!hasEnded(schedule, progress)) progress = await take(schedule, progress, at, now);
      if (!(await leave(progress))) return now + SOON_MS;
      written = progress;
    }
  }

  async function take(schedule: RunnableSchedule, progress: Progress, at: number, now: number): Promise<Progress> {
    const { document, zone } = schedule;
    const missed = isMissed({ ...document, zone }, at, now, () => tickAfter(document, zone, at));
    const tick = tickOf(schedule, at, missed, now);
    const taken = await intake().take({ event: tick, module: schedule.module, fingerprint: "" });
    const isNew = taken.status === "accepted";
    // Taken in before a crash, or before the clock went back: what it was then counts, and in the latter case has been counted.
    const known = isNew ? tick : await store.events.event(schedule.organization, tick.id);
    const wall = wallOfTick(schedule, at);
    const counts = known?.occurrence?.missed !== true && (isNew || wall > progress.counted);
    return {
      ...progress,
      through: at,
      executions: progress.executions + (counts ? 1 : 0),
      counted: Math.max(progress.counted, wall),
    };
  }

  return {
    follow: () =>
      looks.over(
        all()
          .filter(({ isActive }) => isActive)
          .map((schedule) => ({
            key: keyOf(schedule),
            what: `following schedule ${schedule.reference.id}`,
            look: () => look(schedule),
          })),
      ),
    async upcoming(schedule, from, most) {
      const { document, zone, organization, isActive } = schedule;
      if (!isActive) return [];
      const mark = await store.marks.mark(organization, markOf(schedule));
      // What was kept or left under this key before.
      const progress = (mark?.value ?? begun(schedule)) as Progress;
      const now = clock.now();
      const done = Math.max(broughtUp(progress, schedule, now).through, now - 1);
      if (!("after" in document.expires)) return ticksBetween(document, zone, Math.max(done, from - 1), Infinity, most);
      const left = Math.max(0, document.expires.after - progress.executions);
      const before = from - 1 > done ? ticksBetween(document, zone, done, from - 1, left).length : 0;
      return ticksBetween(document, zone, Math.max(done, from - 1), Infinity, Math.min(most, left - before));
    },
  };
}

/** A schedule that was changed is another to follow. */
function keyOf({ organization, reference: { id, version }, activeSince, zone }: RunnableSchedule): string {
  return JSON.stringify([organization, id, version, activeSince, zone]);
}

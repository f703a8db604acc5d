import type { Clock } from "../../clock/clock.ts";
import { RulewrightError } from "../../model/errors.ts";
import type { JsonObject } from "../../model/json.ts";
import type { ActionRun } from "../../model/run.ts";
import type { Store } from "../../store/store.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { Intake } from "../intake.ts";
import { iso } from "../views.ts";
import type { Waits } from "../waits.ts";
import type { Schedules } from "./follow-schedules.ts";
import { schedulesOf, type RunnableSchedule } from "./schedules-of.ts";
import { askedTickOf } from "./tick.ts";

export type UpcomingOptions = {
  /** 10 where left out. */
  readonly count?: number;
  /** ms; now where left out. */
  readonly from?: number;
};

export type ScheduleUseCases = {
  /** The next ticks of a schedule, ISO 8601. @throws RulewrightError not_found */
  upcoming(organization: string, id: string, options: UpcomingOptions): Promise<readonly string[]>;
  /** Runs it now ("Save and Execute"), its function with that record, and answers when the run has ended (10 s at most, then as it stands). @throws RulewrightError not_found, overloaded */
  execute(organization: string, id: string, record: JsonObject): Promise<ActionRun>;
};

export type ScheduleUseCaseDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly intake: Intake;
  readonly waits: Waits;
  readonly schedules: Schedules;
};

const LONGEST_WAIT_MS = 10_000;

export function createScheduleUseCases({ store, clock, definitions, intake, waits, schedules }: ScheduleUseCaseDeps): ScheduleUseCases {
  function find(organization: string, id: string): RunnableSchedule {
    const found = schedulesOf(organization, definitions.current(organization)).find(({ reference }) => reference.id === id);
    if (!found) throw new RulewrightError("not_found", `There is no schedule ${id}`);
    return found;
  }

  return {
    async upcoming(organization, id, { count = 10, from = clock.now() }) {
      return (await schedules.upcoming(find(organization, id), from, count)).map(iso);
    },
    async execute(organization, id, record) {
      const schedule = find(organization, id);
      intake.admit(1);
      const event = askedTickOf(schedule, record, clock.now());
      const taken = await intake.take({ event, module: schedule.module, fingerprint: null });
      if (taken.status !== "accepted") throw new Error(`event ${event.id} was made for this alone and is ${taken.status}`);
      await waits.until(taken.runs, LONGEST_WAIT_MS);
      const [run] = await store.runs.runsOfEvent(organization, event.id);
      if (!run) throw new RulewrightError("not_found", `There is no schedule ${id}`);
      return run;
    },
  };
}

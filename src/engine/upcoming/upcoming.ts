import type { Clock } from "../../clock/clock.ts";
import type { ActionReference } from "../../model/action-type.ts";
import type { ActionRun } from "../../model/run.ts";
import type { Store } from "../../store/store.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { HostAccess } from "../host-records.ts";
import type { Intake } from "../intake.ts";
import type { Schedules } from "../schedules/follow-schedules.ts";
import { schedulesOf } from "../schedules/schedules-of.ts";
import { iso, plannerView, type PlannerView } from "../views.ts";
import { comingDates } from "./coming-dates.ts";
import { DAY_MS } from "../../time/calendar.ts";

/** One thing that will run, as far as can be said now: of a date rule, if its record stays as it is. */
export type Upcoming = PlannerView & {
  /** ISO 8601. */
  readonly dueAt: string;
  readonly module: string;
  readonly action: ActionReference;
  /** The run's id, where it is planned already; null of a date or a tick that has yet to come. */
  readonly run: string | null;
};

/** What is to come, in the order in which it is due. */
export type Calendar = {
  readonly data: readonly Upcoming[];
  /** Always null: it has one page. */
  readonly nextCursor: null;
  /** ISO 8601: from that instant on there may be more than `data` has. Null where nothing is left out. */
  readonly cutAt: string | null;
};

export type UpcomingUseCases = {
  /** What runs from now on for so many days, at most so many. */
  upcoming(organization: string, days: number, most: number): Promise<Calendar>;
};

export type UpcomingDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly host: HostAccess | null;
  readonly schedules: Pick<Schedules, "upcoming">;
  /** Who has been told that an event was accepted finds what it planned. */
  readonly intake: Pick<Intake, "written">;
};

/** What is due at an instant (ms). */
export type Due = { readonly at: number; readonly item: Upcoming };

const PAGE = 200;

export function createUpcoming(deps: UpcomingDeps): UpcomingUseCases {
  const { store, clock, definitions, schedules } = deps;

  async function planned(organization: string, upTo: number, most: number): Promise<readonly Due[]> {
    const found: Due[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Store["runs"]["runs"]>> = await store.runs.runs(
        { organization, status: "scheduled", from: 0, to: upTo },
        { limit: Math.min(PAGE, most), cursor },
      );
      found.push(...page.data.flatMap((run) => (run.dueAt === null ? [] : [{ at: run.dueAt, item: itemOf(run, run.dueAt) }])));
      cursor = page.nextCursor;
    } while (cursor !== null && found.length < most);
    return found;
  }

  async function ticks(organization: string, from: number, upTo: number, most: number): Promise<readonly Due[]> {
    const found: Due[] = [];
    for (const schedule of schedulesOf(organization, definitions.current(organization))) {
      const { reference, module, document } = schedule;
      const planner = plannerView({ rule: reference, by: "schedule", record: "" });
      const action = { type: "customFunction", name: document.function } as const;
      for (const at of await schedules.upcoming(schedule, from, most))
        if (at < upTo) found.push({ at, item: { dueAt: iso(at), ...planner, module: module.name, action, run: null } });
    }
    return found;
  }

  return {
    async upcoming(organization, days, most) {
      await deps.intake.written();
      const from = clock.now();
      const upTo = from + days * DAY_MS;
      const { due, wholeUntil } = await comingDates(deps, organization, { after: from, upTo }, most + 1);
      const all = [...(await planned(organization, upTo, most + 1)), ...(await ticks(organization, from, upTo, most + 1)), ...due].toSorted(
        (a, b) => a.at - b.at,
      );
      const cutAt = Math.min(wholeUntil, all[most]?.at ?? upTo);
      return { data: all.slice(0, most).map(({ item }) => item), nextCursor: null, cutAt: cutAt < upTo ? iso(cutAt) : null };
    },
  };
}

function itemOf(run: ActionRun, dueAt: number): Upcoming {
  return { dueAt: iso(dueAt), ...plannerView(run), module: run.module, action: run.action, run: run.id };
}

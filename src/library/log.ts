import type { Engine } from "../engine/engine.ts";
import type { RuleExplanation } from "../engine/explain/explanation.ts";
import type { Usage } from "../engine/reading.ts";
import type { Calendar } from "../engine/upcoming/upcoming.ts";
import {
  eventView,
  executionView,
  notificationView,
  runView,
  type ActionRunView,
  type EventView,
  type ExecutionView,
  type NotificationView,
} from "../engine/views.ts";
import type { ActionType } from "../model/action-type.ts";
import type { Origin } from "../model/event.ts";
import type { RunStatus } from "../model/run.ts";
import { EventFilters, NotificationFilters, UpcomingQuery as Ahead, UsageQuery } from "../rest/requests.ts";
import { RunFilters } from "../rest/run-filters.ts";
import type { Page } from "../store/page.ts";
import { asked, askedPage, name, shownPage } from "./ask.ts";
import type { Gate } from "./gate.ts";
import type { PageOptions } from "./page.ts";

export type EventQuery = PageOptions & {
  /** A module's name or alias. */
  readonly module?: string | undefined;
  /** A record's id. */
  readonly record?: string | undefined;
  readonly type?: string | undefined;
  /** `fieldUpdate`: the feed of what rules changed. */
  readonly origin?: Origin | undefined;
};

/** Filters of executions and action runs; of executions, `status` and `type` ask for those with such a run. */
export type RunQuery = PageOptions & {
  /** `scheduled` lists by `dueAt`, the soonest first and those that wait without one last. */
  readonly status?: RunStatus | undefined;
  readonly module?: string | undefined;
  /** A rule's id, or a schedule's. */
  readonly rule?: string | undefined;
  readonly record?: string | undefined;
  readonly type?: ActionType | undefined;
  /** An event's id. */
  readonly event?: string | undefined;
  /** ISO 8601, inclusive; bounds `dueAt` with `status: "scheduled"`, else `createdAt`. */
  readonly from?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly to?: string | undefined;
};

export type NotificationQuery = PageOptions & {
  /** A user's id. */
  readonly user?: string | undefined;
  readonly unread?: boolean | undefined;
};

/** How much of what is to come is asked for. */
export type UpcomingQuery = {
  /** 1 to 366; 7 where left out. */
  readonly days?: number | undefined;
  /** 1 to 200; 50 where left out. */
  readonly limit?: number | undefined;
};

/** What happened and what is to come: the routes of events, executions, action runs, usage, notifications and the calendar as methods. Lists are newest first. */
export type LogMethods = {
  readonly events: {
    list(query?: EventQuery): Promise<Page<EventView>>;
    /** @throws RulewrightError not_found */
    get(id: string): Promise<EventView>;
    /** For every rule of the event's module: it fired, or what said no. @throws RulewrightError not_found */
    explain(id: string): Promise<{ readonly data: readonly RuleExplanation[] }>;
  };
  /** Rules that fired. */
  readonly executions: {
    /** `runs` are the ids of their action runs. */
    list(query?: RunQuery): Promise<Page<ExecutionView<string>>>;
    get(id: string): Promise<ExecutionView>;
  };
  readonly actionRuns: {
    list(query?: RunQuery): Promise<Page<ActionRunView>>;
    get(id: string): Promise<ActionRunView>;
    /** A new attempt, now, of a run that is failed, skipped, cancelled or retrying. @throws RulewrightError not_found, conflict */
    retry(id: string): Promise<ActionRunView>;
    /** Calls off a run that is scheduled or retrying. @throws RulewrightError not_found, conflict */
    cancel(id: string): Promise<ActionRunView>;
  };
  /** What is planned, what dates of records will bring if these stay as they are, and the times of schedules, the soonest first. */
  upcoming(query?: UpcomingQuery): Promise<Calendar>;
  /** How much of a day's quota is used. @param day YYYY-MM-DD of the organization; today where left out. */
  usage(day?: string): Promise<Usage>;
  /** The bell. */
  readonly notifications: {
    list(query?: NotificationQuery): Promise<Page<NotificationView>>;
    /** @throws RulewrightError not_found */
    markRead(id: string): Promise<NotificationView>;
  };
};

export function logMethods(engine: Engine, organization: string, gate: Gate): LogMethods {
  const { reading, explain } = engine;
  return {
    events: {
      list: (query = {}) =>
        gate.answer(async () => {
          const { filter, page } = askedPage(EventFilters, query);
          return shownPage(await reading.events({ organization, ...filter }, page), eventView);
        }),
      get: (id) => gate.answer(async () => eventView(await reading.event(organization, name(id, "id")))),
      explain: (id) => gate.answer(async () => ({ data: await explain.event(organization, name(id, "id")) })),
    },
    executions: {
      list: (query = {}) =>
        gate.answer(async () => {
          const { filter, page } = askedPage(RunFilters, query);
          const found = await reading.executions({ organization, ...filter }, page);
          return shownPage(found, (execution) => executionView(execution, (run) => run.id));
        }),
      get: (id) => gate.answer(async () => executionView(await reading.execution(organization, name(id, "id")), runView)),
    },
    actionRuns: {
      list: (query = {}) =>
        gate.answer(async () => {
          const { filter, page } = askedPage(RunFilters, query);
          return shownPage(await reading.runs({ organization, ...filter }, page), runView);
        }),
      get: (id) => gate.answer(async () => runView(await reading.run(organization, name(id, "id")))),
      retry: (id) => gate.answer(async () => runView(await engine.retry(organization, name(id, "id")))),
      cancel: (id) => gate.answer(async () => runView(await engine.cancel(organization, name(id, "id")))),
    },
    upcoming: (query = {}) =>
      gate.answer(() => {
        const { days, limit } = asked(Ahead, query);
        return engine.upcoming(organization, days, limit);
      }),
    usage: (day) => gate.answer(() => reading.usage(organization, asked(UsageQuery, { day }).day ?? null)),
    notifications: {
      list: (query = {}) =>
        gate.answer(async () => {
          const { filter, page } = askedPage(NotificationFilters, query);
          return shownPage(await reading.notifications({ organization, ...filter }, page), notificationView);
        }),
      markRead: (id) => gate.answer(async () => notificationView(await reading.markRead(organization, name(id, "id")))),
    },
  };
}

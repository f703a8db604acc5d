import type { Clock } from "../clock/clock.ts";
import { QUOTA_LIMITS, type QuotaType } from "../model/action-type.ts";
import { RulewrightError } from "../model/errors.ts";
import type { ActionRun, Execution } from "../model/run.ts";
import type { EventFilter, StoredEvent } from "../store/events.ts";
import type { Notification, NotificationFilter } from "../store/notifications.ts";
import type { Page, PageRequest } from "../store/page.ts";
import type { RunFilter } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import { dayOf } from "../time/zone.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Intake } from "./intake.ts";

/** How much of a day's quota is used, by type. */
export type Usage = { readonly day: string; readonly timeZone: string } & Readonly<
  Record<QuotaType, { readonly used: number; readonly limit: number }>
>;

/** The log as people ask for it. @throws RulewrightError not_found where one thing is asked for that is not there. */
export type Reading = {
  runs(filter: RunFilter, page: PageRequest): Promise<Page<ActionRun>>;
  run(organization: string, id: string): Promise<ActionRun>;
  executions(filter: RunFilter, page: PageRequest): Promise<Page<Execution>>;
  execution(organization: string, id: string): Promise<Execution>;
  events(filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>>;
  event(organization: string, id: string): Promise<StoredEvent>;
  /** @param day YYYY-MM-DD in the organization's zone; null: today. */
  usage(organization: string, day: string | null): Promise<Usage>;
  notifications(filter: NotificationFilter, page: PageRequest): Promise<Page<Notification>>;
  markRead(organization: string, id: string): Promise<Notification>;
  /** Why a run cannot be retried or cancelled. */
  refusal(organization: string, id: string, what: string, statuses: string): Promise<RulewrightError>;
};

export type ReadingDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  /** Who has been told that an event was accepted finds what follows from it. */
  readonly intake: Pick<Intake, "written">;
};

export function createReading({ store, clock, definitions, intake }: ReadingDeps): Reading {
  async function run(organization: string, id: string): Promise<ActionRun> {
    await intake.written();
    return found(await store.runs.run(organization, id), "action run", id);
  }

  /** Whoever asks for what came of an event, or of a record, sees what any process has accepted. */
  async function upToDate(asked: RunFilter): Promise<RunFilter> {
    const filter = canonical(asked, definitions);
    const { organization, event, module, record } = filter;
    await intake.written();
    if (event !== undefined) await store.events.written({ organization, event });
    else if (module !== undefined && record !== undefined) await store.events.written({ organization, module, record });
    return filter;
  }

  return {
    runs: async (filter, page) => store.runs.runs(await upToDate(filter), page),
    run,
    executions: async (filter, page) => store.runs.executions(await upToDate(filter), page),
    async execution(organization, id) {
      await intake.written();
      return found(await store.runs.execution(organization, id), "execution", id);
    },
    events: (filter, page) => store.events.events(canonical(filter, definitions), page),
    event: async (organization, id) => found(await store.events.event(organization, id), "event", id),
    async usage(organization, asked) {
      await intake.written();
      const { timeZone, limits } = definitions.current(organization).organization;
      const day = asked ?? dayOf(clock.now(), timeZone);
      const used = await store.runs.usage(organization, day);
      const of = (type: QuotaType) => ({ used: used[type], limit: limits[QUOTA_LIMITS[type]] });
      return { day, timeZone, emailAlert: of("emailAlert"), webhook: of("webhook"), customFunction: of("customFunction") };
    },
    notifications: (filter, page) => store.notifications.list(filter, page),
    markRead: async (organization, id) => found(await store.notifications.markRead(organization, id), "notification", id),
    async refusal(organization, id, what, statuses) {
      const { status } = await run(organization, id);
      return new RulewrightError("conflict", `Only runs that are ${statuses} can be ${what}; ${id} is ${status}`);
    },
  };
}

function found<T>(thing: T | null, what: string, id: string): T {
  if (thing === null) throw new RulewrightError("not_found", `There is no ${what} ${id}`);
  return thing;
}

/** A module by its alias is the module; one that is unknown simply has nothing. */
function canonical<F extends { readonly organization: string; readonly module?: string }>(filter: F, definitions: Definitions): F {
  const module = filter.module === undefined ? undefined : definitions.current(filter.organization).modules.get(filter.module);
  return module ? { ...filter, module: module.name } : filter;
}

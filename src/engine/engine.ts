import type { ActionHandlers, CheckContext } from "../actions/action.ts";
import type { Clock, WakeUps } from "../clock/clock.ts";
import type { EmailTemplate } from "../model/actions/email-template.ts";
import type { Document } from "../model/definition.ts";
import type { Issue } from "../model/errors.ts";
import type { Organization } from "../model/organization.ts";
import type { ActionRun } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import { attempt } from "./act.ts";
import { createCascades } from "./cascade.ts";
import { createCancelling } from "./cancelling.ts";
import { createDates } from "./dates/follow-dates.ts";
import { applyFiles, checkFiles, type FolderIssue } from "./definitions/apply.ts";
import type { ChangeDeps } from "./definitions/change.ts";
import { openDefinitions } from "./definitions/definitions.ts";
import { createEditing } from "./definitions/editing.ts";
import { createDefinitionLists } from "./definitions/lists.ts";
import { notRunYet } from "./definitions/not-run-yet.ts";
import { createRunning } from "./definitions/running.ts";
import { createSealing, type SecretBox } from "./definitions/sealing.ts";
import { createSettings } from "./definitions/settings.ts";
import type { DefinitionUseCases, SettingsUseCases } from "./definitions/use-cases.ts";
import { emit, emitOne, type EmitDeps, type EmitOptions, type Emitted } from "./emit.ts";
import { createExplaining } from "./explain/explain.ts";
import type { ExplainUseCases } from "./explain/explanation.ts";
import { createFailures } from "./failures.ts";
import { createIntake, type EventContext, type Intake } from "./intake.ts";
import { createHostAccess, type HostRecords } from "./host-records.ts";
import type { Logger } from "./log.ts";
import { createPending } from "./pending.ts";
import { createReading, type Reading } from "./reading.ts";
import { createRecords, type Records } from "./records.ts";
import { recover } from "./recover.ts";
import { viewOf } from "./run-view.ts";
import { createRetention } from "./retention.ts";
import { createSchedules } from "./schedules/follow-schedules.ts";
import { createScheduleUseCases, type ScheduleUseCases } from "./schedules/use-cases.ts";
import { createSettling } from "./settling.ts";
import { createSlots } from "./slots.ts";
import { toolsFor } from "./tools.ts";
import { createUpcoming, type UpcomingUseCases } from "./upcoming/upcoming.ts";
import { createWaits } from "./waits.ts";
import { createWake } from "./wake.ts";
import { createWorker } from "./worker.ts";

export type EngineDeps = {
  readonly store: Store;
  readonly handlers: ActionHandlers;
  readonly clock: Clock;
  readonly wakeUps: WakeUps;
  readonly secrets: SecretBox;
  readonly log: Logger;
  /** Days that history is kept which is over; 0: for ever. */
  readonly retentionDays: number;
  /** The embedding program's own records, where it keeps them itself. */
  readonly hostRecords?: HostRecords | undefined;
  checkTemplate(template: EmailTemplate, context: CheckContext): readonly Issue[];
};

/** The flow and the use cases around it: the one thing that routes, commands and the library call. */
export type Engine = {
  emit(inputs: readonly unknown[], options: EmitOptions): Promise<readonly Emitted[]>;
  emitOne(input: unknown, options: EmitOptions): Promise<Emitted>;
  readonly records: Records;
  readonly reading: Reading;
  organization(id: string): Organization;
  readonly definitions: DefinitionUseCases;
  readonly settings: SettingsUseCases;
  readonly explain: ExplainUseCases;
  /** What applying these documents of a rules folder would say of them. */
  check(organization: string, documents: readonly Document[]): Promise<readonly FolderIssue[]>;
  /** Makes them what files define, as one unit: everything, or nothing where there are issues. */
  applyFiles(organization: string, documents: readonly Document[]): ReturnType<typeof applyFiles>;
  readonly schedules: ScheduleUseCases;
  readonly upcoming: UpcomingUseCases["upcoming"];
  /** What is defined and this version does not run, a line each. */
  notRunYet(organization: string): readonly string[];
  /** A person asks for a run again, or calls one off. @throws RulewrightError not_found, conflict */
  retry(organization: string, run: string): Promise<ActionRun>;
  cancel(organization: string, run: string): Promise<ActionRun>;
  /** Begins to wake up for what is due, and to find what a crash left. */
  start(): void;
  /** Resolves when everything that is due now is settled. */
  idle(): Promise<void>;
  /** Rejects where the store does not answer. */
  ready(): Promise<void>;
  /** Takes no more, lets what runs come to an end within so many ms. Idempotent. */
  stop(deadlineMs: number): Promise<void>;
};

/** A dead worker's work resumes within a lease and a sweep (DESIGN, section 2). */
const LEASE_MS = 8000;
const BACKLOG = 10_000;

export async function createEngine(deps: EngineDeps): Promise<Engine> {
  const { store, clock, handlers, log } = deps;
  const definitions = await openDefinitions(store);
  const sealing = createSealing(deps.secrets);
  const failures = createFailures(log, clock.now);
  const waits = createWaits({ store, clock });
  const slots = createSlots({
    emailAlert: handlers.emailAlert.slots,
    inAppNotification: handlers.inAppNotification.slots,
    fieldUpdate: handlers.fieldUpdate.slots,
    webhook: handlers.webhook.slots,
    customFunction: handlers.customFunction.slots,
  });

  // Cascades and functions take events in, and taking an event in starts actions that cause cascades: the circle closes here.
  const intakeOf = (): Intake => intake;
  const host = deps.hostRecords ? createHostAccess(deps.hostRecords) : null;
  const cascades = createCascades({ store, clock, definitions, log, failures, host, intake: intakeOf });
  const records = createRecords({ store, clock, definitions, intake: intakeOf });
  const act = {
    store,
    definitions,
    handlers,
    clock,
    log,
    viewOf: (run: ActionRun, context: EventContext) => viewOf({ store, host, written: () => intake.written() }, run, context),
    toolsFor: (run: ActionRun, context: EventContext) => toolsFor({ store, clock, cascades, records, host }, run, context),
  };
  const pending = createPending({
    store,
    clock,
    definitions,
    host,
    log,
    recorded: () => intake.recorded(),
    wakeAt: (instant) => wake.at(instant),
  });
  const worker = createWorker({
    store,
    clock,
    log,
    failures,
    slots,
    leaseMs: LEASE_MS,
    settle: createSettling({ store, clock, failures }),
    attempt: (run, lost, context, signal) => attempt(act, run, lost, context, signal),
    contextOf: (run) => contextOf(store, run),
    onLanded: waits.landed,
    lookAgain: pending.lookAgain,
    wakeAt: (instant) => wake.at(instant),
  });
  const intake = createIntake({
    store,
    definitions,
    clock,
    slots,
    leaseMs: LEASE_MS,
    failures,
    backlog: BACKLOG,
    start: (run, context) => worker.start(run, false, context),
    wakeAt: (instant) => wake.at(instant),
    onWritten: (event) => dates.written(event),
  });
  const followDeps = { store, clock, definitions, failures, host, intake: intakeOf, wakeAt: (instant: number) => wake.at(instant) };
  const dates = createDates(followDeps);
  const schedules = createSchedules(followDeps);
  const cancelling = createCancelling({
    store,
    clock,
    definitions,
    failures,
    recorded: intake.recorded,
    onCancelled: (run) => waits.landed(run, null),
  });
  const retention = createRetention({ store, clock, log, days: deps.retentionDays });
  const wake = createWake({
    store,
    clock,
    recorded: intake.recorded,
    wakeUps: deps.wakeUps,
    recurring: retention.recurring,
    worker,
    cascades,
    cancelling,
    definitions,
    failures,
    followZones: pending.followZones,
    dates,
    schedules,
    recover: () => recover({ store, definitions, log, intake }, clock.now()),
  });
  const change: ChangeDeps = {
    store,
    definitions,
    sealing,
    checks: { handlers, checkTemplate: deps.checkTemplate, now: clock.now },
    now: clock.now,
  };
  const emitDeps: EmitDeps = { store, clock, definitions, intake, waits };
  const reading = createReading({ store, clock, definitions, intake });

  return {
    emit: (inputs, options) => emit(emitDeps, inputs, options),
    emitOne: (input, options) => emitOne(emitDeps, input, options),
    records,
    reading,
    organization: (id) => definitions.current(id).organization,
    definitions: {
      ...createDefinitionLists(store, definitions),
      ...createEditing(change, cancelling.ofRule),
      ...createRunning(change, cancelling.ofRule),
    },
    settings: createSettings(change),
    explain: createExplaining({ store, clock, definitions, intake }),
    check: (organization, documents) => checkFiles(change, organization, documents),
    applyFiles: (organization, documents) => applyFiles(change, organization, documents),
    schedules: createScheduleUseCases({ store, clock, definitions, intake, waits, schedules }),
    upcoming: createUpcoming({ store, clock, definitions, host, schedules, intake }).upcoming,
    notRunYet: (organization) => notRunYet(definitions.current(organization)),
    async retry(organization, id) {
      const run = await store.runs.retry(organization, id, clock.now());
      if (!run) throw await reading.refusal(organization, id, "retried", "failed, skipped, cancelled or retrying");
      wake.at(clock.now());
      return run;
    },
    async cancel(organization, id) {
      const run = await store.runs.cancel(organization, id, clock.now());
      if (!run) throw await reading.refusal(organization, id, "cancelled", "scheduled or retrying");
      waits.landed(run, null);
      return run;
    },
    start: wake.start,
    idle: wake.idle,
    ready: () => store.ping(),
    async stop(deadlineMs) {
      retention.stop();
      // What is being stored may start runs: they are waited for like those that have started.
      await intake.quiet();
      await wake.stop(deadlineMs);
    },
  };
}

async function contextOf(store: Store, run: ActionRun): Promise<EventContext | null> {
  const event = await store.events.event(run.organization, run.event);
  return event && { event, previous: event.previous ?? event.decision.previous, decision: event.decision };
}

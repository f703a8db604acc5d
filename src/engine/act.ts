import type { ActionHandler, ActionHandlers, ActionInput, ActionResult } from "../actions/action.ts";
import type { Clock } from "../clock/clock.ts";
import { dueOf, isTooLate, LATE_MS } from "../decide/due.ts";
import type { ActionDefinition, ActionKind, DocumentOf } from "../model/definition.ts";
import type { ActionRun, RunReason } from "../model/run.ts";
import type { Settlement } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Snapshot } from "./definitions/snapshot.ts";
import { isStoreAway } from "./failures.ts";
import type { EventContext } from "./intake.ts";
import { couldNotLook, HostRecordsError } from "./host-records.ts";
import type { Logger } from "./log.ts";
import { quotaOf } from "./record.ts";
import { settlementOf } from "./settle.ts";
import { blockStillHolds } from "./recheck.ts";
import type { RunView } from "./run-view.ts";
import { isSuperseded } from "./superseded.ts";
import type { Tools } from "./tools.ts";

export type ActDeps = {
  readonly store: Store;
  readonly definitions: Definitions;
  readonly handlers: ActionHandlers;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the run's action sees of the world. */
  viewOf(run: ActionRun, context: EventContext): Promise<RunView>;
  /** The tools a handler may use on behalf of this run. */
  toolsFor(run: ActionRun, context: EventContext): Tools;
};

/** A definition with the handler of its type. */
type Callable<K extends ActionKind = ActionKind> = { readonly handler: ActionHandler<K>; readonly document: DocumentOf<K> };

/**
 * One attempt of a claimed run: is it still to be done, may it start today, do it; what it came to is the settlement.
 * Null where the run was settled on the way (over quota) or is no longer ours.
 */
export async function attempt(
  deps: ActDeps,
  run: ActionRun,
  lost: boolean,
  context: EventContext,
  signal: AbortSignal,
): Promise<Settlement | null> {
  const known = deps.definitions.current(run.organization);
  const isKnown = known.action(run.action.type, run.module, run.action.name) !== null;
  // Another process may have planned this run by definitions that are newer than ours.
  const snapshot = isKnown ? known : await deps.definitions.refresh(run.organization);
  const definition = snapshot.action(run.action.type, run.module, run.action.name);
  if (!definition) return skip("actionDisabled", deps.clock.now());
  const callable = callableOf(deps.handlers, definition);
  const most = callable.handler.attempts(callable.document);
  if (lost && run.attempts.length >= most) return spent(deps.clock.now());

  const ended = (result: ActionResult, startedAt: number): Settlement =>
    settlementOf(run, result, { startedAt, endedAt: deps.clock.now(), most, delayAfter: callable.handler.delayAfter });
  const claimedAt = deps.clock.now();
  const view = await lookAt(deps, run, context);
  if ("outcome" in view) return ended(view, claimedAt);
  if (run.attempts.length === 0 && (await isSuperseded(deps.store.runs, run))) return skip("superseded", deps.clock.now());
  const placed = placedByNow(run, view, snapshot, deps.clock.now());
  if (placed) return placed;
  const reason = isPunctual(run, deps.clock.now()) ? null : await reasonAgainst(deps, run, context, view, snapshot);
  if (reason) return skip(reason, deps.clock.now());
  if (run.quotaDay === null) {
    const quota = quotaOf(definition, snapshot, deps.clock.now());
    if (quota && (await deps.store.runs.takeQuota(run, quota, deps.clock.now())) !== "granted") return null;
  }

  const startedAt = deps.clock.now();
  const input = inputOf(deps, run, context, view, snapshot, callable.document, startedAt, signal);
  return ended(await call(deps, callable.handler, input, run), startedAt);
}

function callableOf(handlers: ActionHandlers, { type, document }: ActionDefinition): Callable {
  // The table has one handler a type and the definition is of that type; TypeScript cannot follow the pair through the lookup.
  return { handler: handlers[type], document } as Callable;
}

/**
 * The date that it counts from may have changed since it was planned, also while it was being claimed, and so may the organization's zone:
 * then its time has not come, and it waits on as if nobody had claimed it.
 */
function placedByNow(run: ActionRun, view: RunView, { modulesOfRuns, organization }: Snapshot, now: number): Settlement | null {
  const { timing } = run;
  const module = modulesOfRuns.get(run.module);
  if (timing === null || module === undefined || run.attempts.length > 0 || view.deleted) return null;
  const due = dueOf(timing, view.record, { module, zone: organization.timeZone });
  if (due === null) return { status: "scheduled", reason: "dateEmpty", dueAt: null, attempt: null, at: now };
  return due > now ? { status: "scheduled", reason: null, dueAt: due, attempt: null, at: now } : null;
}

/** An immediate run on time: nothing can have come between. */
function isPunctual(run: ActionRun, now: number): boolean {
  return !run.timed && now - (run.dueAt ?? run.createdAt) <= LATE_MS;
}

/** Why a run that was claimed is not to be done after all. */
async function reasonAgainst(
  deps: ActDeps,
  run: ActionRun,
  context: EventContext,
  view: RunView,
  snapshot: Snapshot,
): Promise<RunReason | null> {
  if (run.timed && view.deleted && !run.outlivesRecord) return "recordDeleted";
  if (run.by === "schedule") return reasonAgainstTick(deps, run, snapshot);
  const module = snapshot.modulesOfRuns.get(run.module);
  const version = module && (await deps.definitions.ruleVersion(run.organization, module, run.rule.id, run.rule.version));
  if (!version) return "ruleInactive";
  const { set, rule } = version;
  const isOver = isTooLate(run.dueAt ?? run.createdAt, rule.document, set.zone, deps.clock.now());
  if (isOver && run.attempts.length === 0) return "missed";
  if (
    run.timed &&
    run.recheck &&
    run.attempts.every(couldNotLook) &&
    !blockStillHolds(version, run, context, view.record, deps.clock.now())
  )
    return "criteriaNotMet";
  return null;
}

/** Of a schedule that is gone, a tick that has come runs no more. */
function reasonAgainstTick(deps: ActDeps, run: ActionRun, { all, organization }: Snapshot): RunReason | null {
  const schedule = all.find(({ entry }) => entry.id === run.rule.id);
  if (schedule?.kind !== "Schedule" || schedule.entry.removed) return "ruleInactive";
  const now = deps.clock.now();
  const isOver = isTooLate(run.dueAt, schedule.document, organization.timeZone, now);
  return isOver && run.attempts.length === 0 ? "missed" : null;
}

function inputOf<D>(
  deps: ActDeps,
  run: ActionRun,
  context: EventContext,
  view: RunView,
  snapshot: Snapshot,
  definition: D,
  now: number,
  signal: AbortSignal,
): ActionInput<D> {
  const { event, previous } = context;
  const module = snapshot.modulesOfRuns.get(run.module);
  if (!module) throw new Error(`module ${run.module} of run ${run.id} is not defined any more`);
  return {
    definition,
    runId: run.id,
    attempt: run.attempts.length + 1,
    now,
    organization: snapshot.organization,
    module,
    modules: snapshot.modulesOfRuns,
    rule: run.by === "rule" ? run.rule : null,
    event,
    record: view.record,
    recordId: run.record,
    previous,
    user: snapshot.organization.users.find((user) => user.id === event.actor) ?? null,
    frozen: run.frozen,
    template: (name) => snapshot.template(run.module, name),
    ...deps.toolsFor(run, context),
    signal,
  };
}

/** What the run sees, or how the attempt failed because the host did not show it. */
async function lookAt(deps: ActDeps, run: ActionRun, context: EventContext): Promise<RunView | ActionResult> {
  try {
    return await deps.viewOf(run, context);
  } catch (error) {
    if (error instanceof HostRecordsError) return { outcome: "failed", error: error.message, retry: true, response: null };
    throw error;
  }
}

/**
 * A handler that throws is a defect of ours or of a host's code: the run fails like any other, and the log has the stack.
 * @throws RulewrightError overloaded where it could not begin, because the store cannot be reached
 */
async function call<K extends ActionKind>(
  deps: ActDeps,
  handler: ActionHandler<K>,
  input: ActionInput<DocumentOf<K>>,
  run: ActionRun,
): Promise<ActionResult> {
  try {
    return await handler.run(input);
  } catch (error) {
    if (error instanceof HostRecordsError) return { outcome: "failed", error: error.message, retry: true, response: null };
    if (isStoreAway(error)) throw error;
    deps.log.error({ err: error, run: run.id, action: run.action }, "an action failed unexpectedly");
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: "failed", error: `unexpected: ${message}`, retry: true, response: null };
  }
}

function skip(reason: RunReason, at: number): Settlement {
  return { status: "skipped", reason, dueAt: null, attempt: null, at };
}

function spent(at: number): Settlement {
  return { status: "failed", reason: null, dueAt: null, attempt: null, at };
}

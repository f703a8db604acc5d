import { decide, type PlannedExecution, type Situation } from "../decide/decide.ts";
import { isQuotaType, QUOTA_LIMITS } from "../model/action-type.ts";
import type { ActionDefinition } from "../model/definition.ts";
import type { RecordEvent } from "../model/event.ts";
import type { Module } from "../model/module.ts";
import type { ActionRun, Attempt } from "../model/run.ts";
import type { Decided, DecisionInputs, NewRun } from "../store/events.ts";
import type { QuotaRequest } from "../store/runs.ts";
import { dayOf, nextDay, startOfDay } from "../time/zone.ts";
import type { Snapshot } from "./definitions/snapshot.ts";
import { derivedId } from "./ids.ts";
import type { Slots } from "./slots.ts";

/** What the runs of one event are written with. */
export type Recording = {
  readonly event: RecordEvent;
  readonly module: Module;
  readonly snapshot: Snapshot;
  readonly leaseUntil: number;
  /** Runs that are due and have a free slot here are written already claimed by this process. */
  readonly slots: Pick<Slots, "tryTake">;
};

/** Decides an event and writes down what follows: its decision document and its runs, with ids that a repetition gives again. */
export function decideAndPlan(recording: Recording, inputs: DecisionInputs): Decided {
  const { event, snapshot, module } = recording;
  const situation = situationOf(event, inputs);
  const set = snapshot.ruleSet(module);
  const verdicts = decide(set, situation);
  const executions = verdicts.flatMap((verdict) => (verdict.fires ? verdict.executions : []));
  const written = executions.map((execution) => {
    const first = runId(event, execution, 1);
    return { execution, first, id: first.replace("run_", "exe_") };
  });
  const runs: NewRun[] = [];
  let waitsFor: string | null = null;
  for (const { execution, id, first } of written)
    for (const planned of execution.runs) {
      const ids = { execution: id, run: planned.n === 1 ? first : runId(event, execution, planned.n) };
      const run: NewRun = newRun(recording, execution, ids, planned, waitsFor);
      runs.push(run);
      // A field update settles before the next immediate action starts, so that this one sees the updated record.
      if (!planned.timed && planned.action.type === "fieldUpdate" && run.run.status !== "skipped") waitsFor = run.run.id;
    }
  return {
    decision: {
      generation: snapshot.generation.number,
      previous: event.previous === null ? situation.previous : null,
      stale: situation.stale,
      alreadyFired: [...inputs.alreadyFired],
      executions: written.map(({ execution, id }) => ({
        id,
        rule: execution.rule.reference,
        condition: execution.condition,
        runs: runs.filter(({ run }) => run.execution === id).map(({ run }) => ({ id: run.id, action: run.action, dueAt: run.dueAt })),
      })),
    },
    runs,
    firstTime: verdicts.flatMap(({ fires, rule: { reference } }) =>
      fires && set.firstTimeRules.includes(reference.id) ? [reference.id] : [],
    ),
  };
}

/** An edit without its own previous record is compared with the stored one, unless that is newer than the event. */
export function situationOf(event: RecordEvent, { stored, alreadyFired }: DecisionInputs): Situation {
  const stale = event.previous === null && stored !== null && stored.occurredAt > event.occurredAt;
  const comparable = stored !== null && !stored.deleted && !stale && event.type !== "created";
  return { event, previous: event.previous ?? (comparable ? stored.body : null), stale, alreadyFired };
}

function runId(event: RecordEvent, { rule, condition }: PlannedExecution, n: number): string {
  return derivedId("run", event.storedAt, [event.organization, event.id, rule.reference.id, condition, n]);
}

function newRun(
  recording: Recording,
  { rule, condition, loopStopped }: PlannedExecution,
  ids: { readonly execution: string; readonly run: string },
  planned: PlannedExecution["runs"][number],
  waitsFor: string | null,
): NewRun {
  const { event, snapshot, slots } = recording;
  const { storedAt } = event;
  const unsupported = planned.unsupported && !loopStopped;
  const skipped = loopStopped ? "loopStopped" : planned.missed && !unsupported ? "missed" : null;
  const { type, name } = planned.action;
  const isOver = skipped !== null || unsupported;
  const mayStart = !isOver && !planned.timed && waitsFor === null;
  const definition = mayStart ? snapshot.action(type, event.module, name) : null;
  const startsNow = definition !== null && slots.tryTake(type);
  // One literal, not copies of one: this is made for each run of each event.
  const run: ActionRun = {
    organization: event.organization,
    id: ids.run,
    execution: ids.execution,
    event: event.id,
    rule: rule.reference,
    module: event.module,
    record: event.recordId,
    condition,
    n: planned.n,
    action: planned.action,
    status: skipped ? "skipped" : unsupported ? "failed" : startsNow ? "running" : "scheduled",
    reason: skipped,
    dueAt: planned.dueAt,
    createdAt: storedAt,
    finishedAt: isOver ? storedAt : null,
    attempts: unsupported ? [notYet(storedAt)] : [],
    timed: planned.timed,
    recheck: planned.recheck,
    outlivesRecord: event.type === "deleted",
    waitsFor: planned.timed || isOver ? null : waitsFor,
    quotaDay: null,
    frozen: null,
    token: startsNow ? 1 : 0,
  };
  return startsNow
    ? { run, leaseUntil: recording.leaseUntil, quota: quotaOf(definition, snapshot, storedAt) }
    : { run, leaseUntil: null, quota: null };
}

/** Said by the log, so that rule files may hold today what a later version runs. */
function notYet(startedAt: number): Attempt {
  return {
    number: 1,
    startedAt,
    durationMs: 0,
    outcome: "failed",
    error: "times counted from a date field are not supported yet",
    response: null,
  };
}

/** What a run of this definition takes from the organization's day, or null where its type has no daily limit. */
export function quotaOf({ type, document }: ActionDefinition, { organization }: Snapshot, now: number): QuotaRequest | null {
  if (!isQuotaType(type)) return null;
  const day = dayOf(now, organization.timeZone);
  const defer = "onQuotaExceeded" in document && document.onQuotaExceeded === "defer";
  return {
    type,
    day,
    limit: organization.limits[QUOTA_LIMITS[type]],
    deferUntil: defer ? startOfDay(nextDay(day), organization.timeZone) : null,
  };
}

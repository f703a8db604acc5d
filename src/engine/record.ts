import { decide, occurrenceKey, type PlannedExecution, type Situation, type Verdict } from "../decide/decide.ts";
import { pendingKey, placedAnew } from "../decide/moves.ts";
import type { RuleSet } from "../decide/rule-set.ts";
import { isQuotaType, QUOTA_LIMITS } from "../model/action-type.ts";
import type { ActionDefinition } from "../model/definition.ts";
import type { RecordEvent } from "../model/event.ts";
import type { Module } from "../model/module.ts";
import { dateFieldOf, type ActionRun } from "../model/run.ts";
import type { Decided, DecisionInputs, NewRun } from "../store/events.ts";
import type { Move, QuotaRequest } from "../store/runs.ts";
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
  const overtaken = isOutdated(event, inputs) ? new Set(inputs.pending.map(pendingKey)) : NOTHING;
  const isGone = isOfDeleted(event, inputs);
  const runs: NewRun[] = [];
  let waitsFor: string | null = null;
  for (const { execution, id, first } of written)
    for (const planned of execution.runs) {
      const ids = { execution: id, run: planned.n === 1 ? first : runId(event, execution, planned.n) };
      const run: NewRun = newRun(recording, execution, ids, planned, { waitsFor, overtaken, isGone });
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
    firstTime: firstTimesOf(event, verdicts, set, inputs),
    moves: movesOf(recording, inputs, runs),
  };
}

const NOTHING: ReadonlySet<string> = new Set();

/** What is remembered, so that it never fires again: a rule that fires once for a record, or a date that has come, whatever was decided. */
function firstTimesOf(
  { occurrence }: RecordEvent,
  verdicts: readonly Verdict[],
  { firstTimeRules }: RuleSet,
  inputs: DecisionInputs,
): readonly string[] {
  if (occurrence !== null) return [occurrenceKey(occurrence)].filter((key) => !inputs.alreadyFired.has(key));
  return verdicts.flatMap(({ fires, rule: { reference } }) => (fires && firstTimeRules.includes(reference.id) ? [reference.id] : []));
}

/** The record has had a newer event than this one. What the clock brings is of the record as it is. */
function isOutdated(event: RecordEvent, { stored }: Pick<DecisionInputs, "stored">): boolean {
  return event.occurrence === null && stored !== null && stored.occurredAt > event.occurredAt;
}

/** The record has been deleted by a newer event than this one: what waits has nothing to wait for. */
function isOfDeleted(event: RecordEvent, { stored }: Pick<DecisionInputs, "stored">): boolean {
  return event.type !== "deleted" && stored !== null && stored.deleted && (event.occurrence !== null || isOutdated(event, { stored }));
}

/** Where the record's pending runs belong now: the rule that planned one may have fired anew, or the date that it counts from has changed. */
function movesOf({ event, module, snapshot }: Recording, inputs: DecisionInputs, runs: readonly NewRun[]): readonly Move[] {
  if (inputs.pending.length === 0 || event.type === "deleted" || isOutdated(event, inputs)) return [];
  const planned = new Set(
    runs.flatMap(({ run }) => (run.status === "scheduled" && dateFieldOf(run.timing) !== null ? [pendingKey(run)] : [])),
  );
  const context = { module, zone: snapshot.organization.timeZone };
  return inputs.pending.flatMap((run): readonly Move[] => {
    const { id, dueAt: from, timing } = run;
    if (planned.has(pendingKey(run))) return [{ run: id, from, to: { status: "skipped", reason: "superseded", at: event.storedAt } }];
    // A date that comes brings the record as it was looked at, which is no news of it.
    if (event.occurrence !== null) return [];
    const to = timing && placedAnew({ dueAt: from, timing }, event.record, context, event.storedAt);
    return to ? [{ run: id, from, to }] : [];
  });
}

/** An edit without its own previous record is compared with the stored one, unless that is newer than the event. */
export function situationOf(event: RecordEvent, { stored, alreadyFired }: DecisionInputs): Situation {
  // Nothing was edited when a date comes; the record may have been since it was looked at.
  if (event.occurrence !== null) return { event, previous: null, stale: false, alreadyFired, ...(stored && { newest: stored.body }) };
  const stale = event.previous === null && stored !== null && stored.occurredAt > event.occurredAt;
  const comparable = stored !== null && !stored.deleted && !stale && event.type !== "created";
  const newest = stored !== null && isOutdated(event, { stored }) ? { newest: stored.body } : {};
  return { event, previous: event.previous ?? (comparable ? stored.body : null), stale, alreadyFired, ...newest };
}

function runId(event: RecordEvent, { rule, condition }: PlannedExecution, n: number): string {
  return derivedId("run", event.storedAt, [event.organization, event.id, rule.reference.id, condition, n]);
}

function newRun(
  recording: Recording,
  { rule, condition, loopStopped }: PlannedExecution,
  ids: { readonly execution: string; readonly run: string },
  planned: PlannedExecution["runs"][number],
  { waitsFor, overtaken, isGone }: { readonly waitsFor: string | null; readonly overtaken: ReadonlySet<string>; readonly isGone: boolean },
): NewRun {
  const { event, snapshot, slots } = recording;
  const { storedAt } = event;
  const isOvertaken = dateFieldOf(planned.timing) !== null && overtaken.has(pendingKey({ rule: rule.reference, condition, n: planned.n }));
  const isOrphan = planned.timed && isGone;
  const skipped = loopStopped ? "loopStopped" : planned.missed ? "missed" : isOvertaken ? "superseded" : isOrphan ? "recordDeleted" : null;
  const { type, name } = planned.action;
  const isOver = skipped !== null;
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
    by: "rule",
    module: event.module,
    record: event.recordId,
    condition,
    n: planned.n,
    action: planned.action,
    status: skipped ? "skipped" : startsNow ? "running" : "scheduled",
    reason: skipped ?? (planned.dueAt === null ? "dateEmpty" : null),
    dueAt: planned.dueAt,
    createdAt: storedAt,
    finishedAt: isOver ? storedAt : null,
    attempts: [],
    timed: planned.timed,
    recheck: planned.recheck,
    timing: planned.timing,
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

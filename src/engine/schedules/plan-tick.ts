import type { ActionRun, Decision } from "../../model/run.ts";
import type { Decided } from "../../store/events.ts";
import { derivedId } from "../ids.ts";
import { quotaOf, type Recording } from "../record.ts";
import { schedulesOf, type RunnableSchedule } from "./schedules-of.ts";
import { isAsked } from "./tick.ts";

/** What a tick of a schedule leads to: one run of its function. Of a schedule that is gone: nothing. */
export function planTick(recording: Recording): Decided {
  const { event, snapshot } = recording;
  const schedule = schedulesOf(event.organization, snapshot).find(({ reference }) => reference.id === event.occurrence?.of);
  const decision: Decision = { generation: snapshot.generation.number, previous: null, stale: false, alreadyFired: [], executions: [] };
  if (!schedule) return { decision, runs: [], firstTime: [], moves: [] };
  const { run, ...claim } = newRun(recording, schedule);
  const { id, action, dueAt, execution } = run;
  const executions = execution === null ? [] : [{ id: execution, rule: schedule.reference, condition: 1, runs: [{ id, action, dueAt }] }];
  return { decision: { ...decision, executions }, runs: [{ run, ...claim }], firstTime: [], moves: [] };
}

function newRun({ event, snapshot, slots, leaseUntil }: Recording, { reference, document, module }: RunnableSchedule) {
  const id = derivedId("run", event.storedAt, [event.organization, event.id, reference.id, 1, 1]);
  const isMissed = event.occurrence?.missed ?? false;
  const definition = isMissed ? null : snapshot.action("customFunction", module.name, document.function);
  const startsNow = definition !== null && slots.tryTake("customFunction");
  const run: ActionRun = {
    organization: event.organization,
    id,
    execution: isAsked(event) ? null : id.replace("run_", "exe_"),
    event: event.id,
    rule: reference,
    by: "schedule",
    module: module.name,
    record: "",
    condition: 1,
    n: 1,
    action: { type: "customFunction", name: document.function },
    status: isMissed ? "skipped" : startsNow ? "running" : "scheduled",
    reason: isMissed ? "missed" : null,
    dueAt: event.occurredAt,
    createdAt: event.storedAt,
    finishedAt: isMissed ? event.storedAt : null,
    attempts: [],
    timed: false,
    recheck: false,
    timing: null,
    outlivesRecord: false,
    waitsFor: null,
    quotaDay: null,
    frozen: null,
    token: startsNow ? 1 : 0,
  };
  return startsNow ? { run, leaseUntil, quota: quotaOf(definition, snapshot, event.storedAt) } : { run, leaseUntil: null, quota: null };
}

import { ACTION_TYPES, type ActionType } from "../../../model/action-type.ts";
import type { Json } from "../../../model/json.ts";
import { dateFieldOf, RUN_STATUSES, wallZoneOf, type ActionRun, type Attempt, type RunReason, type RunStatus } from "../../../model/run.ts";
import type { RunDocument } from "../documents.ts";
import { keyById, keyOf, withoutOrganization } from "../ids.ts";
import { placementOf } from "./placement.ts";

/** What a new run is stored with beside itself. */
export type RunExtras = {
  readonly place: string;
  /** Of its event. */
  readonly asOf: string;
  readonly leaseUntil: number | null;
  readonly askedDay: string | null;
  /** Of whoever writes it already claimed. */
  readonly claim: string | null;
};

export function toDocument(run: ActionRun, { place, asOf, leaseUntil, askedDay, claim }: RunExtras): RunDocument {
  const running = run.status === "running";
  const wallZone = wallZoneOf(run.timing);
  return {
    _id: keyById(run),
    organization: run.organization,
    id: run.id,
    place,
    event: run.event,
    execution: run.execution,
    rule: run.rule,
    ...(run.by === "schedule" ? { planner: run.by } : {}),
    module: run.module,
    record: run.record,
    condition: run.condition,
    n: run.n,
    type: run.action.type,
    name: run.action.name,
    status: run.status,
    reason: run.reason,
    dueAt: run.dueAt,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    attempts: run.attempts.map((attempt) => JSON.stringify(attempt)),
    timed: run.timed,
    recheck: run.recheck,
    outlivesRecord: run.outlivesRecord,
    ...(run.waitsFor === null ? {} : { waitsFor: keyOf(run.organization, run.waitsFor) }),
    quotaDay: run.quotaDay,
    askedDay,
    again: 0,
    frozen: run.frozen === null ? null : JSON.stringify(run.frozen),
    token: run.token,
    claimedAt: running ? run.createdAt : null,
    ...(claim === null ? {} : { claim }),
    ...(run.timing === null ? {} : { timing: run.timing }),
    ...(dateFieldOf(run.timing) === null ? {} : { dated: keyOf(run.organization, run.module, run.record), asOf }),
    ...(wallZone === null ? {} : { wallZone }),
    ...placementOf({ status: run.status, dueAt: run.dueAt, waits: run.waitsFor !== null, leaseUntil }),
  };
}

export function toRun(document: RunDocument): ActionRun {
  const { organization, waitsFor } = document;
  return {
    organization,
    id: document.id,
    execution: document.execution,
    event: document.event,
    rule: document.rule,
    by: document.planner ?? "rule",
    module: document.module,
    record: document.record,
    condition: document.condition,
    n: document.n,
    action: { type: toActionType(document.type), name: document.name },
    status: toStatus(document.status),
    // Written by this adapter from a RunReason and by nothing else.
    reason: document.reason as RunReason | null,
    dueAt: document.dueAt,
    createdAt: document.createdAt,
    finishedAt: document.finishedAt,
    attempts: document.attempts.map(toAttempt),
    timed: document.timed,
    recheck: document.recheck,
    timing: document.timing ?? null,
    outlivesRecord: document.outlivesRecord,
    waitsFor: waitsFor === undefined ? null : withoutOrganization(waitsFor, organization),
    quotaDay: document.quotaDay,
    frozen: document.frozen === null ? null : (JSON.parse(document.frozen) as Json),
    token: document.token,
  };
}

function toAttempt(text: string): Attempt {
  return JSON.parse(text) as Attempt;
}

function toStatus(text: string): RunStatus {
  const status = RUN_STATUSES.find((known) => known === text);
  if (!status) throw new Error(`a run's status is "${text}", which this version does not know`);
  return status;
}

function toActionType(text: string): ActionType {
  const type = ACTION_TYPES.find((known) => known === text);
  if (!type) throw new Error(`a run's action type is "${text}", which this version does not know`);
  return type;
}

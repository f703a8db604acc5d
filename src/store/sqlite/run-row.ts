import { ACTION_TYPES, type ActionType } from "../../model/action-type.ts";
import type { Json } from "../../model/json.ts";
import {
  RUN_STATUSES,
  type ActionRun,
  type Attempt,
  type Planner,
  type RunReason,
  type RunStatus,
  type RunTiming,
} from "../../model/run.ts";

/** A row of `runs` with its event's id beside it. */
export type RunRow = {
  readonly seq: number;
  readonly id: string;
  readonly organization: string;
  readonly event: string;
  readonly event_seq: number;
  readonly execution: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly rule_version: number;
  readonly module: string;
  readonly record: string;
  readonly condition: number;
  readonly n: number;
  readonly action_type: string;
  readonly action_name: string;
  readonly status: string;
  readonly reason: string | null;
  readonly due_at: number | null;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly attempts: string;
  readonly timed: number;
  readonly recheck: number;
  readonly outlives_record: number;
  readonly waits_for: string | null;
  readonly quota_day: string | null;
  readonly frozen: string | null;
  readonly token: number;
  readonly claimed_at: number | null;
  readonly wake_at: number | null;
  readonly lease_until: number | null;
  readonly timing: string | null;
  readonly planner: string;
};

export const SELECT_RUN = "select runs.*, events.id as event from runs join events on events.seq = runs.event_seq";

export function toRun(row: RunRow): ActionRun {
  return {
    organization: row.organization,
    id: row.id,
    // A run without an execution has an empty one: the column was there first.
    execution: row.execution === "" ? null : row.execution,
    event: row.event,
    rule: { id: row.rule_id, name: row.rule_name, version: row.rule_version },
    by: toPlanner(row.planner),
    module: row.module,
    record: row.record,
    condition: row.condition,
    n: row.n,
    action: { type: toActionType(row.action_type), name: row.action_name },
    status: toStatus(row.status),
    // The column is written by this adapter from a RunReason and by nothing else.
    reason: row.reason as RunReason | null,
    dueAt: row.due_at,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    attempts: toAttempts(row.attempts),
    timed: row.timed === 1,
    recheck: row.recheck === 1,
    timing: row.timing === null ? null : (JSON.parse(row.timing) as RunTiming),
    outlivesRecord: row.outlives_record === 1,
    waitsFor: row.waits_for,
    quotaDay: row.quota_day,
    frozen: row.frozen === null ? null : toJson(row.frozen),
    token: row.token,
  };
}

/** Attempts as this adapter wrote them. */
export function toAttempts(text: string): readonly Attempt[] {
  return text === "[]" ? [] : (JSON.parse(text) as readonly Attempt[]);
}

function toJson(text: string): Json {
  return JSON.parse(text) as Json;
}

function toStatus(text: string): RunStatus {
  const status = RUN_STATUSES.find((known) => known === text);
  if (!status) throw new Error(`runs.status holds "${text}", which this version does not know`);
  return status;
}

export function toPlanner(text: string): Planner {
  if (text === "rule" || text === "schedule") return text;
  throw new Error(`runs.planner holds "${text}", which this version does not know`);
}

function toActionType(text: string): ActionType {
  const type = ACTION_TYPES.find((known) => known === text);
  if (!type) throw new Error(`runs.action_type holds "${text}", which this version does not know`);
  return type;
}

import type { RecordEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import type { RuleReference } from "../model/rule.ts";
import type { ActionRun, Attempt, Execution } from "../model/run.ts";
import type { Notification } from "../store/notifications.ts";

/** Instants as the public surface shows them: ISO 8601 in UTC with milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

// An attempt, a run, an execution, an event and a notification as every way in shows them.

/** Who planned it, and for which record: of what a schedule runs, `rule` and `record` are null, and only that has a `schedule`. */
export type PlannerView = {
  readonly rule: RuleReference | null;
  readonly schedule?: { readonly id: string; readonly name: string };
  readonly record: string | null;
};
export type AttemptView = Omit<Attempt, "startedAt"> & { readonly startedAt: string };
export type ActionRunView = Pick<ActionRun, "id" | "execution" | "event" | "module" | "action" | "status" | "reason"> &
  PlannerView & {
    readonly dueAt: string | null;
    readonly createdAt: string;
    readonly finishedAt: string | null;
    readonly attempts: readonly AttemptView[];
  };
export type ExecutionView<R = ActionRunView> = Omit<Execution, "firedAt" | "runs" | "rule" | "by" | "record"> &
  PlannerView & {
    readonly firedAt: string;
    readonly runs: readonly R[];
  };
export type EventView = {
  readonly id: string;
  readonly module: string;
  readonly type: string;
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly occurredAt: string;
  readonly storedAt: string;
  readonly actor: { readonly id: string } | null;
  readonly origin: RecordEvent["origin"];
};
export type NotificationView = Omit<Notification, "organization" | "createdAt"> & { readonly createdAt: string };

export function runView(run: ActionRun): ActionRunView {
  return {
    id: run.id,
    execution: run.execution,
    event: run.event,
    ...plannerView(run),
    module: run.module,
    action: run.action,
    status: run.status,
    reason: run.reason,
    dueAt: isoOrNull(run.dueAt),
    createdAt: iso(run.createdAt),
    finishedAt: isoOrNull(run.finishedAt),
    attempts: run.attempts.map((attempt) => ({ ...attempt, startedAt: iso(attempt.startedAt) })),
  };
}

export function executionView<R>(execution: Execution, showRun: (run: ActionRun) => R): ExecutionView<R> {
  const { id, event, module, condition, firedAt, runs } = execution;
  return { id, event, ...plannerView(execution), module, condition, firedAt: iso(firedAt), runs: runs.map(showRun) };
}

export function plannerView({ rule, by, record }: Pick<ActionRun, "rule" | "by" | "record">): PlannerView {
  return by === "rule" ? { rule, record } : { rule: null, schedule: { id: rule.id, name: rule.name }, record: null };
}

export function eventView(event: RecordEvent): EventView {
  const { id, module, type, record, previous, actor, origin } = event;
  return {
    id,
    module,
    type,
    record,
    previous,
    occurredAt: iso(event.occurredAt),
    storedAt: iso(event.storedAt),
    actor: actor === null ? null : { id: actor },
    origin,
  };
}

export function notificationView({ id, user, title, message, module, record, read, createdAt }: Notification): NotificationView {
  return { id, user, title, message, module, record, read, createdAt: iso(createdAt) };
}

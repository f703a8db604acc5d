import type { ActionReference } from "./action-type.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Duration } from "./duration.ts";
import type { ExecutionTime, RuleReference } from "./rule.ts";

export const RUN_STATUSES = ["scheduled", "running", "retrying", "succeeded", "failed", "skipped", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type TerminalStatus = "succeeded" | "failed" | "skipped" | "cancelled";

/** Why a run was skipped, or (`dateEmpty`) waits without a due time. */
export type RunReason =
  | "quotaExceeded"
  | "criteriaNotMet"
  | "recordDeleted"
  | "ruleInactive"
  | "missed"
  | "superseded"
  | "actionDisabled"
  | "noRecipient"
  | "loopStopped"
  | "dateEmpty";

/** One try of a run. `lost`: its worker stopped before it could say how it ended. */
export type Attempt = {
  readonly number: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: "succeeded" | "failed" | "skipped" | "lost";
  readonly error: string | null;
  /** What the other side answered, cut to a readable size: `{ status, body }` of a webhook, `{ accepted, rejected }` of a mail, `{ changes }` of a field update. */
  readonly response: JsonObject | null;
};

/**
 * The worker that held the run stopped without a word: the try counts, so that a run which kills its worker comes to an end.
 * @param before how many attempts there were
 */
export function lostAttempt(before: number, startedAt: number, now: number): Attempt {
  return {
    number: before + 1,
    startedAt,
    durationMs: now - startedAt,
    outcome: "lost",
    error: "the worker stopped before it could say how this attempt ended",
    response: null,
  };
}

/** What plans runs. */
export type Planner = "rule" | "schedule";

/** What a time-based run counts from, kept with it: it moves with that, by what the rule version said that planned it. */
export type RunTiming = {
  readonly execute: ExecutionTime;
  readonly grace: Duration;
  /** When the event occurred that planned it, ms. */
  readonly triggeredAt: number;
  /** The organization's zone by which it was planned. */
  readonly zone: string;
};

/** The date field that it counts from; null where it counts from the trigger. */
export function dateFieldOf(timing: RunTiming | null): string | null {
  return timing === null || timing.execute.of === "trigger" ? null : timing.execute.of;
}

/** The zone that its due time depends on; null where it is an exact duration after an instant. */
export function wallZoneOf(timing: RunTiming | null): string | null {
  if (timing === null) return null;
  const { execute } = timing;
  const duration = "after" in execute ? execute.after : execute.before;
  const isExact = execute.of === "trigger" && execute.at === undefined && ("minutes" in duration || "hours" in duration);
  return isExact ? null : timing.zone;
}

/** One action of one execution: when it is due, its attempts, its outcome. Instants are ms since the epoch. */
export type ActionRun = {
  readonly organization: string;
  readonly id: string;
  /** Null where a person asked for the action itself ("Save and Execute"). */
  readonly execution: string | null;
  readonly event: string;
  /** The rule version that planned it; of a schedule's run, the schedule's. */
  readonly rule: RuleReference;
  readonly by: Planner;
  readonly module: string;
  /** Empty where it is of no record. */
  readonly record: string;
  /** The block that matched, from 1. */
  readonly condition: number;
  /** Position in the block, from 1: immediate, then time-based actions. */
  readonly n: number;
  readonly action: ActionReference;
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  readonly dueAt: number | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly attempts: readonly Attempt[];
  /** Time-based: planned for later, looks at the record as it is when due. */
  readonly timed: boolean;
  /** A time-based run whose block's criteria must still hold when due. */
  readonly recheck: boolean;
  /** Null of an immediate run, and of one that a person has asked for again: that is due when asked for. */
  readonly timing: RunTiming | null;
  /** Planned by a `deleted` event: the record's deletion does not skip it. */
  readonly outlivesRecord: boolean;
  /** The field update that must settle before this run may start; null once it has. */
  readonly waitsFor: string | null;
  /** The organization's day on which its quota was taken; null where none was. */
  readonly quotaDay: string | null;
  /** What the first attempt sent, kept so that a retry sends the same. */
  readonly frozen: Json;
  /** Grows with every claim; a settle must bring the one it was claimed with. */
  readonly token: number;
};

export function isTerminal(status: RunStatus): status is TerminalStatus {
  return status === "succeeded" || status === "failed" || status === "skipped" || status === "cancelled";
}

/** One rule version that fired for one event, with its runs. */
export type Execution = {
  readonly id: string;
  readonly event: string;
  /** As of its runs, as is `by`. */
  readonly rule: RuleReference;
  readonly by: Planner;
  readonly module: string;
  readonly record: string;
  readonly condition: number;
  readonly firedAt: number;
  readonly runs: readonly ActionRun[];
};

/** What one event led to, written once: the inputs that are not in the event itself, and every execution and run. */
export type Decision = {
  /** The definitions that decided: rules, modules and organization of that generation. */
  readonly generation: number;
  /** The record that change tests compared with; null where the event brought its own or there was none. */
  readonly previous: JsonObject | null;
  /** The event is older than the stored record. */
  readonly stale: boolean;
  /** Rules that had fired for this record before and whose repeat setting asks for the first time only. */
  readonly alreadyFired: readonly string[];
  readonly executions: readonly {
    readonly id: string;
    readonly rule: RuleReference;
    readonly condition: number;
    readonly runs: readonly { readonly id: string; readonly action: ActionReference; readonly dueAt: number | null }[];
  }[];
};

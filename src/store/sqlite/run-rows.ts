import type Database from "better-sqlite3";
import { dateFieldOf, isTerminal, wallZoneOf, type ActionRun } from "../../model/run.ts";
import type { NewRun } from "../events.ts";
import type { QuotaCounter } from "./quota.ts";

/** Writes new runs inside the transaction of their event. */
export type RunWriter = (eventSeq: number, planned: NewRun) => ActionRun;

export function createRunWriter(db: Database.Database, quota: QuotaCounter): RunWriter {
  const insert = db.prepare(
    `insert into runs (id, organization, event_seq, execution, rule_id, rule_name, rule_version, module, record, condition, n,
       action_type, action_name, status, reason, due_at, created_at, finished_at, attempts, timed, recheck, outlives_record,
       waits_for, quota_day, frozen, token, claimed_at, wake_at, lease_until, timing, date_field, wall_zone, planner)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (eventSeq, planned) => {
    const run = withQuota(planned, quota);
    const running = run.status === "running";
    insert.run(
      run.id,
      run.organization,
      eventSeq,
      run.execution ?? "",
      run.rule.id,
      run.rule.name,
      run.rule.version,
      run.module,
      run.record,
      run.condition,
      run.n,
      run.action.type,
      run.action.name,
      run.status,
      run.reason,
      run.dueAt,
      run.createdAt,
      run.finishedAt,
      run.attempts.length === 0 ? "[]" : JSON.stringify(run.attempts),
      run.timed ? 1 : 0,
      run.recheck ? 1 : 0,
      run.outlivesRecord ? 1 : 0,
      run.waitsFor,
      run.quotaDay,
      run.token,
      running ? run.createdAt : null,
      running ? null : wakeAt(run),
      running ? planned.leaseUntil : null,
      run.timing && JSON.stringify(run.timing),
      dateFieldOf(run.timing),
      wallZoneOf(run.timing),
      run.by,
    );
    return run;
  };
}

// When a run that is not running has to be looked at: never where it is terminal or waits for a field update.
function wakeAt(run: ActionRun): number | null {
  return isTerminal(run.status) || run.waitsFor !== null ? null : run.dueAt;
}

function withQuota({ run, quota }: NewRun, counter: QuotaCounter): ActionRun {
  if (run.status !== "running" || !quota) return run;
  if (counter.take(run.organization, quota)) return { ...run, quotaDay: quota.day };
  return quota.deferUntil === null
    ? { ...run, status: "skipped", reason: "quotaExceeded", finishedAt: run.createdAt, token: 0 }
    : { ...run, status: "scheduled", dueAt: quota.deferUntil, token: 0 };
}

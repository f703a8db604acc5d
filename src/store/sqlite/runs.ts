import type Database from "better-sqlite3";
import { ACTION_TYPES } from "../../model/action-type.ts";
import { isTerminal, type ActionRun } from "../../model/run.ts";
import type { Claim, QuotaRequest, RunLedger, Settlement } from "../runs.ts";
import { createClaim } from "./claim.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { PendingRuns } from "./pending-runs.ts";
import type { QuotaCounter } from "./quota.ts";
import { createRunLists } from "./run-lists.ts";
import { SELECT_RUN, toRun, type RunRow } from "./run-row.ts";

export type RunLedgerParts = {
  readonly db: Database.Database;
  readonly commits: GroupCommit;
  readonly quota: QuotaCounter;
  readonly pending: PendingRuns;
};

export function createRunLedger({ db, commits, quota, pending }: RunLedgerParts): RunLedger {
  const claim = createClaim(db);
  const extend = db.prepare<[number, string, string, number]>(
    "update runs set lease_until = ? where organization = ? and id = ? and token = ? and status = 'running'",
  );
  const held = db.prepare<[string, string, number], RunRow>(
    `${SELECT_RUN} where runs.organization = ? and runs.id = ? and runs.token = ? and runs.status = 'running'`,
  );
  const counted = db.prepare<[string, number]>("update runs set quota_day = ? where seq = ?");
  const settle = db.prepare(
    `update runs set status = ?, reason = ?, due_at = iif(?, due_at, ?), finished_at = ?, wake_at = ?, lease_until = null,
       attempts = case when ? is null then attempts else json_insert(attempts, '$[#]', json(?)) end,
       frozen = case when ? is null then frozen else ? end
     where organization = ? and id = ? and token = ? and status = 'running'`,
  );
  // What almost every run comes to, at a third of the price: its only attempt ends it.
  const settleFirst = db.prepare<[string, string | null, number, string, string, string, number]>(
    `update runs set status = ?, reason = ?, finished_at = ?, lease_until = null, attempts = ?
     where organization = ? and id = ? and token = ? and status = 'running' and attempts = '[]'`,
  );
  const release = db.prepare<[string, string]>(
    `update runs set waits_for = null, wake_at = case when status in ('scheduled', 'retrying') then due_at end
     where organization = ? and waits_for = ?`,
  );
  const forgetApplied = db.prepare<[string, string, string]>(
    `update records set applied_runs = (select json_group_array(value) from json_each(applied_runs) where value <> ?)
     where seq = (select records.seq from records join runs using (organization, module) where organization = ? and runs.id = ? and records.id = runs.record)
       and applied_runs <> '[]'`,
  );
  const find = db.prepare<[string, string], RunRow>(`${SELECT_RUN} where runs.organization = ? and runs.id = ?`);
  const again = db.prepare<[number, number, string, string]>(
    `update runs set status = 'retrying', reason = null, due_at = ?, finished_at = null, quota_day = null, waits_for = null, wake_at = ?,
       timing = null, date_field = null, wall_zone = null
     where organization = ? and id = ?`,
  );
  const cancel = db.prepare<[number, string, string]>(
    `update runs set status = 'cancelled', reason = null, finished_at = ?, wake_at = null, waits_for = null
     where organization = ? and id = ?`,
  );
  // Asked before every claim: one statement, for each that begins costs more than the look at an index.
  const ends = ACTION_TYPES.flatMap((type) =>
    ["wake_at", "lease_until"].map(
      (column) => `select min(${column}) as at from runs where action_type = '${type}' and ${column} > @after`,
    ),
  );
  const next = db.prepare<[{ after: number }], { at: number | null }>(`select min(at) as at from (${ends.join(" union all ")})`);

  function takeQuota(mine: Claim, request: QuotaRequest, now: number): "granted" | "exceeded" | "lost" {
    const row = held.get(mine.organization, mine.id, mine.token);
    if (!row) return "lost";
    if (row.quota_day !== null) return "granted";
    if (quota.take(row.organization, request)) {
      counted.run(request.day, row.seq);
      return "granted";
    }
    const over = { attempt: null, at: now } as const;
    finish(
      mine,
      request.deferUntil === null
        ? { ...over, status: "skipped", reason: "quotaExceeded", dueAt: null }
        : { ...over, status: "scheduled", reason: null, dueAt: request.deferUntil },
    );
    return "exceeded";
  }

  function finish({ organization, id, token, action }: Claim, { status, reason, dueAt, attempt, frozen, at }: Settlement): boolean {
    const terminal = isTerminal(status);
    const only = terminal && attempt?.number === 1 && frozen === undefined;
    if (only && settleFirst.run(status, reason, at, `[${JSON.stringify(attempt)}]`, organization, id, token).changes === 1) {
      if (action.type === "fieldUpdate") ended(organization, id);
      return true;
    }
    const kept = frozen === undefined ? null : JSON.stringify(frozen);
    const tried = attempt && JSON.stringify(attempt);
    const [over, wake, finishedAt] = terminal ? [1, null, at] : [0, dueAt, null];
    const values = [status, reason, over, dueAt, finishedAt, wake, tried, tried, kept, kept];
    const done = settle.run(...values, organization, id, token).changes === 1;
    if (done && terminal && action.type === "fieldUpdate") ended(organization, id);
    return done;
  }

  // Only field updates are waited for, and only they leave their id with the record.
  function ended(organization: string, id: string): void {
    release.run(organization, id);
    forgetApplied.run(id, organization, id);
  }

  function change(organization: string, id: string, from: readonly string[], write: () => void): ActionRun | null {
    const row = find.get(organization, id);
    if (!row || !from.includes(row.status)) return null;
    write();
    const changed = find.get(organization, id);
    return changed ? toRun(changed) : null;
  }

  return {
    ...createRunLists(db),
    claim: (request) => commits.write(() => claim(request)),
    extend: (claims, leaseUntil) =>
      commits.write(() => claims.filter(({ organization, id, token }) => extend.run(leaseUntil, organization, id, token).changes === 0)),
    takeQuota: (mine, request, now) => commits.write(() => takeQuota(mine, request, now)),
    settle(mine, settlement) {
      const work = (): boolean => finish(mine, settlement);
      // The event's next action waits for a field update.
      return mine.action.type === "fieldUpdate" ? commits.write(work) : commits.writeSoon(work);
    },
    nextDue: async (after) => next.get({ after })?.at ?? null,
    async run(organization, id) {
      const row = find.get(organization, id);
      return row ? toRun(row) : null;
    },
    retry: (organization, id, now) =>
      commits.write(() =>
        change(organization, id, ["failed", "skipped", "cancelled", "retrying"], () => again.run(now, now, organization, id)),
      ),
    cancel: (organization, id, now) =>
      commits.write(() =>
        change(organization, id, ["scheduled", "retrying"], () => {
          cancel.run(now, organization, id);
          ended(organization, id);
        }),
      ),
    move: (organization, move) => commits.write(() => pending.move(organization, move)),
    ofOtherZone: async (organization, zone, limit) => pending.ofOtherZone(organization, zone, limit),
    usage: async (organization, day) => quota.usage(organization, day),
  };
}

import type Database from "better-sqlite3";
import { ACTION_TYPES, type ActionType } from "../../model/action-type.ts";
import { lostAttempt } from "../../model/run.ts";
import type { Claimed, ClaimRequest } from "../runs.ts";
import { createDueRuns, LIMIT } from "./due-runs.ts";
import { SELECT_RUN, toAttempts, toRun, type RunRow } from "./run-row.ts";

/** Takes what is due for one worker, inside a transaction. */
export function createClaim(db: Database.Database): (request: ClaimRequest) => readonly Claimed[] {
  const due = createDueRuns(db);
  const ended = db.prepare<[string, number, number], { seq: number }>(
    `select seq from runs where action_type = ? and lease_until <= ? order by lease_until, seq ${LIMIT}`,
  );
  const bySeq = db.prepare<[number], RunRow>(`${SELECT_RUN} where runs.seq = ?`);
  const take = db.prepare<[string, number, number, number]>(
    "update runs set status = 'running', token = token + 1, attempts = ?, claimed_at = ?, wake_at = null, lease_until = ? where seq = ?",
  );

  function next(type: ActionType, now: number, slots: number): readonly number[] {
    if (slots <= 0) return [];
    // What a dead worker held comes first: it has waited a lease already, and is never more than workers had slots for.
    const lost = ended.all(type, now, slots).map(({ seq }) => seq);
    return [...lost, ...due(type, now, slots - lost.length)];
  }

  return ({ now, leaseUntil, slots }) =>
    ACTION_TYPES.flatMap((type) => next(type, now, slots[type])).flatMap((seq) => {
      const row = bySeq.get(seq);
      if (!row) return [];
      const lost = row.status === "running";
      const attempts = lost ? withLost(row, now) : row.attempts;
      take.run(attempts, now, leaseUntil, seq);
      return [{ run: toRun({ ...row, attempts, status: "running", token: row.token + 1 }), lost }];
    });
}

function withLost(row: RunRow, now: number): string {
  const attempts = toAttempts(row.attempts);
  return JSON.stringify([...attempts, lostAttempt(attempts.length, row.claimed_at ?? row.created_at, now)]);
}

import type Database from "better-sqlite3";
import type { JobParameters } from "agenda";
import { stateRow, type JobRow, type StateRow } from "./job-row.ts";

/** What Agenda asks for, ms: due until `dueUntil`, or locked by somebody before `lockedBefore`, who is taken for dead. */
export type Wanted = { readonly name: string; readonly dueUntil: number; readonly lockedBefore: number };

export type Locking = {
  /** Is there one to lock? Reads only: a poll that finds nothing costs no transaction. */
  isNext(wanted: Wanted): boolean;
  /** Locks the next one, in one statement. */
  lockNext(wanted: Wanted, now: number, by: string | undefined): JobRow | null;
  /** Locks just this one, unless it is locked, disabled or due at another time by now. */
  lock(job: JobParameters, now: number, by: string | undefined): JobRow | null;
  /** Lets a job go that is still to run. */
  unlock(id: string): void;
  unlockAll(ids: readonly string[]): void;
  /** Writes what became of a job. False where it is not there any more. */
  saveState(job: JobParameters, by: string | undefined): boolean;
};

type Lock = { readonly now: number; readonly by: string | null };

// An index for each of the two, so that neither walks what waits for its time. Undated ones first, as everywhere in Agenda.
const NEXT = `
  select id from (
    select * from (
      select id, next_run_at, priority from agenda_jobs
      where name = @name and locked_at is null and next_run_at <= @dueUntil and disabled = 0
      order by next_run_at, priority desc limit 1
    )
    union all
    select * from (
      select id, next_run_at, priority from agenda_jobs
      where name = @name and locked_at <= @lockedBefore and disabled = 0
      order by next_run_at, priority desc limit 1
    )
  ) order by next_run_at, priority desc limit 1`;

export function createLocking(db: Database.Database): Locking {
  const next = db.prepare<[Wanted], { id: number }>(NEXT);
  const lockNext = db.prepare<[Wanted & Lock], JobRow>(
    `update agenda_jobs set locked_at = @now, last_modified_by = @by where id = (${NEXT}) returning *`,
  );
  const lock = db.prepare<[Lock & { id: string; name: string; nextRunAt: number | null }], JobRow>(
    `update agenda_jobs set locked_at = @now, last_modified_by = @by
     where id = @id and name = @name and locked_at is null and next_run_at is @nextRunAt and disabled = 0 returning *`,
  );
  const unlock = db.prepare<[string]>("update agenda_jobs set locked_at = null where id = ? and next_run_at is not null");
  const unlockAny = db.prepare<[string]>("update agenda_jobs set locked_at = null where id = ?");
  const saveState = db.prepare<[StateRow & { id: string; name: string; next_run_at: number | null; by: string | null }]>(
    `update agenda_jobs set locked_at = @locked_at, next_run_at = @next_run_at, last_run_at = @last_run_at,
       last_finished_at = @last_finished_at, failed_at = @failed_at, fail_count = @fail_count, fail_reason = @fail_reason,
       progress = @progress, last_modified_by = @by
     where id = @id and name = @name`,
  );

  return {
    isNext: (wanted) => next.get(wanted) !== undefined,
    lockNext: (wanted, now, by) => lockNext.get({ ...wanted, now, by: by ?? null }) ?? null,
    lock({ _id, name, nextRunAt }, now, by) {
      if (!_id) return null;
      return lock.get({ id: _id, name, nextRunAt: nextRunAt?.getTime() ?? null, now, by: by ?? null }) ?? null;
    },
    unlock: (id) => void unlock.run(id),
    unlockAll(ids) {
      for (const id of ids) unlockAny.run(id);
    },
    saveState(job, by) {
      const { _id: id = "", name, nextRunAt } = job;
      return saveState.run({ ...stateRow(job), id, name, next_run_at: nextRunAt?.getTime() ?? null, by: by ?? null }).changes === 1;
    },
  };
}

import type Database from "better-sqlite3";
import type { DebounceOptions, JobParameters } from "agenda";
import { uniquely } from "./conditions.ts";
import { plannedRow, settingsOf, stateRow, type JobRow, type PlannedRow } from "./job-row.ts";

/** Writes what somebody plans. To be called within a transaction, which is what makes single and unique jobs one. */
export type Planning = {
  /** The job as it is stored then; null where it was to be changed and is not there any more. */
  save(job: JobParameters, by: string | undefined): JobRow | null;
};

const PLANNED: readonly (keyof PlannedRow)[] = [
  "name",
  "type",
  "priority",
  "data",
  "next_run_at",
  "disabled",
  "settings",
  "last_modified_by",
];

export function createPlanning(db: Database.Database): Planning {
  const byId = db.prepare<[string, string], JobRow>("select * from agenda_jobs where id = ? and name = ?");
  const single = db.prepare<[string], JobRow>("select * from agenda_jobs where name = ? and type = 'single'");
  // What becomes of a job is none of a planner's business: it may run at this moment.
  const change = db.prepare<[PlannedRow & { id: number }], JobRow>(
    `update agenda_jobs set ${PLANNED.map((column) => `${column} = @${column}`).join(", ")} where id = @id returning *`,
  );
  const columns = [...PLANNED, "locked_at", "last_run_at", "last_finished_at", "failed_at", "fail_count", "fail_reason", "progress"];
  const insertion = db.prepare<[Omit<JobRow, "id">], JobRow>(
    `insert into agenda_jobs (${columns.join(", ")}) values (${columns.map((column) => `@${column}`).join(", ")}) returning *`,
  );

  function insert(job: JobParameters, by: string | undefined): JobRow {
    return written(insertion.get({ ...plannedRow(job, by), ...stateRow(job) }));
  }

  function update({ id }: JobRow, job: JobParameters, by: string | undefined): JobRow {
    return written(change.get({ ...plannedRow(job, by), id }));
  }

  function saveSingle(job: JobParameters, by: string | undefined): JobRow {
    const there = single.get(job.name);
    if (!there) return insert(job, by);
    // Due at once is what a new one is; one that is there keeps its time.
    const isDue = job.nextRunAt !== null && job.nextRunAt.getTime() <= Date.now();
    return update(there, isDue ? { ...job, nextRunAt: dateOf(there.next_run_at) } : job, by);
  }

  function saveUnique(job: JobParameters, key: Readonly<Record<string, unknown>>, by: string | undefined): JobRow {
    const { sql, values } = uniquely(job.name, key);
    const there = db.prepare<unknown[], JobRow>(`select * from agenda_jobs where ${sql} order by id limit 1`).get(...values);
    const debounce = job.uniqueOpts?.debounce;
    if (debounce) {
      const debounced = { ...job, ...(there ? debouncedAgain(there, debounce) : debouncedFirst(job, debounce)) };
      return there ? update(there, debounced, by) : insert(debounced, by);
    }
    if (!there) return insert(job, by);
    return job.uniqueOpts?.insertOnly ? there : update(there, job, by);
  }

  return {
    save(job, by) {
      if (job._id) {
        const there = byId.get(job._id, job.name);
        return there ? update(there, job, by) : null;
      }
      if (job.type === "single") return saveSingle(job, by);
      return job.unique ? saveUnique(job, job.unique, by) : insert(job, by);
    },
  };
}

type Debounced = { nextRunAt: Date | null; debounceStartedAt?: Date };

function debouncedFirst({ nextRunAt }: JobParameters, { strategy, delay }: DebounceOptions): Debounced {
  const now = Date.now();
  return { nextRunAt: strategy === "leading" ? nextRunAt : new Date(now + delay), debounceStartedAt: new Date(now) };
}

/** Leading: as it was planned first. Trailing: so long after now, unless it has been put off for too long. */
function debouncedAgain(there: JobRow, { strategy, delay, maxWait }: DebounceOptions): Debounced {
  const now = Date.now();
  const since = settingsOf(there).debounceStartedAt ?? now;
  if (strategy === "leading") return { nextRunAt: dateOf(there.next_run_at), debounceStartedAt: new Date(since) };
  if (maxWait && now - since >= maxWait) return { nextRunAt: new Date(now) };
  return { nextRunAt: new Date(now + delay), debounceStartedAt: new Date(since) };
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

function written(row: JobRow | undefined): JobRow {
  if (!row) throw new Error("a job that was just found or inserted is gone within one transaction");
  return row;
}

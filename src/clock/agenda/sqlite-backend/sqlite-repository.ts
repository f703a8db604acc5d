import type { JobParameters, JobRepository, JobRepositoryOptions, RemoveJobsOptions } from "agenda";
import type { SqliteAccess } from "./access.ts";
import { chosen } from "./conditions.ts";
import { toJob, type JobRow } from "./job-row.ts";
import { createLocking } from "./locking.ts";
import { createPlanning } from "./planning.ts";
import { createQuerying } from "./querying.ts";

/** Agenda's jobs in SQLite. What is written shares the transactions of the ledger. */
export function createSqliteRepository({ db, write }: SqliteAccess): JobRepository {
  const planning = createPlanning(db);
  const locking = createLocking(db);
  const querying = createQuerying(db);
  const byId = db.prepare<[string], JobRow>("select * from agenda_jobs where id = ?");
  const names = db.prepare<[], string>("select distinct name from agenda_jobs").pluck();
  const due = db.prepare<[number], number>("select count(*) from agenda_jobs where next_run_at < ?").pluck();

  /** Those that are meant; none where nothing says which. */
  async function forChosen(statement: string, options: RemoveJobsOptions): Promise<number> {
    const condition = chosen(options);
    if (!condition) return 0;
    return write(() => db.prepare(`${statement} where ${condition.sql}`).run(...condition.values).changes);
  }

  return {
    connect: async () => undefined,
    queryJobs: async (options) => querying.find(options),
    getJobsOverview: async () => querying.overview(),
    getDistinctJobNames: async () => names.all(),
    async getJobById(id) {
      const row = byId.get(id);
      return row ? toJob(row) : null;
    },
    getQueueSize: async () => due.get(Date.now()) ?? 0,
    removeJobs: (options) => forChosen("delete from agenda_jobs", options),
    disableJobs: (options) => forChosen("update agenda_jobs set disabled = 1", options),
    enableJobs: (options) => forChosen("update agenda_jobs set disabled = 0", options),
    purgeAllJobs: () => write(() => db.prepare("delete from agenda_jobs").run().changes),
    async saveJob<T>(job: JobParameters<T>, options: JobRepositoryOptions | undefined) {
      const row = await write(() => planning.save(job, options?.lastModifiedBy));
      // Jobs of a name carry one kind of data.
      return row ? (toJob(row) as JobParameters<T>) : job;
    },
    async saveJobState(job, options) {
      if (await write(() => locking.saveState(job, options?.lastModifiedBy))) return;
      // Agenda counts on it: a job that was removed meanwhile is not to start.
      throw new Error(`job ${job._id} (${job.name}) is not there any more`);
    },
    async lockJob(job, options) {
      const row = await write(() => locking.lock(job, Date.now(), options?.lastModifiedBy));
      return row ? toJob(row) : undefined;
    },
    async unlockJob({ _id }) {
      if (_id) await write(() => locking.unlock(_id));
    },
    async unlockJobs(ids) {
      await write(() => locking.unlockAll(ids));
    },
    async getNextJobToRun(name, nextScanAt, lockDeadline, now, options) {
      const wanted = { name, dueUntil: nextScanAt.getTime(), lockedBefore: lockDeadline.getTime() };
      if (!locking.isNext(wanted)) return undefined;
      const row = await write(() => locking.lockNext(wanted, (now ?? new Date()).getTime(), options?.lastModifiedBy));
      return row ? toJob(row) : undefined;
    },
  };
}

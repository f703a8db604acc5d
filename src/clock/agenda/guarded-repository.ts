import type { JobId, JobParameters, JobRepository } from "agenda";
import type { Trouble } from "../clock.ts";

export type GuardedRepository = {
  readonly repository: JobRepository;
  /** Locks nothing more, lets others have what is locked and has not run, and resolves once no call is under way. */
  close(): Promise<void>;
};

/**
 * The repository as Agenda's own loop is given it: nothing of it rejects. Agenda lets `unlockJob` float, whose rejection would end the
 * process; and a wake-up whose state cannot be written wakes all the same, as a hint may. What the store refuses is told by the polls.
 */
export function guardRepository(inner: JobRepository, trouble: Trouble): GuardedRepository {
  const held = new Set<JobId>();
  const polled = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  async function noted<T>(call: Promise<T>): Promise<T> {
    underWay.add(call);
    try {
      return await call;
    } finally {
      underWay.delete(call);
    }
  }

  /** A lock that is not let go of ends by itself, and a job that is not removed is forgotten later. */
  async function quietly(call: Promise<unknown>): Promise<void> {
    await noted(call).catch(() => undefined);
  }

  async function poll(...asked: Parameters<JobRepository["getNextJobToRun"]>): Promise<JobParameters | undefined> {
    const [name] = asked;
    const polling = `polling for ${name}`;
    polled.add(name);
    try {
      const job = await inner.getNextJobToRun(...asked);
      trouble.over(polling);
      if (job?._id) held.add(job._id);
      return job;
    } catch (error) {
      trouble.failed(polling, error);
      return undefined;
    } finally {
      polled.delete(name);
    }
  }

  const guarded: Partial<JobRepository> = {
    // Agenda polls on while a poll is under way, ever more on a store that does not answer.
    getNextJobToRun: async (...asked) => (closed || polled.has(asked[0]) ? undefined : noted(poll(...asked))),
    async saveJobState(job, options) {
      // Agenda's last word on a run of a job; the one at its start has the lock in it.
      if (job._id && !job.lockedAt) held.delete(job._id);
      await quietly(inner.saveJobState(job, options));
    },
    async unlockJob(job) {
      if (job._id) held.delete(job._id);
      await quietly(inner.unlockJob(job));
    },
    removeJobs: (options) => noted(inner.removeJobs(options)).catch(() => 0),
  };

  return {
    // A repository may be an instance, whose methods are its class's.
    repository: Object.assign(Object.create(inner) as JobRepository, guarded),
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
      if (held.size > 0) await quietly(inner.unlockJobs([...held]));
    },
  };
}

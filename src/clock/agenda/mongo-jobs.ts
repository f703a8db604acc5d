import { MongoJobRepository } from "@agendajs/mongo-backend";
import type { JobParameters, JobRepository, JobRepositoryOptions } from "agenda";
import { MongoServerError, type Db, type IndexDescription } from "mongodb";
import { WAKE, type JobStore } from "./job-store.ts";

/** The ledger's own connections, in whose database the jobs are. */
export type MongoAccess = {
  readonly db: Db;
  /** Makes a call of the driver, which may be made twice where its answer is lost. */
  calls<T>(name: string, work: () => Promise<T>): Promise<T>;
};

const COLLECTION = "agenda_jobs";

/**
 * Agenda's own index has the polls walk everything that waits under a name; these two do not. And it makes neither single jobs one nor unique
 * ones: two processes that plan at the same time would make two.
 */
const INDEXES: readonly IndexDescription[] = [
  { name: "next", key: { name: 1, lockedAt: 1, nextRunAt: 1, priority: -1 } },
  { name: "wake", key: { name: 1, "data.at": 1 }, unique: true, partialFilterExpression: { name: WAKE } },
  { name: "single", key: { name: 1 }, unique: true, partialFilterExpression: { type: "single" } },
];

/** Jobs in the ledger's own database: collection `agenda_jobs`. */
export async function mongoJobs({ db, calls }: MongoAccess): Promise<JobStore> {
  const collection = db.collection(COLLECTION);
  const inner = new MongoJobRepository({ mongo: db, db: { collection: COLLECTION }, ensureIndex: false });
  await inner.connect();

  async function saveJob<T>(job: JobParameters<T>, options: JobRepositoryOptions | undefined): Promise<JobParameters<T>> {
    const save = (): Promise<JobParameters<T>> => calls("save a job", () => inner.saveJob(job, options));
    // Somebody made it at the same moment: now it is found.
    return save().catch((error: unknown) => (isDuplicateKey(error) ? save() : Promise.reject(error)));
  }

  /** What Agenda asks in its loop, and we of it: a store that is away says so in the ledger's words. */
  const called: Partial<JobRepository> = {
    saveJob,
    queryJobs: (options) => calls("jobs", () => inner.queryJobs(options)),
    getNextJobToRun: (...wanted) => calls("next job", () => inner.getNextJobToRun(...wanted)),
    saveJobState: (job, options) => calls("state of a job", () => inner.saveJobState(job, options)),
    unlockJob: (job) => calls("unlock a job", () => inner.unlockJob(job)),
    unlockJobs: (ids) => calls("unlock jobs", () => inner.unlockJobs(ids)),
    removeJobs: (options) => calls("remove jobs", () => inner.removeJobs(options)),
  };

  const makeIndexes = (): Promise<unknown> => calls("indexes of jobs", () => collection.createIndexes([...INDEXES]));

  return {
    // The rest is its class's.
    repository: Object.assign(Object.create(inner) as JobRepository, called),
    async prepare() {
      try {
        await makeIndexes();
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // Doubled while somebody had taken the indexes away. All that is in there is made again.
        await calls("remove all jobs", () => collection.deleteMany());
        await makeIndexes();
      }
    },
    async forget(before) {
      await calls("forget wake-ups", () => collection.deleteMany({ name: WAKE, "data.at": { $lt: before } }));
    },
  };
}

function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11_000;
}

import type { JobParameters } from "agenda";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sqliteJobs } from "../../../src/clock/agenda/sqlite-backend/sqlite-jobs.ts";
import type { JobStore } from "../../../src/clock/agenda/job-store.ts";
import { openSqlite, type OpenSqlite } from "../../../src/store/sqlite/sqlite-store.ts";

let opened: OpenSqlite;
let store: JobStore;
/** Every statement that was run, as it was written. */
let ran: Set<string>;
beforeEach(() => {
  opened = openSqlite(":memory:");
  ran = new Set();
  const prepare = opened.db.prepare.bind(opened.db);
  const noting = Object.assign(Object.create(opened.db) as typeof opened.db, {
    prepare(sql: string) {
      const statement = prepare<unknown[]>(sql);
      for (const method of ["get", "all", "run"] as const) {
        const run = statement[method].bind(statement);
        Object.assign(statement, {
          [method](...values: unknown[]) {
            ran.add(sql);
            return run(...values);
          },
        });
      }
      return statement;
    },
  });
  store = sqliteJobs({ db: noting, write: opened.write });
});
afterEach(() => opened.store.close());

/** The plans of what was run, a line each. */
function plans(): readonly string[] {
  return [...ran].flatMap((sql) => {
    const bound = sql.replaceAll(/\?|@\w+/g, "1");
    return opened.db
      .prepare<[], { detail: string }>(`explain query plan ${bound}`)
      .all()
      .map(({ detail }) => detail);
  });
}

it("everything that Agenda asks in its loop, and we of it, goes by an index, whatever waits", async () => {
  const { repository } = store;
  const wakeUp: JobParameters = {
    name: "wake",
    type: "normal",
    priority: 0,
    nextRunAt: new Date(),
    data: { at: 5 },
    unique: { "data.at": 5 },
    uniqueOpts: { insertOnly: true },
  };
  await repository.saveJob(wakeUp, undefined);
  await repository.saveJob(wakeUp, undefined);
  const single: JobParameters = { name: "digests", type: "single", priority: 0, nextRunAt: new Date(), data: null };
  await repository.saveJob(single, undefined);
  await repository.saveJob(single, undefined);
  const job = await repository.getNextJobToRun("wake", new Date(), new Date(0), undefined, undefined);
  if (!job?._id) throw new Error("expected the job that was planned");
  await repository.saveJobState(job, undefined);
  await repository.unlockJob(job);
  await repository.unlockJobs([job._id]);
  await repository.saveJob({ ...job, priority: 1 }, undefined);
  await repository.getJobById(job._id);
  await repository.removeJobs({ id: job._id });
  await store.forget(9);
  expect(plans().filter((plan) => plan.startsWith("SCAN agenda_jobs"))).toEqual([]);
  expect(plans()).toContain("SEARCH agenda_jobs USING INDEX agenda_jobs_at (name=? AND <expr>=?)");
  expect(plans()).toContain("SEARCH agenda_jobs USING INDEX agenda_jobs_at (name=? AND <expr><?)");
});

it("a poll that finds nothing writes nothing", async () => {
  const { repository } = store;
  await repository.saveJob({ name: "wake", type: "normal", priority: 0, nextRunAt: new Date(Date.now() + 60_000), data: {} }, undefined);
  const changes = () => opened.db.prepare("select total_changes()").pluck().get();
  const before = changes();
  ran.clear();
  expect(await repository.getNextJobToRun("wake", new Date(), new Date(0), undefined, undefined)).toBeUndefined();
  expect(changes()).toBe(before);
  expect([...ran].filter((sql) => !/^\s*select/.test(sql))).toEqual([]);
});

import { MongoServerError } from "mongodb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mongoJobs } from "../../../src/clock/agenda/mongo-jobs.ts";
import type { JobStore } from "../../../src/clock/agenda/job-store.ts";
import { openMongo, type OpenMongo } from "../../../src/store/mongo/mongo-store.ts";
import { describeMongo, type Database } from "../../support/mongod-shared.ts";

await describeMongo((_kind, database) => {
  let own: Database;
  let processes: readonly OpenMongo[];
  let stores: readonly JobStore[];
  beforeEach(async () => {
    own = database();
    processes = await Promise.all([openMongo(own.url), openMongo(own.url), openMongo(own.url)]);
    stores = await Promise.all(processes.map((one) => mongoJobs(one)));
  });
  afterEach(async () => {
    await Promise.all(processes.map(({ store }) => store.close()));
    await own.drop();
  });

  const first = () => {
    const [one] = processes;
    if (!one) throw new Error("expected a process");
    return one.db.collection("agenda_jobs");
  };

  it("keeps unique and single jobs one each, though three processes plan them at the same moment", async () => {
    await Promise.all(stores.map((store) => store.prepare()));
    const plans = stores.flatMap(({ repository }) =>
      Array.from({ length: 100 }, async (_, n) => {
        const job = { name: "wake", type: "normal" as const, priority: 0, nextRunAt: new Date(), data: { at: n % 10 } };
        await repository.saveJob({ ...job, unique: { "data.at": n % 10 }, uniqueOpts: { insertOnly: true } }, undefined);
        await repository.saveJob({ name: `single-${n % 10}`, type: "single", priority: 0, nextRunAt: new Date(), data: null }, undefined);
      }),
    );
    await Promise.all(plans);
    expect(await first().countDocuments({ name: "wake" })).toBe(10);
    expect(await first().countDocuments({ type: "single" })).toBe(10);
  });

  it("finds what somebody else made at the same moment", async () => {
    const [one, other] = processes;
    if (!one || !other) throw new Error("expected two processes");
    const job = { name: "wake", type: "normal" as const, priority: 0, nextRunAt: new Date(), data: { at: 1 } };
    const unique = { unique: { "data.at": 1 }, uniqueOpts: { insertOnly: true } };
    const theirs = await mongoJobs(other);
    await theirs.prepare();
    const made = await theirs.repository.saveJob({ ...job, ...unique }, undefined);
    let calls = 0;
    const late = await mongoJobs({
      db: one.db,
      async calls(_name, work) {
        calls += 1;
        // As the server says where its own tries have lost the race.
        if (calls === 1) throw new MongoServerError({ message: "E11000 duplicate key error", code: 11_000 });
        return work();
      },
    });
    expect(await late.repository.saveJob({ ...job, ...unique }, undefined)).toMatchObject({ _id: made._id });
    expect(calls).toBe(2);
  });

  it("lets each job be locked by one of three processes that are after the same ones", async () => {
    const jobs = Array.from({ length: 60 }, (_, n) => ({
      name: "wake",
      type: "normal",
      priority: 0,
      nextRunAt: new Date(),
      data: { at: n },
    }));
    await first().insertMany(jobs);
    const locked = await Promise.all(
      stores.map(async ({ repository }) => {
        const got: unknown[] = [];
        for (;;) {
          const job = await repository.getNextJobToRun("wake", new Date(), new Date(0), undefined, undefined);
          if (!job) return got;
          got.push(job.data);
        }
      }),
    );
    expect(new Set(locked.flat().map((data) => JSON.stringify(data))).size).toBe(60);
    expect(locked.flat()).toHaveLength(60);
  });

  it("makes its indexes where somebody has doubled jobs without them: all that is there is made again", async () => {
    const [store] = stores;
    const copy = () => ({ name: "digests", type: "single", nextRunAt: new Date() });
    await first().insertMany([copy(), copy()]);
    await store?.prepare();
    expect(await first().countDocuments()).toBe(0);
    expect((await first().indexes()).map(({ name }) => name)).toEqual(["_id_", "next", "wake", "single"]);
    // Again, nothing is lost.
    await first().insertOne(copy());
    await store?.prepare();
    expect(await first().countDocuments()).toBe(1);
  });

  it("polls and plans by its indexes, and locks one at a time of what waits, however much that is", async () => {
    const [store] = stores;
    await store?.prepare();
    const waiting = Array.from({ length: 3000 }, (_, n) => ({
      name: "wake",
      type: "normal",
      priority: 0,
      data: { at: n },
      nextRunAt: new Date(Date.now() + 60_000 + n),
      lockedAt: null,
      disabled: null,
    }));
    await first().insertMany(waiting);
    const scan = new Date(Date.now() + 1000);
    const deadline = new Date(Date.now() - 4000);
    const poll = {
      name: "wake",
      disabled: { $ne: true },
      $or: [{ lockedAt: { $eq: null }, nextRunAt: { $lte: scan } }, { lockedAt: { $lte: deadline } }],
    };
    const sort = { nextRunAt: 1, priority: -1 } as const;
    const explained = await first().find(poll).sort(sort).explain("executionStats");
    expect(explained).toMatchObject({ executionStats: { totalDocsExamined: 0 } });
    const found = await first().find({ name: "wake", "data.at": 5 }).explain("executionStats");
    expect(found).toMatchObject({ executionStats: { totalKeysExamined: 1, totalDocsExamined: 1 } });
  });
});

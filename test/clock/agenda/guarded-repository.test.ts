import type { JobParameters, JobRepository } from "agenda";
import { afterEach, beforeEach, expect, it } from "vitest";
import { guardRepository } from "../../../src/clock/agenda/guarded-repository.ts";
import { told, type Place, type Told } from "./place.ts";
import { sqlitePlace } from "./places.ts";

const MINUTE = 60_000;

let place: Place;
let repository: JobRepository;
let trouble: Told;
beforeEach(async () => {
  place = await sqlitePlace();
  ({ repository } = await place.openJobs());
  trouble = told();
});
afterEach(() => place.close());

const poll = (of: JobRepository) => of.getNextJobToRun("wake", new Date(), new Date(Date.now() - MINUTE), undefined, undefined);

async function save(at: number): Promise<JobParameters> {
  return repository.saveJob({ name: "wake", type: "normal", priority: 0, nextRunAt: new Date(), data: { at } }, undefined);
}

/** A repository of a store that is away: what it is asked goes unanswered. */
function away(): JobRepository {
  const refuse = () => Promise.reject(new Error("the store is away"));
  const refused: Partial<JobRepository> = {
    getNextJobToRun: refuse,
    saveJobState: refuse,
    unlockJob: refuse,
    unlockJobs: refuse,
    removeJobs: refuse,
  };
  return { ...repository, ...refused };
}

it("rejects nothing that Agenda asks in its loop, and tells of it by the polls", async () => {
  const job = await save(1);
  const guard = guardRepository(away(), trouble);
  expect(await poll(guard.repository)).toBeUndefined();
  await guard.repository.saveJobState(job, undefined);
  await guard.repository.unlockJob(job);
  expect(await guard.repository.removeJobs({ name: "wake" })).toBe(0);
  expect(trouble.lines).toEqual(["polling for wake failed"]);
  await guard.close();
});

it("passes on what is asked and answered", async () => {
  const guard = guardRepository(repository, trouble);
  const { _id: id = "" } = await save(1);
  expect(await poll(guard.repository)).toMatchObject({ _id: id, data: { at: 1 } });
  expect(await guard.repository.getJobById(id)).toMatchObject({ lockedAt: expect.any(Date) });
  expect(await guard.repository.removeJobs({ id })).toBe(1);
  expect(trouble.lines).toEqual([]);
});

it("lets go of what is locked and has not come to its end when it closes, and of nothing else", async () => {
  const guard = guardRepository(repository, trouble);
  await Promise.all([save(1), save(2), save(3)]);
  const [ended, held] = [await poll(guard.repository), await poll(guard.repository)];
  if (!ended || !held) throw new Error("expected two jobs");
  const { lockedAt: _lockedAt, ...over } = ended;
  await guard.repository.saveJobState({ ...over, nextRunAt: null }, undefined);
  const another = await poll(repository);
  await guard.close();
  const { jobs } = await repository.queryJobs({ sort: { data: "asc" } });
  const locked = jobs.filter(({ lockedAt }) => lockedAt).map(({ _id }) => _id);
  expect(locked).toEqual([another?._id]);
  expect(await poll(guard.repository)).toBeUndefined();
});

it("polls once at a time for a name, however long the store takes", async () => {
  let answer = (): void => undefined;
  const answered = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
  const polls: string[] = [];
  const slow: JobRepository = {
    ...repository,
    getNextJobToRun(name) {
      polls.push(name);
      return answered;
    },
  };
  const guard = guardRepository(slow, trouble);
  const first = poll(guard.repository);
  expect(await poll(guard.repository)).toBeUndefined();
  const other = guard.repository.getNextJobToRun("digests", new Date(), new Date(), undefined, undefined);
  expect(polls).toEqual(["wake", "digests"]);
  answer();
  await Promise.all([first, other]);
  await poll(guard.repository);
  expect(polls).toEqual(["wake", "digests", "wake"]);
});

it("waits for calls under way when it closes, and lets go of what they lock", async () => {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const slow: JobRepository = {
    ...repository,
    async getNextJobToRun(...wanted) {
      await answered;
      return repository.getNextJobToRun(...wanted);
    },
  };
  await save(1);
  const guard = guardRepository(slow, trouble);
  const polled = poll(guard.repository);
  const closed = guard.close();
  answer();
  await Promise.all([polled, closed]);
  expect(await place.jobs()).toMatchObject([{ isLocked: false }]);
});

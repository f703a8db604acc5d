import type { JobRepository } from "agenda";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openAgenda } from "../../../src/clock/agenda/open-agenda.ts";
import { happenings, hastyClock, told, type Place, type Told } from "./place.ts";
import { sqlitePlace } from "./places.ts";

const SECOND = 1000;

let place: Place;
let trouble: Told;
beforeEach(async () => {
  place = await sqlitePlace();
  trouble = told();
});
afterEach(() => place.close());

it("wakes, and says nothing of its own, where the state of a job takes the store longer to write than its lock lasts", async () => {
  const jobs = await place.openJobs();
  const woken = happenings<number>();
  const slow: JobRepository = {
    ...jobs.repository,
    async saveJobState(...state) {
      // Agenda takes the job for dead meanwhile.
      await new Promise<void>((resolve) => setTimeout(resolve, 7 * SECOND));
      await jobs.repository.saveJobState(...state);
    },
  };
  const work = { clock: hastyClock, onWake: () => woken.add(Date.now()), recurring: [], trouble };
  const agenda = await openAgenda({ ...jobs, repository: slow }, work);
  await agenda.plan(Date.now() + SECOND);
  await woken.reached(1);
  expect(trouble.lines).toEqual([]);
  await agenda.close();
}, 30_000);

it("makes what is to be there before it runs anything, and runs nothing where that fails", async () => {
  const jobs = await place.openJobs();
  const polls: string[] = [];
  const noted: JobRepository = {
    ...jobs.repository,
    getNextJobToRun(...wanted) {
      polls.push(wanted[0]);
      return jobs.repository.getNextJobToRun(...wanted);
    },
  };
  const recurring = [{ name: "digests", everyMs: SECOND, work: async () => undefined }];
  const work = { clock: hastyClock, onWake: () => undefined, recurring, trouble };
  const prepare = () => Promise.reject(new Error("the store is away"));
  await expect(openAgenda({ ...jobs, repository: noted, prepare }, work)).rejects.toThrow("the store is away");
  expect(polls).toEqual([]);
  const agenda = await openAgenda({ ...jobs, repository: noted }, work);
  expect(await place.jobs()).toMatchObject([{ name: "digests" }]);
  expect(polls).toEqual(["wake", "digests"]);
  await agenda.close();
});

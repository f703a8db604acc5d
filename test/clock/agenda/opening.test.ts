import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAgendaWakeUps } from "../../../src/clock/agenda/agenda-wake-ups.ts";
import type { JobStore } from "../../../src/clock/agenda/job-store.ts";
import type { WakeUps } from "../../../src/clock/clock.ts";
import { happenings, startProcess, told, type Place } from "./place.ts";
import { sqlitePlace } from "./places.ts";

const SECOND = 1000;

let place: Place;
let wakeUps: WakeUps | null;
beforeEach(async () => {
  place = await sqlitePlace();
  wakeUps = null;
});
afterEach(async () => {
  await wakeUps?.stop();
  await place.close();
});

it("is tried again until it succeeds, and what was asked for meanwhile is not lost", async () => {
  const tries = happenings<number>();
  const failing: readonly (() => Promise<JobStore>)[] = [
    () => Promise.reject(new Error("the store is away")),
    async () => ({ ...(await place.openJobs()), prepare: () => Promise.reject(new Error("the store is away")) }),
    async () => ({ ...(await place.openJobs()), forget: () => Promise.reject(new Error("the store is away")) }),
  ];
  const started = startProcess(() => {
    tries.add(tries.all.length);
    return (failing[tries.all.length - 1] ?? place.openJobs)();
  });
  wakeUps = started.wakeUps;
  wakeUps.at(Date.now() + SECOND);
  await started.woken.reached(1);
  expect(tries.all).toHaveLength(4);
  expect(started.trouble.lines).toEqual(["opening Agenda failed", "opening Agenda over"]);
});

it("is begun once, however long the store takes", async () => {
  const openJobs = vi.fn<() => Promise<JobStore>>(() => new Promise(() => undefined));
  const tasks: (() => void)[] = [];
  const every = (_ms: number, task: () => void) => {
    tasks.push(task);
    return () => undefined;
  };
  const slow = createAgendaWakeUps({ clock: { now: Date.now, every }, openJobs });
  slow.start(() => undefined, [], told());
  for (let time = 0; time < 3; time++) for (const task of tasks) task();
  await vi.waitFor(() => expect(openJobs).toHaveBeenCalled());
  for (const task of tasks) task();
  expect(openJobs).toHaveBeenCalledTimes(1);
});

it("asks nothing of the store where it is stopped before", async () => {
  const openJobs = vi.fn<() => Promise<JobStore>>(place.openJobs);
  const { wakeUps: brief } = startProcess(openJobs);
  await brief.stop();
  expect(openJobs).not.toHaveBeenCalled();
});

it("does not hold up who stops while the store hangs, and lets go of what opens afterwards", async () => {
  let answer: (jobs: JobStore) => void = () => undefined;
  const openJobs = vi.fn<() => Promise<JobStore>>(() => new Promise((resolve) => (answer = resolve)));
  const { wakeUps: hanging, woken } = startProcess(openJobs);
  await vi.waitFor(() => expect(openJobs).toHaveBeenCalled());
  hanging.at(Date.now() + SECOND);
  const began = Date.now();
  await hanging.stop();
  expect(Date.now() - began).toBeLessThan(3 * SECOND);
  answer(await place.openJobs());
  // Another wakes for what it asks, and the one that stopped takes nothing of it away.
  const other = startProcess(place.openJobs);
  wakeUps = other.wakeUps;
  other.wakeUps.at(Date.now() + SECOND);
  await other.woken.reached(1);
  expect(woken.all).toEqual([]);
});

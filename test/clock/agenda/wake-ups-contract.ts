import { describe, expect, it, vi } from "vitest";
import type { Recurring, WakeUps } from "../../../src/clock/clock.ts";
import { happenings, hastyClock, startProcess, told, type Happenings, type Place, type StoredJob, type Woken } from "./place.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Within which everything that is asked for has to be there, and a wake-up after its instant. */
const SOON = { timeout: 10_000, interval: 20 };
const LATE = 2 * SECOND;

/** One test's store, with what happens on it. */
type Scene = {
  readonly place: Place;
  readonly woken: Happenings<Woken>;
  /** Starts a process of its own. */
  start(who: string, recurring?: readonly Recurring[]): WakeUps;
  /** Resolves when the jobs are as they should be. */
  jobs(check: (jobs: readonly StoredJob[]) => void): Promise<void>;
  /** Resolves when there are wake-ups for just these instants. */
  stored(...instants: readonly number[]): Promise<void>;
};

/** What holds for wake-ups by Agenda, wherever its jobs are. They run on real time, so all at once. */
export function wakeUpsContract(open: () => Promise<Place>): void {
  it.concurrent(
    "wakes one of the processes, once, at the full second after an instant, however often and by whomever it is asked for",
    scene(async ({ start, woken, stored }) => {
      const processes = [start("one"), start("other")];
      const [first, second] = [fullSecond(2), fullSecond(3)];
      for (let time = 0; time < 10; time++)
        for (const wakeUps of processes) for (const ms of [0, 1, 999]) for (const at of [first, second]) wakeUps.at(at - ms);
      await stored(first, second);
      await woken.reached(2);
      for (const [n, at] of [first, second].entries()) expect(woken.all[n]?.at).toSatisfy(between(at, at + SECOND));
      // Nothing is left behind that could wake again.
      await stored();
      expect(woken.all).toHaveLength(2);
    }),
  );

  it.concurrent(
    "wakes soon after each of two hundred instants, and once a second at most",
    scene(async ({ start, woken, stored }) => {
      const processes = [start("one"), start("other")];
      const from = Date.now() + 1500;
      const asked = Array.from({ length: 200 }, (_, n) => from + n * 15);
      for (const [n, at] of asked.entries()) processes[n % 2]?.at(at);
      const seconds = [...new Set(asked.map((at) => Math.ceil(at / SECOND) * SECOND))];
      await woken.reached(seconds.length);
      await stored();
      expect(woken.all).toHaveLength(seconds.length);
      for (const at of asked) expect(woken.all.some((one) => between(at, at + SECOND + LATE)(one.at))).toBe(true);
    }),
  );

  it.concurrent(
    "wakes at once for what is due",
    scene(async ({ start, woken }) => {
      start("one").at(Date.now() - 2 * SECOND);
      expect(woken.all).toHaveLength(1);
    }),
  );

  it.concurrent(
    "goes by the store's clock, however far this machine's is from it",
    scene(async ({ place, woken, stored }) => {
      const ahead = 300 * SECOND;
      const clock = { ...hastyClock, now: () => Date.now() + ahead };
      const { wakeUps } = startProcess(place.openJobs, { woken, clock });
      const at = fullSecond(2);
      wakeUps.at(at + ahead);
      await stored(at + ahead);
      await woken.reached(1);
      await wakeUps.stop();
      expect(woken.all[0]?.at).toSatisfy(between(at, at + LATE));
    }),
  );

  it.concurrent(
    "keeps no job of what is more than an hour ahead",
    scene(async ({ start, jobs }) => {
      const one = start("one");
      const near = fullSecond(3500);
      one.at(fullSecond(3602));
      one.at(near);
      await jobs((all) => expect(all.map(({ at }) => at)).toEqual([near]));
    }),
  );

  it.concurrent(
    "wakes another process where the one that asked is gone",
    scene(async ({ start, woken, stored }) => {
      const one = start("one");
      const at = fullSecond(2);
      one.at(at);
      await stored(at);
      await one.stop();
      start("other");
      await woken.reached(1);
      expect(woken.all).toMatchObject([{ who: "other" }]);
    }),
  );

  it.concurrent(
    "lets others have at once what it has locked when it stops",
    scene(async ({ start, woken, jobs }) => {
      const one = start("one");
      const at = fullSecond(2);
      one.at(at);
      await jobs((all) => expect(all.map(({ isLocked }) => isLocked)).toEqual([true]));
      await one.stop();
      await jobs((all) => expect(all.map(({ isLocked }) => isLocked)).toEqual([false]));
      start("other");
      await woken.reached(1);
      // Not only when the lock would have ended.
      expect(woken.all[0]?.at).toBeLessThan(at + LATE);
    }),
  );

  it.concurrent(
    "puts back what somebody deleted: work that recurs, and instants once they are asked for again",
    scene(async ({ place, start, jobs }) => {
      const one = start("one", [digests(HOUR)]);
      const at = fullSecond(60);
      one.at(at);
      const both = (all: readonly StoredJob[]) => expect(all.map(({ name }) => name).toSorted()).toEqual(["digests", "wake"]);
      await jobs(both);
      await place.deleteJobs();
      await jobs((all) => {
        one.at(at);
        both(all);
      });
    }),
  );

  it.concurrent(
    "takes a doubled job for what it is: one more wake-up",
    scene(async ({ place, start, woken, stored }) => {
      const at = fullSecond(1);
      start("one").at(at);
      await stored(at);
      await saveWakeUp(await place.openJobs(), at + 1);
      await woken.reached(2);
      await stored();
      expect(woken.all).toHaveLength(2);
    }),
  );

  it.concurrent(
    "forgets wake-ups of the past when it opens",
    scene(async ({ place, start, woken, stored }) => {
      const store = await place.openJobs();
      await store.prepare();
      for (let n = 0; n < 50; n++) await saveWakeUp(store, fullSecond(-600 + n));
      start("one");
      await stored();
      expect(woken.all).toEqual([]);
    }),
  );

  it.concurrent(
    "wakes nobody once stopped, whatever is asked for",
    scene(async ({ start, woken, stored }) => {
      const one = start("one");
      const [at, later] = [fullSecond(2), fullSecond(60)];
      one.at(at);
      await stored(at);
      await one.stop();
      one.at(fullSecond(50));
      one.at(Date.now() - 1);
      // Whoever comes later has only what was asked for before.
      start("other").at(later);
      await woken.reached(1);
      expect(woken.all).toMatchObject([{ who: "other" }]);
      await stored(later);
    }),
  );

  describe("work that recurs", () => {
    it.concurrent(
      "is done by one process each time, every so often",
      scene(async ({ start, jobs }) => {
        const begun = happenings<number>();
        const work = async () => begun.add(Date.now());
        const asked = Date.now();
        start("one", [digests(SECOND, work)]);
        await jobs((all) => expect(all).toHaveLength(1));
        start("other", [digests(SECOND, work)]);
        await begun.reached(4);
        for (const [n, at] of begun.all.entries()) expect(at - (begun.all[n - 1] ?? asked)).toBeGreaterThan(0.9 * SECOND);
        await jobs((all) => expect(all).toHaveLength(1));
      }),
    );

    it.concurrent(
      "comes at its time, however often processes start",
      scene(async ({ place, start, woken, jobs }) => {
        start("one", [digests(HOUR)]);
        await jobs((all) => expect(all).toHaveLength(1));
        const before = await place.jobs();
        expect(before[0]?.nextRunAt).toSatisfy(between(Date.now() + HOUR - 10 * SECOND, Date.now() + HOUR));
        // Its wake-up shows that it has looked at the jobs.
        start("other", [digests(HOUR)]).at(fullSecond(1));
        await woken.reached(1);
        await jobs((all) => expect(all).toEqual(before));
      }),
    );

    it.concurrent(
      "is planned anew where it is to come at another interval",
      scene(async ({ start, jobs }) => {
        start("one", [digests(HOUR)]);
        await jobs((all) => expect(all).toHaveLength(1));
        start("other", [digests(24 * HOUR)]);
        await jobs((all) => expect(all[0]?.nextRunAt).toBeGreaterThan(Date.now() + 23 * HOUR));
        await jobs((all) => expect(all).toHaveLength(1));
      }),
    );

    it.concurrent(
      "is told where it fails, and comes again",
      scene(async ({ place }) => {
        const begun = happenings<number>();
        const work = async () => {
          begun.add(Date.now());
          if (begun.all.length === 1) throw new Error("no");
        };
        const { wakeUps, trouble } = startProcess(place.openJobs, { recurring: [digests(SECOND, work)] });
        await begun.reached(2);
        await vi.waitFor(() => expect(trouble.lines).toEqual(["digests failed", "digests over"]), SOON);
        await wakeUps.stop();
      }),
    );
  });

  function scene(play: (scene: Scene) => Promise<void>): () => Promise<void> {
    return async () => {
      const place = await open();
      const woken = happenings<Woken>();
      const trouble = told();
      const running: WakeUps[] = [];
      const jobs = (check: (jobs: readonly StoredJob[]) => void) => vi.waitFor(async () => check(await place.jobs()), SOON);
      const instants = (all: readonly StoredJob[]) =>
        all
          .filter(({ name }) => name === "wake")
          .map(({ at }) => at ?? 0)
          .toSorted((a, b) => a - b);
      try {
        await play({
          place,
          woken,
          start(who, recurring = []) {
            const { wakeUps } = startProcess(place.openJobs, { who, woken, recurring, trouble });
            running.push(wakeUps);
            return wakeUps;
          },
          jobs,
          stored: (...wanted) => jobs((all) => expect(instants(all)).toEqual(wanted)),
        });
      } finally {
        await Promise.all(running.map((wakeUps) => wakeUps.stop()));
        await place.close();
      }
      expect(trouble.lines).toEqual([]);
    };
  }
}

/** The full second that is so many seconds after the one to come. */
function fullSecond(ahead: number): number {
  return (Math.ceil(Date.now() / SECOND) + ahead) * SECOND;
}

function between(first: number, last: number): (instant: number) => boolean {
  return (instant) => instant >= first && instant <= last;
}

function digests(everyMs: number, work: () => Promise<void> = async () => undefined): Recurring {
  return { name: "digests", everyMs, work };
}

async function saveWakeUp({ repository }: Awaited<ReturnType<Place["openJobs"]>>, at: number): Promise<void> {
  await repository.saveJob({ name: "wake", type: "normal", priority: 0, nextRunAt: new Date(at), data: { at } }, undefined);
}

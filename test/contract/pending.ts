import { describe, expect, it } from "vitest";
import type { ActionRun, RunTiming } from "../../src/model/run.ts";
import type { NewEvent } from "../../src/store/events.ts";
import type { Move } from "../../src/store/runs.ts";
import { makeClaim, makeDecided, makeEvent, makeNewRun, MINUTE, NOW } from "../support/make.ts";
import { claimOne, FIRST_PAGE, stored, take, type Current } from "./ledger.ts";

const ZONE = "Asia/Kolkata";
const OF_DATE: RunTiming = {
  execute: { after: { days: 3 }, of: "due_date", at: "09:00" },
  grace: { hours: 24 },
  triggeredAt: NOW,
  zone: ZONE,
};
const EXACT: RunTiming = { execute: { after: { hours: 3 }, of: "trigger" }, grace: { hours: 24 }, triggeredAt: NOW, zone: ZONE };
const DUE = NOW + 60 * MINUTE;

const timed = (overrides: Partial<ActionRun> = {}): Partial<ActionRun> => ({ timed: true, timing: OF_DATE, dueAt: DUE, ...overrides });

/** Runs that wait for their time: what a newer event of their record, or another zone, makes of them. */
export function pendingContract(current: Current): void {
  async function plan(runs: Partial<ActionRun>, event: Partial<NewEvent> = {}): Promise<ActionRun> {
    const planning = makeEvent(event);
    const [run] = await take(current(), planning, makeNewRun(planning, runs));
    if (!run) throw new Error("no run");
    return run;
  }

  /** What a next event of the record is told of runs that wait. */
  async function seenBy(event: Partial<NewEvent>, moves: readonly Move[] = []): Promise<readonly ActionRun[]> {
    const seen: (readonly ActionRun[])[] = [];
    await current().events.intake(
      makeEvent({ id: "evt-2", type: "edited", occurredAt: NOW + 1, storedAt: NOW + 1, ...event }),
      ({ pending }) => {
        seen.push(pending);
        return makeDecided({ moves });
      },
    );
    return seen.at(-1) ?? [];
  }

  const later = (run: ActionRun, dueAt: number | null = DUE + MINUTE): Move => ({
    run: run.id,
    from: run.dueAt,
    to: { status: "scheduled", reason: dueAt === null ? "dateEmpty" : null, dueAt, zone: "Europe/Berlin" },
  });

  it("keeps what a run counts from", async () => {
    const run = await plan(timed());
    expect(await stored(current(), run)).toEqual(run);
    expect(run.timing).toEqual(OF_DATE);
  });

  it("tells the next event of the record which runs count from a date field and have not started", async () => {
    const run = await plan(timed());
    const parked = await plan(timed({ dueAt: null, reason: "dateEmpty", n: 2 }), { id: "evt-parked" });
    await plan({ timed: true, timing: EXACT, dueAt: DUE }, { id: "evt-of-trigger" });
    await plan({ dueAt: DUE }, { id: "evt-immediate" });
    await plan(timed({ status: "skipped", reason: "missed", finishedAt: NOW }), { id: "evt-over" });
    await plan(timed(), { id: "evt-of-another", recordId: "other" });
    await plan(timed(), { id: "evt-of-another-module", module: "quotes" });
    await plan(timed(), { id: "evt-of-another-organization", organization: "other" });
    expect(await seenBy({})).toEqual([run, parked]);
  });

  it("tells of none that is being run, and again of one that waits on", async () => {
    const run = await plan(timed({ dueAt: NOW }));
    const claimed = await claimOne(current());
    expect(await seenBy({})).toEqual([]);
    await current().runs.settle(claimed, { status: "scheduled", reason: null, dueAt: DUE, attempt: null, at: NOW });
    expect((await seenBy({ id: "evt-3" })).map(({ id, dueAt }) => ({ id, dueAt }))).toEqual([{ id: run.id, dueAt: DUE }]);
  });

  describe("a move", () => {
    it("comes with the event that decides it", async () => {
      const run = await plan(timed());
      await seenBy({}, [later(run)]);
      expect(await stored(current(), run)).toEqual({ ...run, dueAt: DUE + MINUTE, timing: { ...OF_DATE, zone: "Europe/Berlin" } });
      expect(await current().runs.nextDue(NOW)).toBe(DUE + MINUTE);
      expect(await current().runs.claim(makeClaim({ now: DUE }))).toEqual([]);
      expect((await claimOne(current(), { now: DUE + MINUTE })).id).toBe(run.id);
    });

    it("to an earlier time makes it due then", async () => {
      const run = await plan(timed());
      await seenBy({}, [later(run, NOW + MINUTE)]);
      expect(await current().runs.nextDue(NOW)).toBe(NOW + MINUTE);
      expect((await claimOne(current(), { now: NOW + MINUTE })).id).toBe(run.id);
    });

    it("without a time parks it: nothing claims it, and it is listed last", async () => {
      const run = await plan(timed());
      const other = await plan(timed({ dueAt: DUE + 1 }), { id: "evt-other", recordId: "other" });
      await seenBy({}, [later(run, null)]);
      expect(await stored(current(), run)).toMatchObject({ status: "scheduled", reason: "dateEmpty", dueAt: null });
      expect(await current().runs.nextDue(DUE + 1)).toBeNull();
      const listed = await current().runs.runs({ organization: "default", status: "scheduled" }, FIRST_PAGE);
      expect(listed.data.map(({ id }) => id)).toEqual([other.id, run.id]);
    });

    it("brings a parked one back", async () => {
      const run = await plan(timed({ dueAt: null, reason: "dateEmpty" }));
      await seenBy({}, [later(run)]);
      expect(await stored(current(), run)).toMatchObject({ status: "scheduled", reason: null, dueAt: DUE + MINUTE });
      expect((await claimOne(current(), { now: DUE + MINUTE })).id).toBe(run.id);
    });

    it.each([
      ["superseded", { reason: "superseded" }, DUE],
      ["missed, with the time that it has missed", { reason: "missed", dueAt: NOW - MINUTE }, NOW - MINUTE],
    ] as const)("may end it as %s", async (_how, how, dueAt) => {
      const run = await plan(timed());
      await seenBy({}, [{ run: run.id, from: DUE, to: { status: "skipped", ...how, at: NOW + 5 } }]);
      expect(await stored(current(), run)).toMatchObject({ status: "skipped", ...how, dueAt, finishedAt: NOW + 5, attempts: [] });
      expect(await current().runs.nextDue(NOW)).toBeNull();
      expect(await seenBy({ id: "evt-3" })).toEqual([]);
    });

    it("does nothing where the run is due at another time, has started or is over", async () => {
      const run = await plan(timed());
      const { runs } = current();
      expect(await runs.move("default", { ...later(run), from: DUE - 1 })).toBe(false);
      expect(await runs.move("default", { ...later(run), from: null })).toBe(false);
      expect(await runs.move("other", later(run))).toBe(false);
      expect(await runs.move("default", { ...later(run), run: "run_none" })).toBe(false);
      expect(await stored(current(), run)).toEqual(run);
      const claimed = await claimOne(current(), { now: DUE });
      expect(await runs.move("default", later(run))).toBe(false);
      await runs.settle(claimed, { status: "skipped", reason: "criteriaNotMet", dueAt: null, attempt: null, at: DUE });
      expect(await runs.move("default", later(run))).toBe(false);
    });

    it("may be made alone, and said again does nothing", async () => {
      const run = await plan(timed());
      expect(await current().runs.move("default", later(run))).toBe(true);
      expect(await current().runs.move("default", later(run))).toBe(false);
      expect(await stored(current(), run)).toMatchObject({ dueAt: DUE + MINUTE });
    });
  });

  it("finds runs whose time was reckoned in another zone, until they are moved", async () => {
    const run = await plan(timed());
    const wall = { ...EXACT, execute: { after: { days: 3 }, of: "trigger" } as const };
    const parked = await plan(timed({ timing: wall, dueAt: null }), { id: "evt-parked", recordId: "2" });
    await plan({ timed: true, timing: EXACT, dueAt: DUE }, { id: "evt-exact", recordId: "3" });
    await plan({ dueAt: DUE }, { id: "evt-immediate", recordId: "4" });
    await plan(timed(), { id: "evt-of-another", organization: "other" });
    const { runs } = current();
    const found = async (zone: string, limit = 10) => (await runs.ofOtherZone("default", zone, limit)).map(({ id }) => id).toSorted();
    expect(await found(ZONE)).toEqual([]);
    expect(await found("America/New_York")).toEqual([run.id, parked.id].toSorted());
    expect(await found("Pacific/Apia", 1)).toHaveLength(1);
    await runs.move("default", later(run, DUE));
    expect(await found("Europe/Berlin")).toEqual([parked.id]);
    expect(await found(ZONE)).toEqual([run.id]);
  });

  it("forgets what a run counts from once a person asks for it again", async () => {
    const run = await plan(timed({ status: "skipped", reason: "superseded", finishedAt: NOW }));
    await current().runs.retry("default", run.id, NOW);
    expect(await stored(current(), run)).toMatchObject({ status: "retrying", dueAt: NOW, timing: null });
    // Whatever becomes of it, as where the day's quota is used up.
    await current().runs.settle(await claimOne(current()), { status: "scheduled", reason: null, dueAt: DUE, attempt: null, at: NOW });
    expect(await seenBy({})).toEqual([]);
    expect(await current().runs.ofOtherZone("default", "Pacific/Apia", 10)).toEqual([]);
  });
}

import { expect, it } from "vitest";
import type { NewEvent } from "../../src/store/events.ts";
import type { Expired } from "../../src/store/retention.ts";
import type { ActionRun } from "../../src/model/run.ts";
import {
  makeDecided,
  makeEvent,
  makeGeneration,
  makeKey,
  makeNewRun,
  makeQuota,
  makeRunning,
  makeSettlement,
  makeVersion,
  NOW,
} from "../support/make.ts";
import { claimOne, FIRST_PAGE, take, upTo, type Current } from "./ledger.ts";

const DAY = 86_400_000;
/** What was stored before it is old. */
const BEFORE = NOW - 60 * DAY;

/** Old history goes, once all of it is over; what is still needed stays. */
export function retentionContract(current: Current): void {
  const old = (id: string, event: Partial<NewEvent> = {}) =>
    makeEvent({ id, recordId: `record of ${id}`, storedAt: BEFORE - 1, occurredAt: BEFORE - 1, ...event });

  /** An old event with a run that is over. */
  async function over(id: string, event: Partial<NewEvent> = {}): Promise<void> {
    const stored = old(id, event);
    await take(current(), stored, makeNewRun(stored, { status: "skipped", reason: "loopStopped", finishedAt: stored.storedAt }));
  }

  /** Every step of a walk. */
  async function walk(limit: number, before = BEFORE): Promise<readonly Expired[]> {
    const steps: Expired[] = [];
    let next: string | null = null;
    do {
      const step: Expired = await current().retention.expire(before, next, limit);
      steps.push(step);
      next = step.next;
    } while (next !== null && steps.length < 100);
    if (next !== null) throw new Error("expected the walk to end within 100 steps");
    return steps;
  }
  const sum = (steps: readonly Expired[]) => ({
    events: steps.reduce((all, { events }) => all + events, 0),
    runs: steps.reduce((all, { runs }) => all + runs, 0),
  });
  const eventIds = async (organization = "default") =>
    (await current().events.events({ organization }, FIRST_PAGE)).data.map(({ id }) => id).toSorted();

  it("deletes an old event whose runs are over, with its runs and what they tried", async () => {
    const event = old("evt-1");
    const skipped = makeNewRun(event, { n: 2, status: "skipped", reason: "loopStopped", finishedAt: NOW });
    const [run] = await take(current(), event, makeNewRun(event), skipped);
    if (!run) throw new Error("expected a run");
    await current().runs.settle(await claimOne(current()), makeSettlement({ status: "failed" }));
    expect(await walk(10)).toEqual([{ events: 1, runs: 2, next: null }]);
    expect(await current().events.event("default", "evt-1")).toBeNull();
    expect(await eventIds()).toEqual([]);
    for (const id of [run.id, skipped.run.id]) expect(await current().runs.run("default", id)).toBeNull();
    expect(await current().runs.runsOfEvent("default", "evt-1")).toEqual([]);
    expect(await current().runs.execution("default", run.execution ?? "")).toBeNull();
    for (const filter of [{}, { status: "failed" }, { event: "evt-1" }, { rule: "rule-1" }, { record: event.recordId }] as const) {
      expect((await current().runs.runs({ organization: "default", ...filter }, FIRST_PAGE)).data).toEqual([]);
      expect((await current().runs.executions({ organization: "default", ...filter }, FIRST_PAGE)).data).toEqual([]);
    }
  });

  it("deletes an old event that led to nothing", async () => {
    await take(current(), old("evt-1"));
    expect(await walk(10)).toEqual([{ events: 1, runs: 0, next: null }]);
    expect(await eventIds()).toEqual([]);
  });

  it.each<[string, Partial<ActionRun>]>([
    ["is scheduled", { dueAt: NOW + DAY }],
    ["waits for a date", { dueAt: null, reason: "dateEmpty", timed: true }],
    ["waits for a field update", { waitsFor: "run_other" }],
    ["runs", { status: "running", token: 1 }],
  ])("keeps an old event, and all its runs, one of which %s", async (_title, open) => {
    const event = old("evt-1");
    const ended = makeNewRun(event, { n: 2, status: "cancelled", finishedAt: BEFORE - 1 });
    const first = open.status === "running" ? makeRunning(event) : makeNewRun(event, open);
    const runs = await take(current(), event, first, ended);
    expect(await walk(10)).toEqual([{ events: 0, runs: 0, next: null }]);
    expect(await current().events.event("default", "evt-1")).not.toBeNull();
    expect(await current().runs.runsOfEvent("default", "evt-1")).toEqual(runs);
  });

  it("keeps an old event with a run that is retried, until that is over", async () => {
    const event = old("evt-1");
    await take(current(), event, makeNewRun(event));
    await current().runs.settle(await claimOne(current()), makeSettlement({ status: "retrying", dueAt: NOW + DAY }));
    expect(sum(await walk(10))).toEqual({ events: 0, runs: 0 });
    await current().runs.settle(await claimOne(current(), { now: NOW + DAY }), makeSettlement());
    expect(sum(await walk(10))).toEqual({ events: 1, runs: 1 });
  });

  it("keeps what was stored at that instant or later", async () => {
    await over("evt-1");
    for (const storedAt of [BEFORE, NOW]) await over(`evt-${storedAt}`, { storedAt });
    expect(sum(await walk(10))).toEqual({ events: 1, runs: 1 });
    expect(await eventIds()).toEqual([`evt-${BEFORE}`, `evt-${NOW}`]);
    expect((await current().runs.runs({ organization: "default" }, FIRST_PAGE)).data).toHaveLength(2);
  });

  it("goes on from step to step, looks at each event once and comes to an end, whatever has to stay", async () => {
    for (const i of upTo(9)) {
      const event = old(`evt-${i}`, { storedAt: BEFORE - 9 + i });
      // The first two, and later ones in between, stay.
      if (i < 2 || i === 5) await take(current(), event, makeNewRun(event, { dueAt: null, reason: "dateEmpty" }));
      else await over(event.id, { storedAt: event.storedAt });
    }
    for (const i of upTo(5)) await over(`young-${i}`, { storedAt: NOW + i });
    const steps = await walk(2);
    expect(sum(steps)).toEqual({ events: 6, runs: 6 });
    for (const step of steps) expect(step.events).toBeLessThanOrEqual(2);
    // Nine old events two at a time, and a step that finds no more.
    expect(steps.length).toBeLessThanOrEqual(6);
    expect(await eventIds()).toEqual(["evt-0", "evt-1", "evt-5", ...upTo(5).map((i) => `young-${i}`)]);
  });

  it("changes nothing when a step or a walk is repeated", async () => {
    for (const i of upTo(4)) await over(`evt-${i}`, { storedAt: BEFORE - 9 + i });
    const { next } = await current().retention.expire(BEFORE, null, 2);
    const second = await current().retention.expire(BEFORE, next, 2);
    expect(second.events).toBe(2);
    expect(await current().retention.expire(BEFORE, next, 2)).toEqual({ events: 0, runs: 0, next: null });
    expect(await walk(2)).toEqual([{ events: 0, runs: 0, next: null }]);
  });

  it("deletes each event once where several walk at the same time", async () => {
    for (const i of upTo(10)) await over(`evt-${i}`, { storedAt: BEFORE - 20 + i });
    const walks = await Promise.all(upTo(3).map(() => walk(3)));
    expect(sum(walks.flat())).toEqual({ events: 10, runs: 10 });
    expect(await eventIds()).toEqual([]);
  });

  it("keeps the memory of rules that fire the first time only", async () => {
    const first = old("evt-1", { firstTimeRules: ["rule-1"] });
    await current().events.intake(first, () => makeDecided({ firstTime: ["rule-1"] }));
    expect(sum(await walk(10))).toEqual({ events: 1, runs: 0 });
    expect(await current().events.firedBefore("default", ["rule-1", "rule-2"], first.recordId)).toEqual(new Set(["rule-1"]));
    const fired: string[] = [];
    await current().events.intake({ ...first, id: "evt-2" }, ({ alreadyFired }) => {
      fired.push(...alreadyFired);
      return makeDecided();
    });
    expect(fired).toEqual(["rule-1"]);
  });

  it("keeps records, tombstones and what is defined", async () => {
    await over("evt-1", { recordId: "kept" });
    await over("evt-2", { recordId: "gone", type: "deleted" });
    await current().definitions.swap("default", makeGeneration(), [makeVersion()]);
    await current().definitions.swap("default", makeGeneration({ number: 2 }), []);
    const everything = async () => [
      await current().records.record(makeKey({ id: "kept" })),
      await current().records.record(makeKey({ id: "gone" })),
      await current().definitions.generation("default", 1),
      await current().definitions.current("default"),
      await current().definitions.versions("default", [makeVersion()]),
    ];
    const before = await everything();
    expect(before).toMatchObject([{ id: "kept", deleted: false }, { id: "gone", deleted: true }, { number: 1 }, { number: 2 }, [{}]]);
    expect(sum(await walk(10))).toEqual({ events: 2, runs: 2 });
    expect(await everything()).toEqual(before);
  });

  it("forgets the quota of days that are past, and keeps today's", async () => {
    const event = makeEvent();
    const days = ["2026-11-09", "2026-11-17", "2026-11-20", "2026-11-21"];
    await take(current(), event, ...days.map((day, n) => makeRunning(event, { n: n + 1 }, makeQuota({ day }))));
    await walk(10, NOW);
    const used = await Promise.all(days.map(async (day) => (await current().runs.usage("default", day)).webhook));
    expect(used).toEqual([0, 0, 1, 1]);
  });

  it("takes an event sent again, whose first one was deleted, as a new event", async () => {
    await over("evt-1");
    const sent = old("evt-1");
    expect(await current().events.intake(sent, () => makeDecided())).toEqual({ status: "duplicate" });
    await walk(10);
    const again = { ...sent, storedAt: NOW };
    expect(await current().events.intake(again, () => makeDecided({ runs: [makeNewRun(again)] }))).toMatchObject({ status: "accepted" });
    expect(await current().runs.runsOfEvent("default", "evt-1")).toHaveLength(1);
  });

  it("looks at each organization's event of one id for itself", async () => {
    const open = old("evt-1", { organization: "org-a" });
    await take(current(), open, makeNewRun(open, { id: "run_1", execution: "exe_1", dueAt: NOW + DAY }));
    const ended = old("evt-1", { organization: "org-b" });
    const run = { id: "run_1", execution: "exe_1", status: "cancelled", finishedAt: BEFORE - 1 } as const;
    await take(current(), ended, makeNewRun(ended, run));
    expect(sum(await walk(10))).toEqual({ events: 1, runs: 1 });
    expect([await eventIds("org-a"), await eventIds("org-b")]).toEqual([["evt-1"], []]);
    expect(await current().runs.run("org-a", "run_1")).toMatchObject({ organization: "org-a", status: "scheduled" });
    expect(await current().runs.run("org-b", "run_1")).toBeNull();
  });
}

import { MongoNetworkTimeoutError } from "mongodb";
import { expect, it } from "vitest";
import { claimOne, stored, take } from "../../contract/ledger.ts";
import { makeEvent, makeSettlement, MINUTE, NOW } from "../../support/make.ts";
import { DUE, later, makeDatedRun, makeEdit, movingTo, ZONE } from "./dated-runs.ts";
import { AWAY, type HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const FIRST = DUE + MINUTE;
const SECOND = DUE + 2 * MINUTE;
const LATER = NOW + MINUTE;

/** One run that is due at DUE. */
async function plan({ store }: HookedStore) {
  const event = makeEvent();
  const [run] = await take(store, event, makeDatedRun(event));
  if (!run) throw new Error("no run");
  return run;
}

/** Takes an edit in that has the record's run due then; resolves once it is about to be said, and then when it is said. */
async function about({ store, hold }: HookedStore, n: number, dueAt: number | null) {
  const held = hold("move pending runs");
  const taken = store.events.intake(makeEdit(n), movingTo(dueAt));
  await held.reached;
  return async () => {
    held.release();
    await taken;
  };
}

await describeTwoProcesses((current) => {
  it.each([
    ["moves it", SECOND],
    ["parks it", null],
    ["leaves it where it is", DUE],
  ])("has the newer event's word hold that %s, whichever comes first", async (_what, dueAt) => {
    for (const order of ["older", "newer"] as const) {
      const { one, other } = current();
      const event = makeEvent({ id: `evt-${order}`, recordId: order });
      const [run] = await take(one.store, event, makeDatedRun(event));
      if (!run) throw new Error("no run");
      const held = [one.hold("move pending runs"), other.hold("move pending runs")] as const;
      const first = makeEdit(1, { id: `evt-1-${order}`, recordId: order });
      const second = makeEdit(2, { id: `evt-2-${order}`, recordId: order });
      const taken = [one.store.events.intake(first, movingTo(FIRST)), other.store.events.intake(second, movingTo(dueAt))] as const;
      await Promise.all(held.map(({ reached }) => reached));
      for (const i of order === "older" ? ([0, 1] as const) : ([1, 0] as const)) {
        held[i].release();
        await taken[i];
      }
      expect(await stored(one.store, run)).toMatchObject({ status: "scheduled", dueAt, reason: dueAt === null ? "dateEmpty" : null });
    }
  });

  it("is finished by another process, once, and not where a newer event has had its say", async () => {
    const { one, other } = current();
    const run = await plan(one);
    one.fail("move pending runs");
    await expect(one.store.events.intake(makeEdit(1), movingTo(FIRST))).rejects.toMatchObject(AWAY);
    expect(await stored(other.store, run)).toMatchObject({ dueAt: DUE });
    await other.store.events.recover(LATER, movingNothing);
    expect(await stored(other.store, run)).toMatchObject({ dueAt: FIRST });

    await expect(one.store.events.intake(makeEdit(2), movingTo(SECOND))).rejects.toMatchObject(AWAY);
    await other.store.events.intake(makeEdit(3), movingTo(FIRST));
    await other.store.events.recover(LATER, movingNothing);
    expect(await stored(other.store, run)).toMatchObject({ dueAt: FIRST });
  });

  it("is finished too where the event was not decided for good", async () => {
    const { one, other } = current();
    const run = await plan(one);
    one.fail("decide events");
    const edit = makeEdit(1, { expectRevision: 1 });
    await expect(one.store.events.intake(edit, movingTo(FIRST))).rejects.toMatchObject(AWAY);
    await other.store.events.recover(LATER, (_event, inputs) => movingTo(SECOND)(inputs));
    expect(await stored(other.store, run)).toMatchObject({ dueAt: SECOND });
  });

  it("ends a run that another was planned in its stead of, although a newer event has moved it since", async () => {
    const { one, other } = current();
    const run = await plan(one);
    one.fail("move pending runs");
    const edit = makeEdit(1);
    await expect(
      one.store.events.intake(edit, ({ pending }) => ({
        ...movingTo(DUE)({ pending, stored: null, alreadyFired: new Set() }),
        runs: [makeDatedRun(edit)],
        moves: [{ run: run.id, from: DUE, to: { status: "skipped", reason: "superseded", at: NOW } }],
      })),
    ).rejects.toMatchObject(AWAY);
    await other.store.events.intake(makeEdit(2), movingTo(SECOND));
    await other.store.events.recover(LATER, movingNothing);
    expect(await stored(other.store, run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: SECOND });
  });

  it("leaves a run alone that was claimed meanwhile, and what became of it", async () => {
    const { one, other } = current();
    const run = await plan(one);
    const move = await about(one, 1, FIRST);
    const claimed = await claimOne(other.store, { now: DUE });
    await other.store.runs.settle(claimed, makeSettlement({ status: "scheduled", attempt: null, dueAt: SECOND }));
    await move();
    expect(await stored(other.store, run)).toMatchObject({ status: "scheduled", dueAt: SECOND, token: 1 });
  });

  it.each([
    ["a field update", { origin: "fieldUpdate" }],
    ["a date that came", { type: "date", origin: "clock", occurrence: { of: "rule-1", anchor: "2026-12-01", k: 0, missed: false } }],
  ] as const)("is made by an event that occurred before %s had its say, which is of no time of its own", async (_what, own) => {
    const { one } = current();
    const run = await plan(one);
    await one.store.events.intake(makeEdit(9, own), movingTo(FIRST));
    await one.store.events.intake(makeEdit(2, { storedAt: NOW + 10 }), movingTo(SECOND));
    expect(await stored(one.store, run)).toMatchObject({ dueAt: SECOND });
  });

  it("leaves what was moved without an event to the event after it", async () => {
    const { one, other } = current();
    const run = await plan(one);
    const stay = await about(one, 1, DUE);
    expect(await other.store.runs.move("default", later(run, FIRST, "Europe/Berlin"))).toBe(true);
    await stay();
    expect(await stored(one.store, run)).toMatchObject({ dueAt: FIRST, timing: { zone: "Europe/Berlin" } });
    await one.store.events.intake(makeEdit(2), movingTo(SECOND));
    expect(await stored(one.store, run)).toMatchObject({ dueAt: SECOND, timing: { zone: ZONE } });
  });

  it("knows its own move where the first answer was lost", async () => {
    const { one } = current();
    const run = await plan(one);
    let lost = 0;
    one.after("move a run", async () => {
      if (lost++ === 0) throw new MongoNetworkTimeoutError("connection timed out");
    });
    expect(await one.store.runs.move("default", later(run, FIRST))).toBe(true);
    expect(lost).toBe(2);
  });

  it("writes the record before a run is moved to where another may claim it at once", async () => {
    const { one } = current();
    await plan(one);
    const held = one.hold("replace records");
    const taken = one.store.events.intake(makeEdit(1), movingTo(NOW));
    await held.reached;
    expect(one.begun).not.toContain("move pending runs");
    held.release();
    await taken;
    expect(one.begun).toContain("move pending runs");
  });

  it("is asked about with one command for all records that are there, and none for those that are new", async () => {
    const { one } = current();
    const asked = () => one.begun.filter((call) => call === "find pending runs of records");
    const ids = ["1", "2", "3"];
    await Promise.all(ids.map((id) => take(one.store, makeEvent({ id: `evt-${id}`, recordId: id }))));
    expect(asked()).toEqual([]);
    await Promise.all(ids.map((id) => take(one.store, makeEdit(1, { id: `edit-${id}`, recordId: id }))));
    expect(asked()).toHaveLength(1);
    expect(one.begun).not.toContain("move pending runs");
  });
});

const movingNothing = () => movingTo(DUE)({ pending: [], stored: null, alreadyFired: new Set() });

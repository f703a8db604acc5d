import { expect, it } from "vitest";
import type { RecordEvent } from "../../../src/model/event.ts";
import type { NewEvent } from "../../../src/store/events.ts";
import { stored, take } from "../../contract/ledger.ts";
import { makeCascade, makeDecided, makeEvent, makeKey, MINUTE, NOW } from "../../support/make.ts";
import { DUE, makeDatedRun, makeEdit, movingTo, planning } from "./dated-runs.ts";
import { AWAY, type HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const LATER = NOW + MINUTE;
const NEW_DUE = DUE + MINUTE;
const LAST_DUE = NEW_DUE + MINUTE;
const due = (status: unknown): number => (status === "moved again" ? LAST_DUE : status === "moved" ? NEW_DUE : DUE);
const decided = (event: NewEvent) => planning(event, due);
/** As whoever finishes an event decides it. */
const late = (event: RecordEvent, inputs: Parameters<ReturnType<typeof decided>>[0]) => decided(makeEvent(event))(inputs);

const moved = { record: { status: "moved" } };

/** Resolves once it is written down that events are finished: nobody looks at them again. */
function finished({ after }: HookedStore): Promise<void> {
  return new Promise((resolve) => after("events are finished", async () => resolve()));
}

/** An event is left, a newer one is taken in that is not told of it, and then the first is finished. `lost`: the call at which it is left. */
async function overtake(
  { one, other }: { readonly one: HookedStore; readonly other: HookedStore },
  { event, edit, lost }: { readonly event: NewEvent; readonly edit: NewEvent; readonly lost: string },
): Promise<void> {
  one.fail(lost);
  await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
  const done = finished(other);
  await other.store.events.intake(edit, decided(edit));
  await done;
  await other.store.events.recover(LATER, late);
}

await describeTwoProcesses((current) => {
  it("plans a run behind a newer event by the dates of the record now", async () => {
    const { one, other } = current();
    const event = makeEvent();
    one.fail("insert runs");
    await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    await take(other.store, makeEdit(1, moved));
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it.each(["insert runs", "decide events"])("plans none where the newer event has planned it, left at: %s", async (call) => {
    const { one, other } = current();
    const event = makeEvent(call === "decide events" ? { expectRevision: 0 } : {});
    one.fail(call);
    await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    const edit = makeEdit(1, moved);
    await other.store.events.intake(edit, decided(edit));
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("tells a run that was written of a newer event that found no record, so was told of none", async () => {
    const { one, other } = current();
    const event = makeEvent();
    one.fail("insert records");
    await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: DUE });
    const done = finished(other);
    await other.store.events.intake(makeEdit(1, moved), movingTo(NEW_DUE));
    await done;
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("ends a run that was written where such a newer event has planned it", async () => {
    const { one, other } = current();
    const [event, edit] = [makeEvent(), makeEdit(1, moved)] as const;
    await overtake({ one, other }, { event, edit, lost: "insert records" });
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("has the newer event's run where both were left", async () => {
    const { one, other } = current();
    const [event, edit] = [makeEvent(), makeEdit(1, moved)] as const;
    one.fail("insert runs");
    for (const each of [event, edit]) await expect(one.store.events.intake(each, decided(each))).rejects.toMatchObject(AWAY);
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("moves what an older one that was left too has planned meanwhile", async () => {
    const { one, other } = current();
    const [event, edit] = [makeEvent(), makeEdit(1, { storedAt: NOW + MINUTE, ...moved })] as const;
    for (const call of ["insert runs", "insert records"]) one.fail(call);
    await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    await expect(one.store.events.intake(edit, movingTo(NEW_DUE))).rejects.toMatchObject(AWAY);
    await other.store.events.recover(LATER + MINUTE, (left, inputs) =>
      left.id === edit.id ? movingTo(NEW_DUE)(inputs) : late(left, inputs),
    );
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("keeps the run that a newer event moved, and not the one that was to supersede it, however often that is finished", async () => {
    const { one, other } = current();
    const [event, edit] = [makeEvent(), makeEdit(1)] as const;
    await one.store.events.intake(event, decided(event));
    for (const call of ["insert runs", "move pending runs"]) one.fail(call);
    await expect(one.store.events.intake(edit, decided(edit))).rejects.toMatchObject(AWAY);
    await other.store.events.intake(makeEdit(2, moved), movingTo(NEW_DUE));
    other.fail("events are finished");
    for (const _time of ["first", "again"]) await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "skipped", reason: "superseded" });
  });

  it.each(["first", "last"])("has the run of the newer one of two that are behind one that planned none, finished %s", async (which) => {
    const { one, other } = current();
    const [event, edit] = [makeEvent(), makeEdit(1, { storedAt: which === "first" ? NOW - MINUTE : NOW + MINUTE })] as const;
    one.fail("insert runs");
    one.fail("insert records");
    for (const each of [event, edit]) await expect(one.store.events.intake(each, decided(each))).rejects.toMatchObject(AWAY);
    const done = finished(other);
    await take(other.store, makeEdit(2, moved));
    await done;
    await other.store.events.recover(LATER + MINUTE, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it.each(["first", "last"])("has the run of the newer one where the older one was decided behind it, finished %s", async (which) => {
    const { one, other } = current();
    await take(one.store, makeEvent());
    const [edit, older] = [makeEdit(2, moved), makeEdit(1, { storedAt: which === "first" ? NOW - MINUTE : NOW + MINUTE })] as const;
    one.fail("insert runs");
    for (const each of [edit, older]) await expect(one.store.events.intake(each, decided(each))).rejects.toMatchObject(AWAY);
    await other.store.events.recover(LATER + MINUTE, late);
    expect(await stored(other.store, makeDatedRun(older).run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("hears of the next newer one too where it is finished again", async () => {
    const { one, other } = current();
    const event = makeEvent();
    one.fail("insert runs");
    await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    one.heal();
    const done = finished(other);
    await take(other.store, makeEdit(1, moved));
    await done;
    // It looks at what is pending before the run is there.
    const held = one.hold("insert events");
    const taken = take(one.store, makeEdit(2, { storedAt: NOW - 1, record: { status: "moved again" } }));
    await held.reached;
    other.fail("events are finished");
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
    held.release();
    await taken;
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: LAST_DUE });
  });

  it.each([
    ["a field update", { origin: "fieldUpdate" }],
    ["a date that came", { type: "date", origin: "clock", occurrence: { of: "rule-1", anchor: "2026-12-01", k: 0, missed: false } }],
  ] as const)("is due by what a field update has made of the record since, where it is %s", async (_what, own) => {
    const { one, other } = current();
    await take(one.store, makeEvent());
    const [event, edit] = [makeEdit(1, own), makeEdit(2, { origin: "fieldUpdate", ...moved })] as const;
    one.fail("insert runs");
    await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    const change = { body: edit.record, cascade: makeCascade(edit), dates: null };
    await other.store.records.update(makeKey(), "run-other", () => change);
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "scheduled", dueAt: NEW_DUE });
  });

  it("plans none where a newer field update has planned it", async () => {
    const { one, other } = current();
    await take(one.store, makeEvent());
    const [event, edit] = [makeEdit(1, { origin: "fieldUpdate" }), makeEdit(2, { origin: "fieldUpdate" })] as const;
    await overtake({ one, other }, { event, edit, lost: "insert runs" });
    expect(await stored(other.store, makeDatedRun(event).run)).toMatchObject({ status: "skipped", reason: "superseded" });
    expect(await stored(other.store, makeDatedRun(edit).run)).toMatchObject({ status: "scheduled", dueAt: DUE });
  });

  it("knows which of two events of one instant is the newer one", async () => {
    const { one, other } = current();
    await take(one.store, makeEvent());
    const [first, second] = [makeEdit(1, { id: "evt-first" }), makeEdit(1, { id: "evt-second", ...moved })] as const;
    one.fail("insert runs");
    await expect(one.store.events.intake(first, decided(first))).rejects.toMatchObject(AWAY);
    await other.store.events.intake({ ...second, storedAt: first.storedAt + 1 }, decided(second));
    await other.store.events.recover(LATER, late);
    expect(await stored(other.store, makeDatedRun(first).run)).toMatchObject({ status: "skipped", reason: "superseded" });
  });

  it("plans as decided where it is the newest, where the newer event was told, and where the rule is another by now", async () => {
    const { one, other } = current();
    const [newest, told, changed] = ["newest", "told", "changed"].map((id) => makeEvent({ id, recordId: id })) as [
      NewEvent,
      NewEvent,
      NewEvent,
    ];
    one.fail("insert runs");
    for (const event of [newest, changed]) await expect(one.store.events.intake(event, decided(event))).rejects.toMatchObject(AWAY);
    one.heal();
    one.loseAnswer("insert runs");
    await expect(one.store.events.intake(told, decided(told))).rejects.toMatchObject(AWAY);
    await take(other.store, makeEdit(1, { ...moved, id: "edit-changed", recordId: "changed" }));
    await other.store.events.intake(makeEdit(1, { ...moved, id: "edit-told", recordId: "told" }), movingTo(NEW_DUE + 1));
    const asked: string[] = [];
    await other.store.events.recover(LATER, (event) => {
      asked.push(event.id);
      const [run] = decided(makeEvent(event))({ stored: null, pending: [], alreadyFired: new Set() }).runs;
      if (!run) throw new Error("no run");
      return makeDecided({ runs: [{ ...run, run: { ...run.run, dueAt: NOW, rule: { ...run.run.rule, version: 2 } } }] });
    });
    // The edits too, as long as it is not written down that they are finished.
    expect(asked.filter((id) => !id.startsWith("edit"))).toEqual(["changed"]);
    expect(await stored(other.store, makeDatedRun(newest).run)).toMatchObject({ dueAt: DUE });
    expect(await stored(other.store, makeDatedRun(changed).run)).toMatchObject({ dueAt: DUE, rule: { version: 1 } });
    expect(await stored(other.store, makeDatedRun(told).run)).toMatchObject({ dueAt: NEW_DUE + 1 });
  });
});

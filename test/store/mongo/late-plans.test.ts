import { expect, it } from "vitest";
import type { RecordEvent } from "../../../src/model/event.ts";
import type { NewEvent } from "../../../src/store/events.ts";
import { stored, take } from "../../contract/ledger.ts";
import { makeDecided, makeEvent, MINUTE, NOW } from "../../support/make.ts";
import { DUE, makeDatedRun, makeEdit, movingTo, planning } from "./dated-runs.ts";
import { AWAY } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const LATER = NOW + MINUTE;
const NEW_DUE = DUE + MINUTE;
const due = (status: unknown): number => (status === "moved" ? NEW_DUE : DUE);
const decided = (event: NewEvent) => planning(event, due);
/** As whoever finishes an event decides it. */
const late = (event: RecordEvent, inputs: Parameters<ReturnType<typeof decided>>[0]) => decided(makeEvent(event))(inputs);

const moved = { record: { status: "moved" } };

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
    expect(asked).toEqual(["changed"]);
    expect(await stored(other.store, makeDatedRun(newest).run)).toMatchObject({ dueAt: DUE });
    expect(await stored(other.store, makeDatedRun(changed).run)).toMatchObject({ dueAt: DUE, rule: { version: 1 } });
    expect(await stored(other.store, makeDatedRun(told).run)).toMatchObject({ dueAt: NEW_DUE + 1 });
  });
});

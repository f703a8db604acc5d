import { expect, it } from "vitest";
import type { StoredRecord } from "../../src/model/record.ts";
import type { ActionRun } from "../../src/model/run.ts";
import { makeClaim, makeDecided, makeEvent, makeKey, makeNewRun, makeRecord, makeSettlement, NOW } from "../support/make.ts";
import { claimOne, stored, take, type Current } from "./ledger.ts";

const DATE = { of: "rule-1", anchor: "2026-12-01", k: 0, missed: false } as const;

/** What the intake of an event does to the stored record and to the record's pending runs. */
export function recordsOfEventsContract(current: Current): void {
  const record = (): Promise<StoredRecord | null> => current().records.record(makeKey());

  it("replaces the stored record as a whole", async () => {
    await take(current(), makeEvent({ id: "evt-1", record: { invoice_id: "90300", note: "old" } }));
    const event = makeEvent({ id: "evt-2", type: "edited", record: { invoice_id: "90300", status: "void" }, occurredAt: NOW + 1 });
    const replaced = makeRecord({ revision: 2, occurredAt: NOW + 1, body: event.record });
    expect(await current().events.intake(event, () => makeDecided())).toMatchObject({ record: replaced });
    expect(await record()).toEqual(replaced);
  });

  it("hands the stored record to decide", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    let seen: StoredRecord | null = null;
    await current().events.intake(makeEvent({ id: "evt-2", record: {} }), ({ stored: found }) => {
      seen = found;
      return makeDecided();
    });
    expect(seen).toEqual(makeRecord());
  });

  it("takes an event that occurred at the same instant as the newer one", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    await take(current(), makeEvent({ id: "evt-2", record: { status: "void" } }));
    expect(await record()).toMatchObject({ revision: 2, body: { status: "void" } });
  });

  it("accepts an older event and keeps the newer record", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    const older = makeEvent({ id: "evt-2", record: { status: "draft" }, occurredAt: NOW - 1 });
    expect(await current().events.intake(older, () => makeDecided())).toMatchObject({ status: "accepted", record: makeRecord() });
    expect(await record()).toEqual(makeRecord());
  });

  it("leaves a tombstone with the last form, which older events do not revive", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    await take(current(), makeEvent({ id: "evt-2", type: "deleted", occurredAt: NOW + 2 }));
    const tombstone = makeRecord({ revision: 2, occurredAt: NOW + 2, deleted: true });
    expect(await record()).toEqual(tombstone);
    await take(current(), makeEvent({ id: "evt-3", type: "edited", record: {}, occurredAt: NOW + 1 }));
    expect(await record()).toEqual(tombstone);
  });

  it("does not delete a record that is newer than its deletion", async () => {
    await take(current(), makeEvent({ id: "evt-1" }), makeNewRun(makeEvent({ id: "evt-1" }), { timed: true, dueAt: NOW + 9 }));
    await take(current(), makeEvent({ id: "evt-2", type: "deleted", occurredAt: NOW - 1 }));
    expect(await record()).toEqual(makeRecord());
    expect(await claimOne(current(), { now: NOW + 9 })).toMatchObject({ status: "running" });
  });

  it("revives a deleted record, its revision going on", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    await take(current(), makeEvent({ id: "evt-2", type: "deleted" }));
    await take(current(), makeEvent({ id: "evt-3", record: { status: "new" }, occurredAt: NOW + 1 }));
    expect(await record()).toEqual(makeRecord({ revision: 3, occurredAt: NOW + 1, body: { status: "new" } }));
  });

  it("keeps a tombstone of a record that was never stored", async () => {
    await take(current(), makeEvent({ type: "deleted" }));
    expect(await record()).toEqual(makeRecord({ deleted: true }));
  });

  it.each([
    ["of a field update's edit, which is written already", { type: "edited", origin: "fieldUpdate" }],
    ["of a date that has come, which changes nothing", { type: "date", origin: "clock", occurrence: DATE }],
  ] as const)("does not write the record %s", async (_title, own) => {
    await take(current(), makeEvent({ id: "evt-1" }));
    for (const firstTime of [[], ["rule-1"]]) {
      const event = makeEvent({ id: `evt-2 ${firstTime.length}`, record: { status: "older" }, occurredAt: NOW + 1, ...own });
      const taken = await current().events.intake(event, () => makeDecided({ firstTime }));
      expect(taken).toMatchObject({ status: "accepted", record: makeRecord() });
      expect(await current().events.event("default", event.id)).toMatchObject(own);
    }
    expect(await record()).toEqual(makeRecord());
  });

  it("keeps any JSON, keys and order included", async () => {
    const body = { z: 1, a: [null, true, { "Quote Number": "é\u0000\uD83D\uDE00" }], "": {}, __proto: 1e21, "12000.0": "12000.0" };
    await take(current(), makeEvent({ record: body }));
    expect(JSON.stringify((await record())?.body)).toBe(JSON.stringify(body));
  });

  it("skips the record's pending timed runs when it is deleted, waiting, retrying and parked ones", async () => {
    const event = makeEvent({ id: "evt-1" });
    const timed = { timed: true, dueAt: NOW };
    await take(
      current(),
      event,
      makeNewRun(event, { ...timed, n: 1, action: { type: "webhook", name: "due" } }),
      makeNewRun(event, { ...timed, n: 2, action: { type: "emailAlert", name: "retrying" } }),
      makeNewRun(event, { ...timed, n: 3, dueAt: null, reason: "dateEmpty", action: { type: "webhook", name: "parked" } }),
    );
    const mail = await claimOne(current(), { slots: { ...makeClaim().slots, webhook: 0 } });
    await current().runs.settle(mail, makeSettlement({ status: "retrying", dueAt: NOW + 50 }));
    await take(current(), makeEvent({ id: "evt-2", type: "deleted", storedAt: NOW + 7 }));
    for (const run of await current().runs.runsOfEvent("default", "evt-1"))
      expect(run).toMatchObject({ status: "skipped", reason: "recordDeleted", finishedAt: NOW + 7 });
    expect(await current().runs.nextDue(0)).toBeNull();
  });

  it.each<[string, Partial<ActionRun>, { readonly recordId?: string; readonly module?: string }]>([
    ["an immediate run", {}, {}],
    ["a run that outlives the record", { timed: true, outlivesRecord: true }, {}],
    ["another record's run", { timed: true }, { recordId: "other" }],
    ["the run of a record of that id in another module", { timed: true }, { module: "quotes" }],
  ])("leaves %s when a record is deleted", async (_title, run, of) => {
    const event = makeEvent({ id: "evt-1", ...of });
    const [planned] = await take(current(), event, makeNewRun(event, run));
    await take(current(), makeEvent({ id: "evt-2", type: "deleted" }));
    expect(await claimOne(current())).toMatchObject({ id: planned?.id });
  });

  it("leaves a running run and the deletion's own runs when a record is deleted", async () => {
    const event = makeEvent({ id: "evt-1" });
    await take(current(), event, makeNewRun(event, { timed: true }));
    const running = await claimOne(current());
    const deletion = makeEvent({ id: "evt-2", type: "deleted" });
    const [own] = await take(current(), deletion, makeNewRun(deletion, { timed: true, outlivesRecord: true, dueAt: NOW + 1 }));
    expect(await stored(current(), running)).toEqual(running);
    expect(await current().runs.settle(running, makeSettlement())).toBe(true);
    expect(await claimOne(current(), { now: NOW + 1 })).toMatchObject({ id: own?.id });
  });
}

import { MongoClient } from "mongodb";
import { expect, it } from "vitest";
import { claimOne, stored, take } from "../../contract/ledger.ts";
import {
  makeCascade,
  makeDecided,
  makeEvent,
  makeKey,
  makeNewRun,
  makeQuota,
  makeRunning,
  makeSettlement,
  MINUTE,
  NOW,
} from "../../support/make.ts";
import { AWAY } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

/** After whatever was left has been left for long enough. */
const LATER = NOW + MINUTE;
const update = { action: { type: "fieldUpdate", name: "close" } } as const;
const undecided = () => makeDecided();

await describeTwoProcesses((current) => {
  it("writes a record before a run that another may claim at once, and looks at the record then", async () => {
    const { one, other } = current();
    const event = makeEvent();
    const held = one.hold("insert records");
    const taken = take(one.store, event, makeNewRun(event, update));
    await held.reached;
    expect(one.begun).not.toContain("insert runs");
    held.release();
    await taken;
    const run = await claimOne(other.store);
    expect(
      await other.store.records.update(makeKey(), run.id, ({ body }) => ({ body, cascade: makeCascade(), dates: null })),
    ).toMatchObject({
      status: "updated",
      record: { body: event.record },
    });
  });

  it("finishes an event in the turn of its record: a field update of it waits", async () => {
    const { one, other } = current();
    const event = makeEvent();
    one.fail("insert runs");
    await expect(take(one.store, event, makeNewRun(event, update))).rejects.toMatchObject(AWAY);
    const held = other.hold("insert runs");
    const recovered = other.store.events.recover(LATER, undecided);
    await held.reached;
    other.begun.length = 0;
    const changed = other.store.records.update(makeKey(), "run-other", () => null);
    await other.store.ping();
    expect(other.begun).toEqual(["ping"]);
    held.release();
    expect(await recovered).toBe(1);
    expect(await changed).toMatchObject({ status: "unchanged" });
  });

  it("answers the first of two events of one record although the second fails, and finishes that one when another left it", async () => {
    const { one, other } = current();
    const events = [makeEvent(), makeEvent({ id: "evt-2", type: "edited", occurredAt: NOW + 1, storedAt: NOW + 1 })];
    const [, second = makeEvent()] = events;
    one.fail("find records", 1);
    const answers = await Promise.allSettled(events.map((event) => take(one.store, event, makeRunning(event))));
    expect(answers).toMatchObject([{ value: [{ status: "running", token: 1 }] }, { reason: AWAY }]);
    expect(await one.store.events.event("default", second.id)).toBeNull();
    one.heal();

    other.fail("insert runs");
    await expect(take(other.store, second, makeNewRun(second))).rejects.toMatchObject(AWAY);
    await one.store.events.recover(LATER, undecided);
    expect(await one.store.runs.runsOfEvent("default", second.id)).toMatchObject([{ status: "scheduled" }]);
  });

  it("frees a run that waits for an update which ended before the run was there", async () => {
    const { one, other, url } = current();
    const event = makeEvent();
    const first = makeNewRun(event, update);
    const waiting = makeNewRun(event, { n: 2, waitsFor: first.run.id });
    // What a crash of the server leaves of an insert of both.
    one.after("insert runs", async () => {
      await removeRun(url, waiting.run.id);
      throw new Error("the server has crashed");
    });
    await expect(take(one.store, event, first, waiting)).rejects.toThrow("crashed");
    expect(await other.store.runs.settle(await claimOne(other.store), makeSettlement())).toBe(true);
    expect(await other.store.events.recover(LATER, undecided)).toBe(1);
    expect(await claimOne(other.store)).toMatchObject({ id: waiting.run.id, waitsFor: null });
  });

  it("answers no failure while quota is still asked for, and counts it once", async () => {
    const { one } = current();
    const event = makeEvent();
    const held = one.hold("take quota");
    const inserted = new Promise<void>((resolve) =>
      one.after("insert runs", () => {
        resolve();
        return Promise.reject(new Error("the answer is lost"));
      }),
    );
    let ended: unknown = null;
    const taken = take(one.store, event, makeRunning(event, {}, makeQuota())).catch((error: unknown) => (ended = error));
    await Promise.all([held.reached, inserted]);
    await one.store.ping();
    expect(ended).toBeNull();
    held.release();
    await taken;
    expect(ended).toMatchObject({ message: "the answer is lost" });
    one.heal();
    const run = await claimOne(one.store);
    expect(await one.store.runs.takeQuota(run, makeQuota(), NOW)).toBe("granted");
    expect(await stored(one.store, run)).toMatchObject({ quotaDay: "2026-11-20" });
    expect(await one.store.runs.usage("default", "2026-11-20")).toMatchObject({ webhook: 1 });
  });
});

async function removeRun(url: string, id: string): Promise<void> {
  const client = new MongoClient(url);
  try {
    await client.db().collection("runs").deleteOne({ id });
  } finally {
    await client.close();
  }
}

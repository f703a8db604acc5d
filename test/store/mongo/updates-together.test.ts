import { MongoClient, MongoNetworkError } from "mongodb";
import { expect, it } from "vitest";
import type { RecordDocument } from "../../../src/store/mongo/documents.ts";
import type { NewEvent } from "../../../src/store/events.ts";
import type { Store } from "../../../src/store/store.ts";
import {
  makeCascade,
  makeClaim,
  makeDecided,
  makeEvent,
  makeKey,
  makeNewRun,
  makeRunning,
  makeSettlement,
  makeSlots,
  MINUTE,
  NOW,
} from "../../support/make.ts";
import { AWAY, type HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const NUMBERS = Array.from({ length: 10 }, (_, n) => n);
/** Two of these together are more than a document of the server holds. */
const LARGE = "x".repeat(9 * 1024 * 1024);

const of = (n: number) => makeEvent({ id: `evt-${n}`, recordId: `${n}` });
const keyOf = (n: number) => makeKey({ id: `${n}` });
const updateOf = (n: number) => makeNewRun(of(n), { action: { type: "fieldUpdate", name: "close" } });
const runningOf = (n: number) => makeRunning(of(n), { action: { type: "fieldUpdate", name: "close" } });
const cascadeOf = (n: number) => makeCascade({ id: `edit-${n}`, recordId: `${n}` });
const waitingOf = (n: number) => makeNewRun(of(n), { n: 2, waitsFor: updateOf(n).run.id });

await describeTwoProcesses((current) => {
  it("writes the updates of one moment in few commands, each once", async () => {
    const { one } = current();
    await takeIn(one.store);
    one.begun.length = 0;
    expect(await Promise.all(NUMBERS.map((n) => update(one.store, n)))).toEqual(NUMBERS.map(() => "updated"));
    // Reading, looking whether its run is over, writing: the first of each may begin before the others come.
    expect(one.begun.length).toBeLessThanOrEqual(6);
    await expectClosed(one.store, NUMBERS);
    expect(await Promise.all(NUMBERS.map((n) => update(one.store, n)))).toEqual(NUMBERS.map(() => "applied"));
  });

  it("writes again only what another process changed in between", async () => {
    const { one, other } = current();
    await takeIn(one.store);
    one.before("update records", async () => {
      one.heal();
      await other.store.records.update(keyOf(3), "run-of-other", ({ body }) => ({
        body: { ...body, notes: "other" },
        cascade: makeCascade({ id: "edit-other", recordId: "3" }),
        dates: null,
      }));
    });
    expect(await Promise.all(NUMBERS.map((n) => update(one.store, n)))).toEqual(NUMBERS.map(() => "updated"));
    const records = await Promise.all(NUMBERS.map((n) => one.store.records.record(keyOf(n))));
    expect(records.map((record) => record?.revision)).toEqual(NUMBERS.map((n) => (n === 3 ? 3 : 2)));
    expect(records[3]?.body).toMatchObject({ status: "closed", notes: "other" });
  });

  it("has written them all once where the answer is lost and it is said again", async () => {
    const { one } = current();
    await takeIn(one.store);
    loseFirstAnswer(one, "update records");
    expect(await Promise.all(NUMBERS.map((n) => update(one.store, n)))).toEqual(NUMBERS.map(() => "updated"));
    await expectClosed(one.store, NUMBERS);
  });

  it("fails only the one that the server refuses", async () => {
    const { one } = current();
    await takeIn(one.store);
    const large = makeCascade({ id: "edit-large", recordId: "4", record: { notes: LARGE } });
    await one.store.records.update(keyOf(4), "another-run", ({ body }) => ({ body: { ...body, notes: "" }, cascade: large, dates: null }));
    const outcomes = await Promise.allSettled(NUMBERS.map((n) => update(one.store, n, n === 4 ? LARGE : "closed")));
    expect(outcomes.map(({ status }) => status)).toEqual(NUMBERS.map((n) => (n === 4 ? "rejected" : "fulfilled")));
    await one.store.records.outboxDone(large);
    await expectClosed(
      one.store,
      NUMBERS.filter((n) => n !== 4),
    );
  });

  it("tells the ends of one moment together, and frees what waits for each", async () => {
    const { one } = current();
    await takeIn(one.store);
    const claimed = await one.store.runs.claim(makeClaim({ slots: makeSlots(20) }));
    expect(claimed).toHaveLength(NUMBERS.length);
    one.begun.length = 0;
    const settled = await Promise.all(claimed.map(({ run }) => one.store.runs.settle(run, makeSettlement())));
    expect(settled).toEqual(NUMBERS.map(() => true));
    expect(one.begun.filter((call) => call === "ends are told").length).toBeLessThanOrEqual(2);
    const freed = await one.store.runs.claim(makeClaim({ slots: makeSlots(20) }));
    expect(freed.map(({ run }) => run.id).toSorted()).toEqual(NUMBERS.map((n) => waitingOf(n).run.id).toSorted());
  });

  it("forgets of a record every update of it that is over", async () => {
    const { one, url } = current();
    const event = makeEvent({ recordId: "twice" });
    const updates = [1, 2, 3].map((n) => makeNewRun(event, { n, action: { type: "fieldUpdate", name: "close" } }));
    await one.store.events.intake(event, () => makeDecided({ runs: updates }));
    const claimed = await one.store.runs.claim(makeClaim({ slots: makeSlots(20) }));
    for (const { run } of claimed)
      await one.store.records.update(makeKey({ id: "twice" }), run.id, ({ body }) => ({
        body: { ...body, notes: run.id },
        cascade: makeCascade({ id: `edit-${run.n}`, recordId: "twice" }),
        dates: null,
      }));
    const [, , third] = claimed;
    await Promise.all(claimed.slice(0, 2).map(({ run }) => one.store.runs.settle(run, makeSettlement())));
    const client = await MongoClient.connect(url);
    try {
      const [record] = await client.db().collection<RecordDocument>("records").find({ id: "twice" }).toArray();
      expect(record?.appliedRuns).toEqual([third?.run.id]);
    } finally {
      await client.close();
    }
  });

  it("waits for a new record whose write has failed, and takes it for deleted only where nothing is left of its event", async () => {
    const { one } = current();
    await takeInWithoutRecord(one, of(0), "insert records");
    await expect(update(one.store, 0)).rejects.toMatchObject(AWAY);
    await one.store.events.recover(NOW + MINUTE, () => makeDecided());
    expect(await update(one.store, 0)).toBe("updated");
    expect(await update(one.store, 1)).toBe("deleted");
  });

  it("waits for an edit of its record whose write has failed, which would undo what it wrote", async () => {
    const { one } = current();
    await one.store.events.intake(makeEvent({ id: "evt-before", recordId: "0" }), () => makeDecided());
    const edit = {
      ...of(0),
      type: "edited",
      occurredAt: NOW + 1,
      storedAt: NOW + 1,
      record: { invoice_id: "0", status: "sent", notes: "edited" },
    };
    await takeInWithoutRecord(one, edit, "replace records");
    await expect(update(one.store, 0)).rejects.toMatchObject(AWAY);
    await one.store.events.recover(NOW + MINUTE, () => makeDecided());
    expect(await update(one.store, 0)).toBe("updated");
    expect(await one.store.records.record(keyOf(0))).toMatchObject({ revision: 3, body: { status: "closed", notes: "edited" } });
  });

  it("waits also where an event that comes late was written meanwhile", async () => {
    const { one } = current();
    await takeInWithoutRecord(one, of(0), "insert records");
    const late = makeEvent({ id: "evt-late", recordId: "0", occurredAt: NOW - 5, storedAt: NOW + 1 });
    await one.store.events.intake(late, () => makeDecided());
    await expect(update(one.store, 0)).rejects.toMatchObject(AWAY);
    await one.store.events.recover(NOW + MINUTE, () => makeDecided());
    expect(await update(one.store, 0)).toBe("updated");
    expect(await one.store.records.record(keyOf(0))).toMatchObject({ body: { status: "closed" } });
  });

  it("reads once more what another process wrote as it was looked at", async () => {
    const { one, other } = current();
    await takeInWithoutRecord(one, of(0), "insert records");
    one.before("find the events of updates", async () => {
      one.heal();
      await other.store.events.recover(NOW + MINUTE, () => makeDecided());
      // What it has finished it writes down.
      await other.store.close();
    });
    expect(await update(one.store, 0)).toBe("updated");
  });

  it("does not wait for an event that comes late, whose record stays as it is", async () => {
    const { one } = current();
    await one.store.events.intake(makeEvent({ id: "evt-newer", recordId: "0", occurredAt: NOW + 5 }), () => makeDecided());
    one.fail("events are finished");
    await one.store.events.intake({ ...of(0), storedAt: NOW + 6 }, () => makeDecided({ runs: [runningOf(0)] }));
    expect(await update(one.store, 0)).toBe("updated");
  });

  it("forgets of a record's outbox what was taken in, and nothing else", async () => {
    const { one } = current();
    await takeIn(one.store);
    await Promise.all(NUMBERS.map((n) => update(one.store, n)));
    const again = ["edit-again", "edit-once-more"].map((id) => makeCascade({ id, recordId: "0" }));
    for (const cascade of again)
      await one.store.records.update(keyOf(0), `run-of-${cascade.id}`, ({ body }) => ({
        body: { ...body, notes: cascade.id },
        cascade,
        dates: null,
      }));
    const done = [...NUMBERS.slice(0, 9).map(cascadeOf), makeCascade({ id: "edit-once-more", recordId: "0" })];
    await Promise.all(done.map(one.store.records.outboxDone));
    const left = await one.store.records.outbox(100);
    expect(left.map(({ id }) => id).toSorted()).toEqual(["edit-9", "edit-again"]);
  });
});

/** The event and its run, which has started, are written, and its record is not. */
async function takeInWithoutRecord({ store, fail, heal }: HookedStore, event: NewEvent, call: string): Promise<void> {
  fail(call);
  await expect(store.events.intake(event, () => makeDecided({ runs: [runningOf(0)] }))).rejects.toMatchObject(AWAY);
  heal();
}

/** The call is done, and said again because nobody knows. */
function loseFirstAnswer({ after, heal }: HookedStore, call: string): void {
  after(call, async () => {
    heal();
    throw new MongoNetworkError("the connection broke");
  });
}

/** Each record with an update and a run that waits for it. */
async function takeIn({ events }: Store): Promise<void> {
  await Promise.all(NUMBERS.map((n) => events.intake(of(n), () => makeDecided({ runs: [updateOf(n), waitingOf(n)] }))));
}

async function update({ records }: Store, n: number, status = "closed"): Promise<string> {
  const change = { cascade: cascadeOf(n), dates: null };
  return (await records.update(keyOf(n), updateOf(n).run.id, ({ body }) => ({ ...change, body: { ...body, status } }))).status;
}

async function expectClosed({ records }: Store, numbers: readonly number[]): Promise<void> {
  const found = await Promise.all(numbers.map((n) => records.record(keyOf(n))));
  expect(found.map((record) => [record?.id, record?.revision, record?.body["status"]])).toEqual(numbers.map((n) => [`${n}`, 2, "closed"]));
  expect((await records.outbox(100)).map(({ id }) => id).toSorted()).toEqual(numbers.map((n) => cascadeOf(n).id).toSorted());
}

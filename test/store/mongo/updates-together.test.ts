import { MongoClient, MongoNetworkError } from "mongodb";
import { expect, it } from "vitest";
import type { RecordDocument } from "../../../src/store/mongo/documents.ts";
import type { Store } from "../../../src/store/store.ts";
import { makeCascade, makeClaim, makeDecided, makeEvent, makeKey, makeNewRun, makeSettlement, makeSlots } from "../../support/make.ts";
import type { HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";
import { cascadeOf, keyOf, of, update, updateOf, waitingOf } from "./updates.ts";

const NUMBERS = Array.from({ length: 10 }, (_, n) => n);
/** Two of these together are more than a document of the server holds. */
const LARGE = "x".repeat(9 * 1024 * 1024);

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

async function expectClosed({ records }: Store, numbers: readonly number[]): Promise<void> {
  const found = await Promise.all(numbers.map((n) => records.record(keyOf(n))));
  expect(found.map((record) => [record?.id, record?.revision, record?.body["status"]])).toEqual(numbers.map((n) => [`${n}`, 2, "closed"]));
  expect((await records.outbox(100)).map(({ id }) => id).toSorted()).toEqual(numbers.map((n) => cascadeOf(n).id).toSorted());
}

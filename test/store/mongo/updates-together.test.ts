import { MongoNetworkError } from "mongodb";
import { expect, it } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { makeCascade, makeClaim, makeDecided, makeEvent, makeKey, makeNewRun, makeSettlement, makeSlots } from "../../support/make.ts";
import type { HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const NUMBERS = Array.from({ length: 10 }, (_, n) => n);
/** More than a document of the server holds, together with what is there. */
const TOO_LARGE = "x".repeat(17 * 1024 * 1024);

const of = (n: number) => makeEvent({ id: `evt-${n}`, recordId: `${n}` });
const keyOf = (n: number) => makeKey({ id: `${n}` });
const updateOf = (n: number) => makeNewRun(of(n), { action: { type: "fieldUpdate", name: "close" } });
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
    const outcomes = await Promise.allSettled(NUMBERS.map((n) => update(one.store, n, n === 4 ? TOO_LARGE : "closed")));
    expect(outcomes.map(({ status }) => status)).toEqual(NUMBERS.map((n) => (n === 4 ? "rejected" : "fulfilled")));
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

  it("forgets of a record's outbox what was taken in, and nothing else", async () => {
    const { one } = current();
    await takeIn(one.store);
    await Promise.all(NUMBERS.map((n) => update(one.store, n)));
    await one.store.records.update(keyOf(0), "another-run", ({ body }) => ({
      body: { ...body, notes: "again" },
      cascade: makeCascade({ id: "edit-again", recordId: "0" }),
      dates: null,
    }));
    await Promise.all(NUMBERS.slice(0, 9).map((n) => one.store.records.outboxDone(cascadeOf(n))));
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

async function update({ records }: Store, n: number, status = "closed"): Promise<string> {
  const change = { cascade: cascadeOf(n), dates: null };
  return (await records.update(keyOf(n), updateOf(n).run.id, ({ body }) => ({ ...change, body: { ...body, status } }))).status;
}

async function expectClosed({ records }: Store, numbers: readonly number[]): Promise<void> {
  const found = await Promise.all(numbers.map((n) => records.record(keyOf(n))));
  expect(found.map((record) => [record?.id, record?.revision, record?.body["status"]])).toEqual(numbers.map((n) => [`${n}`, 2, "closed"]));
  expect((await records.outbox(100)).map(({ id }) => id).toSorted()).toEqual(numbers.map((n) => cascadeOf(n).id).toSorted());
}

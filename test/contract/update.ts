import { expect, it } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import type { StoredRecord } from "../../src/model/record.ts";
import type { ActionRun } from "../../src/model/run.ts";
import type { RecordUpdate } from "../../src/store/records.ts";
import { makeCascade, makeEvent, makeKey, makeNewRun, makeRecord, makeSettlement, NOW } from "../support/make.ts";
import { claimOne, take, upTo, type Current } from "./ledger.ts";

/** A field update changes a record once per run and leaves the edit that this makes in the outbox. */
export function fieldUpdateContract(current: Current): void {
  /** Adds one to `count`; the cascade's id is the run's. */
  function increment(run: string, key = makeKey()): Promise<RecordUpdate> {
    return current().records.update(key, run, ({ body }) => {
      const next: JsonObject = { ...body, count: Number(body["count"] ?? 0) + 1 };
      return { body: next, cascade: makeCascade({ id: `evt of ${run}`, recordId: key.id, record: next }), dates: null };
    });
  }
  /** Asks for no change, so it only says whether the record knows this run. */
  const remembers = async (run: string) => (await current().records.update(makeKey(), run, () => null)).status === "applied";
  const outboxIds = async (limit = 100) => (await current().records.outbox(limit)).map(({ id }) => id);

  async function fieldUpdateRun(id = "evt-1"): Promise<ActionRun> {
    const event = makeEvent({ id });
    await take(current(), event, makeNewRun(event, { action: { type: "fieldUpdate", name: "count" } }));
    return claimOne(current());
  }

  it("changes the record, grows its revision and keeps the edit in the outbox as it was given", async () => {
    await take(current(), makeEvent());
    const body = { status: "closed", list: [{ a: null }], text: 'é\u0000"' };
    const cascade = makeCascade({
      record: body,
      previous: makeRecord().body,
      ancestry: [{ rule: "rule-1", module: "invoices", record: "90300" }],
    });
    let seen: StoredRecord | null = null;
    const updated = await current().records.update(makeKey(), "run-1", (record) => {
      seen = record;
      return { body, cascade, dates: null };
    });
    expect(seen).toEqual(makeRecord());
    const record = makeRecord({ revision: 2, body });
    expect(updated).toEqual({ status: "updated", record, cascade });
    expect(await current().records.record(makeKey())).toEqual(record);
    expect(await current().records.outbox(10)).toEqual([cascade]);
  });

  it("applies a run once, however often it is repeated", async () => {
    await take(current(), makeEvent());
    const answers = await Promise.all(upTo(5).map(() => increment("run-1")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(["applied", "applied", "applied", "applied", "updated"]);
    expect(await increment("run-1")).toEqual({ status: "applied", record: await current().records.record(makeKey()) });
    expect(await current().records.record(makeKey())).toMatchObject({ revision: 2, body: { count: 1 } });
    expect(await outboxIds()).toEqual(["evt of run-1"]);
  });

  it("applies all of 16 concurrent runs on one record", async () => {
    await take(current(), makeEvent());
    const answers = await Promise.all(upTo(16).map((i) => increment(`run-${i}`)));
    expect(answers.every(({ status }) => status === "updated")).toBe(true);
    expect(await current().records.record(makeKey())).toMatchObject({ revision: 17, body: { count: 16 } });
    expect((await outboxIds()).toSorted()).toEqual(
      upTo(16)
        .map((i) => `evt of run-${i}`)
        .toSorted(),
    );
  });

  it("leaves a record alone that is as it should be", async () => {
    await take(current(), makeEvent());
    expect(await current().records.update(makeKey(), "run-1", () => null)).toEqual({ status: "unchanged", record: makeRecord() });
    expect(await current().records.record(makeKey())).toEqual(makeRecord());
    expect(await outboxIds()).toEqual([]);
  });

  it("changes no record that is deleted or was never there", async () => {
    await take(current(), makeEvent({ type: "deleted" }));
    expect(await increment("run-1")).toEqual({ status: "deleted" });
    expect(await increment("run-1", makeKey({ id: "none" }))).toEqual({ status: "deleted" });
    expect(await current().records.record(makeKey())).toEqual(makeRecord({ deleted: true }));
  });

  it("still knows what a run applied when the record was deleted since", async () => {
    await take(current(), makeEvent());
    await increment("run-1");
    await take(current(), makeEvent({ id: "evt-2", type: "deleted" }));
    expect(await increment("run-1")).toMatchObject({ status: "applied", record: { deleted: true } });
  });

  it("still knows what a run applied when an event replaced the record since", async () => {
    await take(current(), makeEvent());
    await increment("run-1");
    await take(current(), makeEvent({ id: "evt-2", record: { count: 40 }, occurredAt: NOW + 1 }));
    expect(await increment("run-1")).toMatchObject({ status: "applied", record: { revision: 3, body: { count: 40 } } });
    expect(await outboxIds()).toEqual(["evt of run-1"]);
  });

  it("fails only the update whose change throws", async () => {
    await take(current(), makeEvent());
    const broken = current().records.update(makeKey(), "run-bad", () => {
      throw new Error("no such field");
    });
    const [refused, done] = await Promise.allSettled([broken, increment("run-1")]);
    expect(refused).toMatchObject({ status: "rejected", reason: { message: "no such field" } });
    expect(done).toMatchObject({ status: "fulfilled", value: { status: "updated" } });
  });

  it("forgets a run once it has ended, not while it is retried", async () => {
    const run = await fieldUpdateRun();
    await increment(run.id);
    await current().runs.settle(run, makeSettlement({ status: "retrying", dueAt: NOW + 60 }));
    expect(await increment(run.id)).toMatchObject({ status: "applied" });
    const again = await claimOne(current(), { now: NOW + 60 });
    await increment("run-other");
    await current().runs.settle(again, makeSettlement());
    expect(await increment("run-other")).toMatchObject({ status: "applied" });
    expect(await remembers(run.id)).toBe(false);
  });

  it("changes nothing for a worker that has been overtaken, whose run has ended and is forgotten", async () => {
    const late = await fieldUpdateRun();
    const again = await claimOne(current(), { now: NOW + 8_000 });
    await increment(late.id);
    await current().runs.settle(again, makeSettlement());
    expect(await increment(late.id)).toMatchObject({ status: "applied", record: { revision: 2, body: { count: 1 } } });
    expect(await remembers(late.id)).toBe(false);
    expect(await outboxIds()).toEqual([`evt of ${late.id}`]);
  });

  it("changes it for a run that had ended and that a person asks for again", async () => {
    const run = await fieldUpdateRun();
    await current().runs.settle(run, makeSettlement({ status: "failed" }));
    await current().runs.retry("default", run.id, NOW + 60);
    await claimOne(current(), { now: NOW + 60 });
    expect(await increment(run.id)).toMatchObject({ status: "updated" });
  });

  it("does not forget for a worker whose settle is refused", async () => {
    const late = await fieldUpdateRun();
    await claimOne(current(), { now: NOW + 8_000 });
    await increment(late.id);
    expect(await current().runs.settle(late, makeSettlement())).toBe(false);
    expect(await increment(late.id)).toMatchObject({ status: "applied" });
  });

  it("forgets what a retried run applied when it is cancelled", async () => {
    const run = await fieldUpdateRun();
    await increment(run.id);
    await current().runs.settle(run, makeSettlement({ status: "retrying", dueAt: NOW + 60 }));
    await current().runs.cancel("default", run.id, NOW);
    expect(await remembers(run.id)).toBe(false);
  });

  it("hands out no more of the outbox than was asked for, a record's edits in order", async () => {
    for (const id of ["A", "B"]) await take(current(), makeEvent({ id: `evt-${id}`, recordId: id }));
    for (const i of upTo(3)) for (const id of ["A", "B"]) await increment(`${id}${i}`, makeKey({ id }));
    expect(await outboxIds(2)).toEqual(["evt of A0", "evt of A1"]);
    const all = await outboxIds();
    for (const id of ["A", "B"]) expect(all.filter((one) => one.includes(id))).toEqual(upTo(3).map((i) => `evt of ${id}${i}`));
  });

  it("forgets an edit that is in the ledger, once or twice said, and only that", async () => {
    await take(current(), makeEvent());
    for (const run of ["run-1", "run-2"]) await increment(run);
    const [first] = await current().records.outbox(1);
    if (!first) throw new Error("expected an edit");
    for (const _ of upTo(2)) await current().records.outboxDone(first);
    expect(await outboxIds()).toEqual(["evt of run-2"]);
    expect(await increment("run-1")).toMatchObject({ status: "applied" });
  });
}

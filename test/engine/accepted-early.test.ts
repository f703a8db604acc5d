import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { openHookedStore, type HookedStore } from "../store/mongo/hooked-store.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";
import { describeMongo } from "../support/mongod-shared.ts";

const RULES = `
kind: Webhook
name: tell
module: invoices
url: https://example.com/
---
kind: WorkflowRule
name: told
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: webhook, name: tell }]
    timeBasedActions: [{ execute: { after: { days: 2 } }, actions: [{ type: webhook, name: tell }] }]
`;

const FIRST_PAGE = { limit: 50, cursor: null };
const ALL = { organization: ORGANIZATION };

// An event is accepted as soon as it is durable; its runs and its record are written after the answer.
await describeMongo((_kind, database) => {
  const { url, empty, drop } = database();
  let hooked: HookedStore;
  let t: TestEngine;
  let lines: string[];
  beforeEach(async () => {
    await empty();
    lines = [];
    hooked = await openHookedStore(url);
    const note = (level: string) => (_details: object, message: string) => void lines.push(`${level}: ${message}`);
    t = await testEngine({ store: hooked.store, slots: 2, log: { info: note("info"), warn: note("warn"), error: note("error") } });
    await t.apply(RULES);
  });
  afterEach(async () => {
    hooked.heal();
    await t.close();
  });
  afterAll(drop);

  const send = (id: string, wait = false) =>
    t.engine.emitOne({ module: "invoices", type: "created", record: { invoice_id: id } }, { organization: ORGANIZATION, wait });

  /** As many calls, one after the other, as nothing makes that does not wait. */
  async function aWhile(): Promise<void> {
    for (let n = 0; n < 60; n++) await hooked.store.ping();
  }

  /** What it answers, and whether that came before what is held was let go. */
  async function acrossWriting<T>(read: () => Promise<T>): Promise<{ readonly value: T; readonly waited: boolean }> {
    const held = hooked.hold("insert runs");
    await send("1");
    await held.reached;
    let isReleased = false;
    const reading = read().then((value) => ({ value, waited: isReleased }));
    await aWhile();
    isReleased = true;
    held.release();
    return reading;
  }

  it("answers before its runs are written, and who reads then finds them", async () => {
    const { value, waited } = await acrossWriting(() => t.engine.reading.executions(ALL, FIRST_PAGE));
    expect(waited).toBe(true);
    expect(value.data).toMatchObject([{ record: "1" }]);
  });

  it.each([
    ["its record", () => t.engine.records.get(ORGANIZATION, "invoices", "1"), { body: { invoice_id: "1" } }],
    ["the list of records", () => t.engine.records.list(ORGANIZATION, "invoices", FIRST_PAGE), { data: [{ id: "1" }] }],
    ["its runs", () => t.engine.reading.runs({ ...ALL, status: "scheduled" }, FIRST_PAGE), { data: [{ record: "1" }] }],
    ["its quota", () => t.engine.reading.usage(ORGANIZATION, null), { webhook: { used: 1 } }],
    [
      "what would fire for it",
      async () => t.engine.explain.rule(ORGANIZATION, await rule(), { record: { invoice_id: "1" } }),
      { fires: true },
    ],
    ["what it planned", () => t.engine.upcoming(ORGANIZATION, 7, 10), { data: [{ module: "invoices" }] }],
  ])("has who asks for %s wait until it is written", async (_what, read, expected) => {
    const { value, waited } = await acrossWriting<unknown>(read);
    expect({ waited, value }).toMatchObject({ waited: true, value: expected });
  });

  it.each([
    ["the record", (other: TestEngine) => other.engine.records.get(ORGANIZATION, "invoices", "1"), { revision: 1 }],
    [
      "what the event did",
      (other: TestEngine, event: string) => other.engine.reading.runs({ ...ALL, event }, FIRST_PAGE),
      { data: [{}, {}] },
    ],
    [
      "what happened to the record",
      (other: TestEngine) => other.engine.reading.executions({ ...ALL, module: "invoices", record: "1" }, FIRST_PAGE),
      { data: [{}] },
    ],
  ])("shows another process %s once it is written", async (_what, read, expected) => {
    const elsewhere = await openHookedStore(url, { awaitsOthers: true });
    const other = await testEngine({ store: elsewhere.store, clock: t.clock });
    try {
      const held = hooked.hold("insert records");
      const { id } = await send("1");
      await held.reached;
      const reading = read(other, id);
      await vi.waitUntil(() => elsewhere.begun.includes("find what others write"));
      held.release();
      expect(await reading).toMatchObject(expected);
    } finally {
      hooked.heal();
      await other.close();
    }
  });

  it("is not idle while it is being written", async () => {
    const { waited } = await acrossWriting(() => t.engine.idle());
    expect(waited).toBe(true);
    expect(t.calls).toHaveLength(1);
  });

  it("does not stop before it is written and its runs have ended", async () => {
    const { waited } = await acrossWriting(() => t.engine.stop(10_000));
    expect(waited).toBe(true);
    expect(t.calls).toHaveLength(1);
  });

  async function rule(): Promise<string> {
    const { data } = await t.engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, FIRST_PAGE);
    return data[0]?.id ?? "";
  }

  it("does not let a run that comes due look at its record before", async () => {
    await send("1", true);
    const held = hooked.hold("replace records");
    const deleted = { module: "invoices", type: "deleted", record: { invoice_id: "1" } };
    expect(await t.engine.emitOne(deleted, { organization: ORGANIZATION, wait: false })).toMatchObject({ status: "accepted" });
    await held.reached;
    // Not what the deletion skips, whose time comes first.
    t.clock.moveBy(2 * 86_400_000);
    await vi.waitUntil(() => hooked.begun.includes("read claimed runs"));
    await aWhile();
    held.release();
    await t.engine.idle();
    expect(t.calls).toHaveLength(1);
    const { data } = await t.engine.reading.runs({ ...ALL, status: "skipped" }, FIRST_PAGE);
    expect(data).toMatchObject([{ reason: "recordDeleted" }]);
  });

  it("calls off what was decided before its rule was stopped, and is written after", async () => {
    const stoppedRule = await rule();
    const held = hooked.hold("insert runs");
    await send("1");
    await held.reached;
    const stopped = new Promise<void>((resolve) => hooked.after("swap the generation", async () => resolve()));
    const deactivated = t.engine.definitions.deactivate(ORGANIZATION, stoppedRule, "cancel");
    await stopped;
    // What looks for runs to call off would have looked by now.
    await aWhile();
    held.release();
    await deactivated;
    const runs = await t.engine.reading.runs(ALL, FIRST_PAGE);
    expect(runs.data.find(({ timed }) => timed)).toMatchObject({ status: "cancelled" });
  });

  it("tells who waits for its runs of a failure, says in the log what failed for others, and makes it good", async () => {
    hooked.fail("insert runs");
    expect(await send("1")).toMatchObject({ status: "accepted" });
    expect(await send("2")).toMatchObject({ status: "accepted" });
    await expect(send("3", true)).rejects.toMatchObject({ code: "overloaded" });
    await expect
      .poll(() => lines.filter((line) => line.startsWith("error")))
      .toEqual(["error: the store cannot be reached; work waits until it can"]);
    hooked.heal();
    t.clock.moveBy(10_000);
    await t.engine.idle();
    expect(lines).toContain("info: the store can be reached again; work goes on");
    // The slots of what could not be started are free again.
    for (const id of ["4", "5", "6"]) expect(await send(id, true)).toMatchObject({ executions: [{ runs: [{ status: "succeeded" }, {}] }] });
    const { data } = await t.engine.reading.runs({ ...ALL, status: "succeeded" }, FIRST_PAGE);
    expect(data.map(({ record }) => record).toSorted()).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(t.calls).toHaveLength(6);
  });
});

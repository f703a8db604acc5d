import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { RecordNotWritten } from "../../src/store/records.ts";
import type { Store } from "../../src/store/store.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";
import { faultyStore, type FaultyStore } from "../support/faulty-store.ts";

const RULES = `
kind: Webhook
name: tell
module: invoices
url: https://erp.example/hook
retry: { attempts: 1 }
---
kind: FieldUpdate
name: close
module: bills
field: status
value: closed
---
kind: WorkflowRule
name: told
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: webhook, name: tell }]
    timeBasedActions: [{ execute: { after: { hours: 1 } }, actions: [{ type: webhook, name: tell }] }]
---
kind: WorkflowRule
name: closed
module: bills
trigger: { type: event, on: [created] }
conditions: [{ immediateActions: [{ type: fieldUpdate, name: close }] }]
`;

const invoice = { module: "invoices", type: "created", record: { invoice_id: "1" } };
const bill = { module: "bills", type: "created", record: { bill_id: "7" } };

let inner: Store;
let faulty: FaultyStore;
let t: TestEngine;
let lines: string[];
beforeEach(async () => {
  inner = openSqliteStore(":memory:");
  faulty = faultyStore(inner);
  lines = [];
  const note = (level: string) => (_details: object, message: string) => void lines.push(`${level}: ${message}`);
  t = await testEngine({ store: faulty.store, log: { info: note("info"), warn: note("warn"), error: note("error") } });
  await t.apply(RULES);
  await t.engine.idle();
});
afterEach(() => {
  faulty.comeBack();
  return t.close();
});

/** So many seconds pass, and whatever each wakes has come as far as it can. */
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second++) {
    t.clock.moveBy(1000);
    await turns();
  }
}

/** Enough turns of the event loop for everything that waits for nothing but the store to come to its end. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    // A settle rides with the next write; here it is.
    await inner.notifications.add([]);
  }
}

const status = async () => (await t.runs()).map((run) => [run.action.name, run.status, run.attempts.length]);

describe("a store that cannot be reached", () => {
  it("refuses what is asked of it, and takes it afterwards", async () => {
    faulty.goAway();
    await expect(t.emit(invoice)).rejects.toMatchObject({ code: "overloaded", retryAfter: 1 });
    await expect(t.engine.ready()).rejects.toMatchObject({ code: "overloaded" });
    await expect(t.engine.records.get(ORGANIZATION, "invoices", "1")).rejects.toMatchObject({ code: "overloaded" });
    await expect(t.engine.definitions.create(ORGANIZATION, "Webhook", {})).rejects.toMatchObject({ code: "overloaded" });
    await expect(t.engine.idle()).rejects.toMatchObject({ code: "overloaded" });
    faulty.comeBack();
    await t.engine.ready();
    expect(await t.emit(invoice)).toMatchObject({ status: "accepted" });
  });

  it("is said once when it goes and once when it is back, however long it takes", async () => {
    faulty.goAway();
    await seconds(120);
    faulty.comeBack();
    await seconds(10);
    expect(lines).toEqual([
      "error: the store cannot be reached; work waits until it can",
      "info: the store can be reached again; work goes on",
    ]);
  });

  it("loses no outcome: what was done while it was away is written when it is back, and nothing is done again", async () => {
    let finish: (result: { outcome: "succeeded"; response: null }) => void = () => undefined;
    t.answer("tell", new Promise((resolve) => (finish = resolve)));
    await t.engine.emitOne(invoice, { organization: ORGANIZATION, wait: false });
    await turns();
    faulty.goAway();
    finish({ outcome: "succeeded", response: null });
    // Longer than three leases.
    await seconds(30);
    expect(t.calls).toHaveLength(1);
    faulty.comeBack();
    t.clock.moveBy(500);
    await t.engine.idle();
    expect(await status()).toContainEqual(["tell", "succeeded", 1]);
    expect(t.calls).toHaveLength(1);
    await seconds(3);
    expect(lines).toHaveLength(2);
  });

  it("gives whoever holds a run the first word when it is back, before others take it for abandoned", async () => {
    const theirs = faultyStore(inner);
    const other = await testEngine({ store: theirs.store, clock: t.clock });
    let finish: (result: { outcome: "succeeded"; response: null }) => void = () => undefined;
    t.answer("tell", new Promise((resolve) => (finish = resolve)));
    await t.engine.emitOne(invoice, { organization: ORGANIZATION, wait: false });
    await turns();
    faulty.goAway();
    theirs.goAway();
    finish({ outcome: "succeeded", response: null });
    await seconds(30);
    // The other finds out first, and looks for work at once.
    theirs.comeBack();
    await seconds(1);
    faulty.comeBack();
    await seconds(3);
    await other.engine.idle();
    expect(await status()).toContainEqual(["tell", "succeeded", 1]);
    expect(other.calls).toEqual([]);
    await other.engine.stop(0);
  });

  it("takes a settle whose answer was lost for what it is: done", async () => {
    faulty.fail((call) => (call === "runs.settle" ? "after" : null));
    await t.engine.emitOne(invoice, { organization: ORGANIZATION, wait: false });
    await turns();
    faulty.comeBack();
    await seconds(1);
    expect(await status()).toContainEqual(["tell", "succeeded", 1]);
    expect(lines.filter((line) => line.includes("another worker"))).toEqual([]);
  });

  it.each([
    ["the store is away", "before", "info: the store can be reached again; work goes on"],
    ["its record is not written yet", new RecordNotWritten("evt-1"), "warn: a run waits for its record, which is not written yet"],
  ] as const)("holds no attempt against a run whose action could not begin because %s, and says so", async (_why, fault, last) => {
    faulty.fail((call) => (call === "records.update" ? fault : null));
    await t.engine.emitOne(bill, { organization: ORGANIZATION, wait: false });
    await seconds(5);
    expect(await status()).toEqual([["close", expect.stringMatching(/scheduled|running/), 0]]);
    faulty.comeBack();
    await seconds(2);
    await t.engine.idle();
    expect(await status()).toEqual([["close", "succeeded", 1]]);
    expect(await t.engine.records.get(ORGANIZATION, "bills", "7")).toMatchObject({ body: { status: "closed" }, revision: 2 });
    expect(lines.at(-1)).toBe(last);
    expect(lines.some((line) => line.includes("store"))).toBe(fault === "before");
  });

  it("ends a run whose event is gone, and says so in its attempt", async () => {
    await t.emit(invoice);
    const [run] = (await inner.runs.runs({ organization: ORGANIZATION, status: "scheduled" }, { limit: 1, cursor: null })).data;
    const without = { ...inner, events: { ...inner.events, event: async () => null } };
    const restored = await testEngine({ store: without, clock: t.clock });
    await t.engine.stop(0);
    restored.clock.moveBy(3_600_000);
    await restored.engine.idle();
    const error = `event ${run?.event ?? ""} is not in the store, so there is nothing to act on`;
    expect(await inner.runs.run(ORGANIZATION, run?.id ?? "")).toMatchObject({
      status: "failed",
      attempts: [{ number: 1, outcome: "failed", error }],
    });
    await restored.engine.stop(0);
  });

  it("changes a record once, whose update was done and its answer lost", async () => {
    faulty.fail((call) => (call === "records.update" || call === "events.intake" ? "after" : null));
    await expect(t.emit(bill)).rejects.toMatchObject({ code: "overloaded" });
    await seconds(12);
    faulty.comeBack();
    await seconds(12);
    await t.engine.idle();
    expect(await status()).toEqual([["close", "succeeded", expect.any(Number)]]);
    expect(await t.engine.records.get(ORGANIZATION, "bills", "7")).toMatchObject({ body: { status: "closed" }, revision: 2 });
    const edits = await t.engine.reading.events({ organization: ORGANIZATION, origin: "fieldUpdate" }, { limit: 10, cursor: null });
    expect(edits.data).toHaveLength(1);
  });

  it("lets a rule's pending runs be cancelled when it is back, though nobody asks again", async () => {
    await t.emit(invoice);
    const { data } = await t.engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: 10, cursor: null });
    const rule = data.find(({ name }) => name === "told")?.id ?? "";
    faulty.fail((call) => (call === "runs.pendingOfRule" ? "before" : null));
    await expect(t.engine.definitions.deactivate(ORGANIZATION, rule, "cancel")).rejects.toMatchObject({ code: "overloaded" });
    await seconds(3);
    expect(await status()).toContainEqual(["tell", "scheduled", 0]);
    faulty.comeBack();
    await seconds(2);
    expect(await status()).toContainEqual(["tell", "cancelled", 0]);
  });

  it("lets the process stop while it is away", async () => {
    let finish: (result: { outcome: "succeeded"; response: null }) => void = () => undefined;
    t.answer("tell", new Promise((resolve) => (finish = resolve)));
    await t.engine.emitOne(invoice, { organization: ORGANIZATION, wait: false });
    await turns();
    faulty.goAway();
    finish({ outcome: "succeeded", response: null });
    await turns();
    await expect(t.engine.stop(0)).resolves.toBeUndefined();
  });
});

it("a step of the sweep that fails for another reason keeps none of the others back, and is said once", async () => {
  const broken = t.store.definitions.newest;
  Object.assign(t.store.definitions, {
    newest: async () => {
      throw new Error("no such table");
    },
  });
  await t.engine.emitOne(invoice, { organization: ORGANIZATION, wait: false });
  await seconds(3601);
  await t.engine.idle();
  expect(await status()).toEqual([
    ["tell", "succeeded", 1],
    ["tell", "succeeded", 1],
  ]);
  Object.assign(t.store.definitions, { newest: broken });
  await seconds(2);
  expect(lines).toEqual([
    "error: looking for changed definitions failed; it is tried again",
    "info: looking for changed definitions works again",
  ]);
});

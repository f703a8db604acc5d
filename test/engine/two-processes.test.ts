import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { temporaryFile, type TemporaryFile } from "../store/sqlite/temporary-file.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";
import { manualClock, type ManualClock } from "../support/manual-clock.ts";

const SLOTS = 2;

const rules = (more = ""): string => `
kind: Webhook
name: tell
module: invoices
url: https://erp.example/hook
---
kind: WorkflowRule
name: told
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria: [{ field: status, comparator: equal, value: paid }]
    immediateActions: [{ type: webhook, name: tell }]
    timeBasedActions: [{ execute: { after: { hours: 1 } }, actions: [{ type: webhook, name: tell }] }]
${more}`;

const event = (id: string, more: object = {}) => ({
  id: `evt-${id}`,
  module: "invoices",
  type: "created",
  record: { invoice_id: id, status: "paid", ...more },
});
const later = { organization: ORGANIZATION, wait: false };

let file: TemporaryFile;
let clock: ManualClock;
/** Each with a connection of its own to the file, as two processes have. */
let one: TestEngine;
let other: TestEngine;

beforeEach(async () => {
  file = await temporaryFile();
  clock = manualClock();
  one = await open();
  await one.apply(rules());
  other = await open();
});
afterEach(async () => {
  await Promise.all([one.close(), other.close()]);
  await file.remove();
});

function open(wrap: (store: Store) => Store = (store) => store): Promise<TestEngine> {
  return testEngine({ store: wrap(openSqliteStore(file.path)), clock, slots: SLOTS });
}

const idle = () => Promise.all([one.engine.idle(), other.engine.idle()]);
/** What either of them did: the runs of the calls, in no particular order. */
const done = () => [...one.calls, ...other.calls].map(({ input }) => input.runId);

/** An action that comes to its end when it is told to. */
function held(engine: TestEngine, times: number): () => void {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const answer = released.then(() => ({ outcome: "succeeded" as const, response: null }));
  engine.answer("tell", ...Array.from({ length: times }, () => answer));
  return release;
}

/** Resolves when an engine has begun so many actions. */
async function begun(engine: TestEngine, calls: number): Promise<void> {
  while (engine.calls.length < calls) await turns(1);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}

describe("what is defined", () => {
  it("in one decides in the other after its next sweep, and a run finds what it is to do at once", async () => {
    await one.apply(rules().replaceAll("tell", "call").replace("value: paid", "value: sent"));
    clock.moveBy(1000);
    await idle();
    const { executions } = await other.emit(event("1", { status: "sent" }));
    expect(executions).toMatchObject([{ rule: { name: "told", version: 2 }, runs: [{ action: { name: "call" } }, {}] }]);
    expect((await other.emit(event("2"))).executions).toEqual([]);
  });

  it("for the first time in an organization reaches the other, too", async () => {
    const { definitions } = one.engine;
    const names = async (engine: TestEngine) =>
      (await engine.engine.definitions.list("second", "Webhook", {}, { limit: 10, cursor: null })).data.map(({ name }) => name);
    await definitions.create("second", "Webhook", { name: "own", module: "invoices", url: "https://erp.example/" });
    expect(await names(other)).toEqual([]);
    clock.moveBy(1000);
    await idle();
    expect(await names(other)).toEqual(["own"]);
  });

  it("is caught up with at once where the store tells of it", async () => {
    let tell = (): void => undefined;
    let listening = 0;
    const third = await open((store) => ({
      ...store,
      definitions: {
        ...store.definitions,
        onChange(listener) {
          tell = listener;
          listening += 1;
          return () => void (listening -= 1);
        },
      },
    }));
    // After the first sweep, so that only the store's word can make it look.
    await third.engine.idle();
    await one.apply(rules().replace("value: paid", "value: sent"));
    expect((await third.emit(event("1"))).executions).toHaveLength(1);
    tell();
    await third.store.ping();
    expect((await third.emit(event("2"))).executions).toHaveLength(0);
    expect(listening).toBe(1);
    await third.close();
    expect(listening).toBe(0);
  });

  it("changed in both at once ends as both said", async () => {
    const create = (engine: TestEngine, name: string) =>
      engine.engine.definitions.create(ORGANIZATION, "Webhook", { name, module: "invoices", url: "https://erp.example/" });
    await Promise.all(["a", "b", "c"].flatMap((name) => [create(one, `${name}1`), create(other, `${name}2`)]));
    clock.moveBy(1000);
    await idle();
    for (const { engine } of [one, other]) {
      const { data } = await engine.definitions.list(ORGANIZATION, "Webhook", {}, { limit: 10, cursor: null });
      expect(data.map(({ name }) => name).toSorted()).toEqual(["a1", "a2", "b1", "b2", "c1", "c2", "tell"]);
    }
  });
});

describe("runs", () => {
  it("that one has no slot for are done by the other", async () => {
    const release = held(one, SLOTS);
    for (let n = 0; n < 2 * SLOTS; n++) await one.engine.emitOne(event(String(n)), later);
    await begun(one, SLOTS);
    clock.moveBy(1000);
    await other.engine.idle();
    expect([one.calls.length, other.calls.length]).toEqual([SLOTS, SLOTS]);
    release();
    await idle();
    expect(new Set(done()).size).toBe(2 * SLOTS);
  });

  it("are done once each, whoever is asked and whoever looks for them", async () => {
    const events = Array.from({ length: 40 }, (_, n) => event(String(n)));
    await Promise.all(events.map((each, n) => (n % 2 === 0 ? one : other).engine.emitOne(each, later)));
    await idle();
    clock.moveBy(3_600_000);
    await idle();
    const runs = await one.runs();
    expect(runs).toHaveLength(80);
    expect(runs.filter(({ status, attempts }) => status !== "succeeded" || attempts.length !== 1)).toEqual([]);
    expect(done().toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
    expect(Math.min(one.calls.length, other.calls.length)).toBeGreaterThan(0);
  });

  it("of an event that both are sent are planned once", async () => {
    const sent = await Promise.all([one, other].map(({ engine }) => engine.emitOne(event("1"), later)));
    expect(sent.map(({ status }) => status).toSorted()).toEqual(["accepted", "duplicate"]);
    await idle();
    expect(done()).toHaveLength(1);
  });

  it("that the other does are waited for as well", async () => {
    const release = held(one, SLOTS);
    for (let n = 0; n < SLOTS; n++) await one.engine.emitOne(event(`busy-${n}`), later);
    await begun(one, SLOTS);
    const waited = one.emit(event("waited"));
    while (!(await other.store.events.event(ORGANIZATION, "evt-waited"))) await turns(1);
    clock.moveBy(1000);
    await begun(other, 1);
    await other.engine.idle();
    clock.moveBy(200);
    // Nothing else ends it so soon: it would wait for ten seconds.
    expect(await Promise.race([waited, turns(200)])).toMatchObject({ status: "accepted" });
    expect((await waited).executions).toMatchObject([{ runs: [{ status: "succeeded" }, { status: "scheduled" }] }]);
    expect(one.calls).toHaveLength(SLOTS);
    release();
  });

  it("that a frozen one took are done by the other after its lease, and its late word is refused", async () => {
    const frozen = await open((store) => ({ ...store, runs: { ...store.runs, extend: async () => [], claim: async () => [] } }));
    const release = held(frozen, 1);
    await frozen.engine.emitOne(event("1"), later);
    await begun(frozen, 1);
    clock.moveBy(7999);
    await idle();
    expect(done()).toEqual([]);
    clock.moveBy(1001);
    await idle();
    expect(done()).toHaveLength(1);
    const outcome = {
      status: "succeeded",
      attempts: [
        { number: 1, outcome: "lost" },
        { number: 2, outcome: "succeeded" },
      ],
    };
    expect((await one.runs()).filter(({ status }) => status !== "scheduled")).toMatchObject([outcome]);
    release();
    await frozen.engine.stop(1000);
    expect((await one.runs()).filter(({ status }) => status !== "scheduled")).toMatchObject([outcome]);
    await frozen.store.close();
  });
});

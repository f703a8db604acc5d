import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Decided, DecisionInputs, EventLedger } from "../../src/store/events.ts";
import type { RecordEvent } from "../../src/model/event.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { testEngine, type TestEngine } from "../support/engine.ts";
import { makeEvent, NOW } from "../support/make.ts";

const RULES = `
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
`;

/** Events that a process stored before it died, which the store hands to whoever recovers it. */
let left: RecordEvent[];
let decided: Decided[];
let warned: object[];
let told: { readonly details: object; readonly message: string }[];
let t: TestEngine;
/** What finishing waits for. */
let gate: Promise<void>;

beforeEach(async () => {
  gate = Promise.resolve();
  left = [];
  decided = [];
  warned = [];
  told = [];
  const store = openSqliteStore(":memory:");
  const recover: EventLedger["recover"] = async (_now, decide) => {
    const found = left.splice(0);
    await gate;
    for (const event of found)
      await store.events.intake(makeEvent({ ...event }), (inputs: DecisionInputs) => {
        const answer = decide(event, inputs);
        decided.push(answer);
        return answer;
      });
    return found.length;
  };
  const log = {
    info: (details: object, message: string) => void told.push({ details, message }),
    warn: (details: object) => void warned.push(details),
    error: () => undefined,
  };
  t = await testEngine({ store: { ...store, events: { ...store.events, recover } }, log });
  await t.apply(RULES);
});
afterEach(() => t.close());

it("an event that a crash left stored is decided by the next sweep, and what follows from it is done", async () => {
  left.push(makeEvent({ storedAt: NOW, occurredAt: NOW }));
  t.clock.moveBy(1000);
  await t.engine.idle();
  expect(t.calls.map(({ input }) => input.event?.id)).toEqual(["evt-1"]);
  expect(told).toContainEqual({ details: { events: 1 }, message: "events that an interruption left are finished" });
  expect((await t.runs()).map(({ status, dueAt }) => [status, dueAt])).toEqual([
    ["scheduled", "2026-11-20T10:00:00.000Z"],
    ["succeeded", "2026-11-20T09:00:00.000Z"],
  ]);
  // Nobody holds what was only written down: it is claimed, as whatever is due.
  expect(decided.flatMap(({ runs }) => runs.map(({ run, leaseUntil, quota }) => [run.status, run.token, leaseUntil, quota]))).toEqual([
    ["scheduled", 0, null, null],
    ["scheduled", 0, null, null],
  ]);
});

it("one whose module is not defined any more fires nothing, and says so", async () => {
  left.push(makeEvent({ module: "nowhere" }));
  await t.engine.idle();
  expect(decided).toEqual([
    { decision: { generation: 1, previous: null, stale: false, alreadyFired: [], executions: [] }, runs: [], firstTime: [], moves: [] },
  ]);
  expect(warned).toEqual([{ event: "evt-1", module: "nowhere" }]);
});

it("what is due does not wait for what is being finished", async () => {
  await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1", status: "paid" } });
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  left.push(makeEvent({ id: "evt-left", recordId: "2", storedAt: NOW, occurredAt: NOW }));
  t.clock.moveBy(3_600_000);
  await vi.waitUntil(() => t.calls.length === 2);
  const idle = t.engine.idle();
  open();
  await idle;
  expect(t.calls.findIndex(({ input }) => input.event?.id === "evt-left")).toBe(2);
});

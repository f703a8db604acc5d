import { afterEach, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";
import { faultyStore } from "../support/faulty-store.ts";
import { manualClock } from "../support/manual-clock.ts";

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
  - timeBasedActions: [{ execute: { after: { months: 3 } }, actions: [{ type: webhook, name: tell }] }]
`;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let t: TestEngine;
afterEach(() => t.close());

/** A store that counts the steps of the walks over it, and an engine that keeps its history so many days. */
async function keeping(retentionDays: number) {
  const clock = manualClock();
  const inner = openSqliteStore(":memory:");
  const faulty = faultyStore(inner);
  const steps: (readonly [after: string | null, limit: number])[] = [];
  const store: Store = {
    ...faulty.store,
    retention: {
      expire(before, after, limit) {
        steps.push([after, limit]);
        onStep.do();
        return faulty.store.retention.expire(before, after, limit);
      },
    },
  };
  const onStep = { do: (): void => undefined };
  const logged: object[] = [];
  const failed: string[] = [];
  const log = {
    info: (details: object, message: string) => void (message.startsWith("old history") && logged.push(details)),
    warn: () => undefined,
    error: (_details: object, message: string) => void failed.push(message),
  };
  t = await testEngine({ store, clock, retentionDays, log });
  await t.apply(RULES);
  /** So much time passes, and what it wakes comes to its end. */
  const pass = async (ms: number): Promise<void> => {
    clock.moveBy(ms);
    await t.engine.idle();
    for (let turn = 0; turn < 30; turn++) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      await inner.notifications.add([]);
    }
  };
  return { clock, faulty, steps, onStep, logged, failed, pass };
}

const send = (id: string, status: string) => t.emit({ id, module: "invoices", type: "created", record: { invoice_id: id, status } });

async function events(): Promise<readonly string[]> {
  const { data } = await t.engine.reading.events({ organization: ORGANIZATION }, { limit: 200, cursor: null });
  return data.map(({ id }) => id).toReversed();
}

it("deletes what is older than the days asked for and over, and keeps what waits, however old", async () => {
  const { logged, pass } = await keeping(60);
  await send("over", "paid");
  await send("waits", "draft");
  await pass(59 * DAY);
  await send("young", "paid");
  await pass(DAY - HOUR);
  expect(await events()).toEqual(["over", "waits", "young"]);
  await pass(HOUR);
  await pass(HOUR);
  expect(await events()).toEqual(["waits", "young"]);
  expect((await t.runs()).map(({ event }) => event)).toEqual(["young", "waits"]);
  expect(await t.engine.records.get(ORGANIZATION, "invoices", "over")).toMatchObject({ revision: 1 });
  expect(logged).toEqual([{ events: 1, runs: 1, days: 60 }]);
});

it("looks every hour, in small steps to the end", async () => {
  const { clock, steps, logged, pass } = await keeping(1);
  for (let n = 0; n < 250; n++) await send(`evt-${n}`, "paid");
  await t.engine.stop(0);
  clock.moveBy(2 * DAY);
  const again = await testEngine({ store: t.store, clock, retentionDays: 1 });
  await pass(HOUR - 1);
  expect(steps).toEqual([]);
  await pass(1);
  expect(steps.map(([after, limit]) => [after === null, limit])).toEqual([
    [true, 100],
    [false, 100],
    [false, 100],
  ]);
  expect(await events()).toEqual([]);
  await pass(HOUR);
  expect(steps).toHaveLength(4);
  expect(logged).toEqual([]);
  await again.engine.stop(0);
});

it("keeps everything with 0 days", async () => {
  const { steps, pass } = await keeping(0);
  await send("old", "paid");
  await pass(10_000 * DAY);
  await pass(HOUR);
  expect(steps).toEqual([]);
  expect(await events()).toEqual(["old"]);
});

it("begins anew an hour later where the store was away, and stops with the engine", async () => {
  const { faulty, steps, failed, pass } = await keeping(60);
  await send("over", "paid");
  faulty.fail((call) => (call === "retention.expire" ? "before" : null));
  await pass(61 * DAY);
  expect(failed).toEqual(["the store cannot be reached; work waits until it can"]);
  faulty.comeBack();
  await pass(HOUR);
  expect(await events()).toEqual([]);
  const walked = steps.length;
  await t.engine.stop(0);
  await pass(HOUR);
  expect(steps).toHaveLength(walked);
});

it("goes no further once the engine stops", async () => {
  const { steps, onStep, pass } = await keeping(1);
  for (let n = 0; n < 150; n++) await send(`evt-${n}`, "paid");
  await pass(DAY);
  const before = steps.length;
  const stops: Promise<void>[] = [];
  onStep.do = () => void stops.push(t.engine.stop(0));
  await pass(HOUR);
  await Promise.all(stops);
  expect(steps).toHaveLength(before + 1);
  expect(await events()).toHaveLength(50);
});

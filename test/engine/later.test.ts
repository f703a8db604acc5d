import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

function definitions(timed: string, more = ""): string {
  return `
kind: Organization
timeZone: Asia/Kolkata
limits: { webhooksPerDay: 2 }
---
kind: Webhook
name: remind
module: invoices
url: https://erp.example/hook
${more}
---
kind: WorkflowRule
name: reminder
module: invoices
trigger: { type: event, on: [created, edited] }
conditions:
  - criteria: [{ field: status, comparator: equal, value: sent }]
    timeBasedActions: [{ ${timed}, actions: [{ type: webhook, name: remind }] }]
`;
}

const IN_14_DAYS = 'execute: { after: { days: 14 }, of: trigger, at: "09:00" }';
const record = { invoice_id: "1", status: "sent" };

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

async function only() {
  const [run] = await t.runs();
  return run;
}

describe("a time-based action", () => {
  it("waits until its wall time in the organization's zone, then looks at the record as it is", async () => {
    await t.apply(definitions(IN_14_DAYS));
    await t.emit({ module: "invoices", type: "created", record });
    expect(await only()).toMatchObject({ status: "scheduled", dueAt: "2026-12-04T03:30:00.000Z", attempts: [] });
    await t.engine.records.patch("invoices", "1", { notes: "new" }, null, { organization: "default", origin: "import", ancestry: [] });
    t.clock.moveTo("2026-12-04T03:29:59Z");
    await t.engine.idle();
    expect(t.calls).toEqual([]);
    t.clock.moveTo("2026-12-04T03:30:00Z");
    await t.engine.idle();
    expect(t.calls.map(({ input }) => input.record["notes"])).toEqual(["new"]);
    expect(await only()).toMatchObject({ status: "succeeded" });
  });

  it.each([
    ["minutes: 30", "2026-11-20T09:30:00.000Z"],
    ["hours: 5", "2026-11-20T14:00:00.000Z"],
    ["days: 1", "2026-11-21T09:00:00.000Z"],
    ["weeks: 2", "2026-12-04T09:00:00.000Z"],
    ["months: 3", "2027-02-20T09:00:00.000Z"],
  ])("is due after { %s }", async (after, dueAt) => {
    await t.apply(definitions(`execute: { after: { ${after} } }`));
    await t.emit({ module: "invoices", type: "created", record });
    expect(await only()).toMatchObject({ status: "scheduled", dueAt });
  });

  it("is skipped where its block's criteria no longer hold, and takes no quota", async () => {
    await t.apply(definitions(IN_14_DAYS));
    await t.emit({ module: "invoices", type: "created", record });
    await t.engine.records.patch("invoices", "1", { status: "paid" }, null, { organization: "default", origin: "import", ancestry: [] });
    t.clock.moveTo("2026-12-04T03:30:00Z");
    await t.engine.idle();
    expect(await only()).toMatchObject({ status: "skipped", reason: "criteriaNotMet" });
    expect(await t.engine.reading.usage("default", "2026-12-04")).toMatchObject({ webhook: { used: 0, limit: 2 } });
  });

  it("runs all the same with recheck: false", async () => {
    await t.apply(definitions(`${IN_14_DAYS}, recheck: false`));
    await t.emit({ module: "invoices", type: "created", record });
    await t.engine.records.patch("invoices", "1", { status: "paid" }, null, { organization: "default", origin: "import", ancestry: [] });
    t.clock.moveTo("2026-12-04T03:30:00Z");
    await t.engine.idle();
    expect(await only()).toMatchObject({ status: "succeeded" });
  });

  it("is skipped when its record is deleted", async () => {
    await t.apply(definitions(IN_14_DAYS));
    await t.emit({ module: "invoices", type: "created", record });
    await t.emit({ module: "invoices", type: "deleted", record });
    expect(await only()).toMatchObject({ status: "skipped", reason: "recordDeleted" });
  });

  it("keeps the rule version that planned it", async () => {
    await t.apply(definitions(IN_14_DAYS));
    await t.emit({ module: "invoices", type: "created", record });
    await t.apply(definitions(IN_14_DAYS).replace("value: sent", "value: nothing"));
    t.clock.moveTo("2026-12-04T03:30:00Z");
    await t.engine.idle();
    expect(await only()).toMatchObject({ status: "succeeded", rule: { version: 1 } });
  });

  it("runs late within the rule's grace, and is missed beyond it", async () => {
    await t.apply(definitions("execute: { after: { hours: 1 } }"));
    await t.emit({ module: "invoices", type: "created", record });
    await t.emit({ module: "invoices", type: "created", record: { ...record, invoice_id: "2" }, occurredAt: "2026-11-20T06:00:00Z" });
    await t.emit({ module: "invoices", type: "created", record: { ...record, invoice_id: "3" }, occurredAt: "2026-11-18T06:00:00Z" });
    await t.engine.idle();
    const status = async () => Object.fromEntries((await t.runs()).map((run) => [run.record, run.reason ?? run.status]));
    expect(await status()).toEqual({ 1: "scheduled", 2: "succeeded", 3: "missed" });
    await t.engine.stop(0);
    t.clock.moveBy(26 * 3_600_000);
    const later = await testEngine({ store: t.store, clock: t.clock });
    await later.engine.idle();
    expect(await status()).toEqual({ 1: "missed", 2: "succeeded", 3: "missed" });
    await later.engine.stop(0);
  });
});

describe("the day's quota", () => {
  const event = (id: number) => ({ module: "invoices", type: "created", record: { ...record, invoice_id: String(id) } });
  const now = (more = "") =>
    definitions("execute: { after: { minutes: 1 } }", more).replace(
      /timeBasedActions.*/,
      "immediateActions: [{ type: webhook, name: remind }]",
    );

  it("skips what is over it and says why", async () => {
    await t.apply(now());
    for (const id of [1, 2, 3]) await t.emit(event(id));
    expect((await t.runs()).map(({ status, reason }) => [status, reason])).toEqual([
      ["skipped", "quotaExceeded"],
      ["succeeded", null],
      ["succeeded", null],
    ]);
    expect(await t.engine.reading.usage("default", null)).toMatchObject({
      day: "2026-11-20",
      timeZone: "Asia/Kolkata",
      webhook: { used: 2, limit: 2 },
    });
  });

  it("or defers it to the organization's next day", async () => {
    await t.apply(now("onQuotaExceeded: defer"));
    for (const id of [1, 2, 3]) await t.emit(event(id));
    expect(await only()).toMatchObject({ status: "scheduled", dueAt: "2026-11-20T18:30:00.000Z" });
    t.clock.moveTo("2026-11-20T18:30:00Z");
    await t.engine.idle();
    expect(await only()).toMatchObject({ status: "succeeded" });
    expect(await t.engine.reading.usage("default", "2026-11-21")).toMatchObject({ webhook: { used: 1 } });
  });

  it("counts a retry of the schedule once and one asked for by a person again", async () => {
    await t.apply(now());
    t.answer(
      "remind",
      { outcome: "failed", error: "no", retry: true, response: null },
      { outcome: "failed", error: "no", retry: false, response: null },
    );
    await t.emit(event(1));
    t.clock.moveBy(60_000);
    await t.engine.idle();
    const used = async () => (await t.engine.reading.usage("default", null)).webhook.used;
    expect([(await only())?.status, await used()]).toEqual(["failed", 1]);
    await t.engine.retry("default", (await only())?.id ?? "");
    await t.engine.idle();
    expect([(await only())?.status, await used()]).toEqual(["succeeded", 2]);
  });
});

describe("a person", () => {
  it("calls a waiting run off, and cannot call off what has ended", async () => {
    await t.apply(definitions(IN_14_DAYS));
    await t.emit({ module: "invoices", type: "created", record });
    const id = (await only())?.id ?? "";
    expect(await t.engine.cancel("default", id)).toMatchObject({ status: "cancelled" });
    await expect(t.engine.cancel("default", id)).rejects.toMatchObject({ code: "conflict" });
    await expect(t.engine.cancel("default", "run_x")).rejects.toMatchObject({ code: "not_found" });
    t.clock.moveTo("2027-01-01T00:00:00Z");
    await t.engine.idle();
    expect(t.calls).toEqual([]);
  });
});

describe("a worker that stops without a word", () => {
  it("loses the attempt and the run to the next one, and its late word is not written", async () => {
    await t.apply(
      definitions("execute: { after: { minutes: 1 } }").replace(
        /timeBasedActions.*/,
        "immediateActions: [{ type: webhook, name: remind }]",
      ),
    );
    let finish: (result: { outcome: "succeeded"; response: null }) => void = () => undefined;
    t.answer("remind", new Promise((resolve) => (finish = resolve)));
    await t.engine.emitOne({ module: "invoices", type: "created", record }, { organization: "default", wait: false });
    const other = await testEngine({ store: t.store, clock: t.clock });
    // Frozen: no heartbeat of the first worker reaches the store.
    const extend = t.store.runs.extend;
    Object.assign(t.store.runs, { extend: async () => [] });
    t.clock.moveBy(8001);
    await other.engine.idle();
    expect(await only()).toMatchObject({ status: "succeeded", attempts: [{ outcome: "lost" }, { number: 2, outcome: "succeeded" }] });
    finish({ outcome: "succeeded", response: null });
    await t.engine.idle();
    expect((await only())?.attempts).toHaveLength(2);
    Object.assign(t.store.runs, { extend });
    await other.engine.stop(0);
  });
});

it("waiting until it is idle ends when the engine stops, though something is still due", async () => {
  await t.apply(definitions(IN_14_DAYS));
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  t.run("remind", () => held);
  for (let n = 0; n < 20; n++)
    await t.engine.emitOne(
      { module: "invoices", type: "created", record: { ...record, invoice_id: String(n) } },
      { organization: ORGANIZATION, wait: false },
    );
  t.clock.moveBy(15 * 86_400_000);
  const idle = t.engine.idle();
  const stopped = t.engine.stop(50);
  await stopped;
  release();
  await expect(idle).resolves.toBeUndefined();
});

import { expect, it, vi } from "vitest";
import { openDefinitions } from "../../src/engine/definitions/definitions.ts";
import { emit, emitOne, type EmitDeps } from "../../src/engine/emit.ts";
import { createIntake } from "../../src/engine/intake.ts";
import { createSlots } from "../../src/engine/slots.ts";
import { createWaits } from "../../src/engine/waits.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { manualClock } from "../support/manual-clock.ts";

const BACKLOG = 3;
const event = { module: "invoices", type: "created", record: { invoice_id: "1" } };

/** The way in, over a store whose writes hang until they are let go: the disk stands still. */
async function stalled() {
  const store = openSqliteStore(":memory:");
  const clock = manualClock();
  const gate = resolvers();
  const slow = {
    ...store,
    events: {
      ...store.events,
      intake: async (...args: Parameters<typeof store.events.intake>) => gate.promise.then(() => store.events.intake(...args)),
    },
  };
  const definitions = await openDefinitions(store);
  const slots = createSlots({ emailAlert: 1, inAppNotification: 1, fieldUpdate: 1, webhook: 1, customFunction: 1 });
  const intake = createIntake({
    store: slow,
    definitions,
    clock,
    slots,
    leaseMs: 8000,
    failures: { failed: vi.fn<() => void>(), over: vi.fn<() => void>() },
    backlog: BACKLOG,
    start: vi.fn<() => void>(),
    wakeAt: vi.fn<() => void>(),
    onWritten: () => undefined,
  });
  const deps: EmitDeps = { store, clock, definitions, intake, waits: createWaits({ store, clock }) };
  return { deps, store, release: () => gate.resolve() };
}

function resolvers() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

const options = { organization: "default", wait: false };

it("refuses events beyond the backlog with when to come back, and takes them again once it has room", async () => {
  const { deps, store, release } = await stalled();
  const taken = Array.from({ length: BACKLOG }, () => emitOne(deps, event, options));
  await expect(emitOne(deps, event, options)).rejects.toMatchObject({ code: "overloaded", retryAfter: 1 });
  release();
  await Promise.all(taken);
  expect(await emitOne(deps, event, options)).toMatchObject({ status: "accepted" });
  await store.close();
});

it("refuses an array as a whole where it would not fit", async () => {
  const { deps, store, release } = await stalled();
  const two = emit(deps, [event, event], options);
  await expect(emit(deps, [event, event], options)).rejects.toMatchObject({ code: "overloaded" });
  release();
  expect(await two).toHaveLength(2);
  expect((await store.events.events({ organization: "default" }, { limit: 10, cursor: null })).data).toHaveLength(2);
  await store.close();
});

it("refuses to wait for more than a thousand events at once", async () => {
  const { deps, store } = await stalled();
  const many = { ...deps, waits: { ...deps.waits, size: () => 1000 } };
  await expect(emitOne(many, event, { ...options, wait: true })).rejects.toMatchObject({ code: "rate_limited", retryAfter: 1 });
  await store.close();
});

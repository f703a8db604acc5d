import { afterEach, beforeEach, expect, it } from "vitest";
import type { ClaimRequest } from "../../src/store/runs.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { testEngine, type TestEngine } from "../support/engine.ts";

const SLOTS = 2;
const event = (id: string) => ({ id, module: "invoices", type: "created", record: { invoice_id: id } });

/** As a store over the network: events are stored while a claim is on its way. */
function slowToClaim(store: Store): Store {
  async function claim(request: ClaimRequest): ReturnType<Store["runs"]["claim"]> {
    for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
    return store.runs.claim(request);
  }
  return { ...store, runs: { ...store.runs, claim } };
}

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine({ slots: SLOTS, store: slowToClaim(openSqliteStore(":memory:")) });
  for (const organization of ["quiet", "busy"])
    await t.engine.definitions.create(organization, "Webhook", { name: "tell", module: "invoices", url: "https://erp.example/" });
  for (const organization of ["quiet", "busy"])
    await t.engine.definitions.create(organization, "WorkflowRule", {
      name: "told",
      module: "invoices",
      trigger: { type: "event", on: ["created"] },
      conditions: [{ immediateActions: [{ type: "webhook", name: "tell" }] }],
    });
});
afterEach(() => t.close());

it("whoever waits for a slot is not passed by what a busy organization sends meanwhile", async () => {
  let sent = 0;
  const send = (organization: string, id: string) => t.engine.emitOne(event(id), { organization, wait: false });
  const caller = async (): Promise<void> => {
    while (sent < 200) await send("busy", `busy-${sent++}`);
  };
  const callers = Array.from({ length: 2 * SLOTS }, caller);
  while (t.calls.length < SLOTS) await new Promise<void>((resolve) => void setImmediate(resolve));
  await send("quiet", "quiet");
  const before = sent;
  await Promise.all(callers);
  await t.engine.idle();
  const order = t.calls.map(({ input }) => input.event?.id ?? "");
  expect(order).toHaveLength(201);
  const passed = order.slice(0, order.indexOf("quiet")).filter((id) => Number(id.replace("busy-", "")) >= before);
  expect(passed.length).toBeLessThan(2);
});

import { expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { EventLedger } from "../../src/store/events.ts";
import { testEngine } from "../support/engine.ts";

const RULES = `
kind: Webhook
name: tell
module: invoices
url: https://erp.example/hook
---
kind: WorkflowRule
name: once
module: invoices
trigger: { type: event, on: [created, edited], repeat: firstTime }
conditions: [{ immediateActions: [{ type: webhook, name: tell }] }]
`;

it("a rule that is started again while an event waits to be stored is told that it has fired for the record", async () => {
  const store = openSqliteStore(":memory:");
  let held: Promise<void> = Promise.resolve();
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const intake: EventLedger["intake"] = async (event, decide) => {
    if (event.type === "edited") reach();
    await held;
    return store.events.intake(event, decide);
  };
  const t = await testEngine({ store: { ...store, events: { ...store.events, intake } } });
  const record = { invoice_id: "90300" };
  await t.apply(RULES);
  const first = await t.emit({ module: "invoices", type: "created", record });
  await t.apply(`${RULES}active: false\n`);
  let release = (): void => undefined;
  held = new Promise((resolve) => (release = resolve));
  const waiting = t.emit({ module: "invoices", type: "edited", record });
  await reached;
  await t.apply(RULES);
  release();
  expect([first, await waiting].map(({ executions }) => executions?.length)).toEqual([1, 0]);
  await t.close();
});

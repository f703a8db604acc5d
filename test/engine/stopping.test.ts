import { afterEach, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { testEngine, type TestEngine } from "../support/engine.ts";

const RULES = `
kind: Webhook
name: tell
module: invoices
url: https://example.com/
---
kind: WorkflowRule
name: all
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: webhook, name: tell }]
`;

/** Something that happens only once it is let go. */
function gate() {
  let open = (): void => undefined;
  let reached = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (reached = resolve));
  return { open: () => open(), arrived, pass: async () => (reached(), opened) };
}

let engine: TestEngine;
afterEach(() => engine.store.close());

async function startOn(wrap: (store: Store) => Store, slots = 8): Promise<void> {
  engine = await testEngine({ store: wrap(openSqliteStore(":memory:")), slots });
  await engine.apply(RULES);
}

const created = { module: "invoices", type: "created", record: { invoice_id: "1" } };
const send = () => engine.engine.emitOne(created, { organization: "default", wait: false });

it("waits for an event that is being stored, whoever has stopped waiting for its answer, and for the runs that it starts", async () => {
  const stored = gate();
  await startOn((store) => ({
    ...store,
    events: {
      ...store.events,
      async intake(event, decide) {
        const answer = await store.events.intake(event, decide);
        await stored.pass();
        return answer;
      },
    },
  }));
  const sent = send();
  await stored.arrived;
  const stopped = engine.engine.stop(1000);
  stored.open();
  await Promise.all([sent, stopped]);
  expect(await engine.runs()).toMatchObject([{ status: "succeeded" }]);
});

it("waits for a claim that is under way, and for the runs that it brings", async () => {
  const claimed = gate();
  let holds = false;
  await startOn((store) => ({
    ...store,
    runs: {
      ...store.runs,
      async claim(request) {
        const answer = await store.runs.claim(request);
        if (holds && answer.length > 0) await claimed.pass();
        return answer;
      },
    },
  }));
  engine.answer("tell", { outcome: "failed", error: "gone", retry: false, response: null });
  await send();
  await engine.engine.idle();
  holds = true;
  // Claims at once, apart from any sweep.
  const [run] = await engine.runs();
  await engine.engine.retry("default", run?.id ?? "");
  await claimed.arrived;
  const stopped = engine.engine.stop(1000);
  claimed.open();
  await stopped;
  expect(await engine.runs()).toMatchObject([{ status: "succeeded", attempts: [{ outcome: "failed" }, { outcome: "succeeded" }] }]);
});

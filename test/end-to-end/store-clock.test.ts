import { pino } from "pino";
import { expect, it } from "vitest";
import { compose, DEFAULT_ORGANIZATION } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import type { Store } from "../../src/store/store.ts";

const DAY_MS = 86_400_000;

it("the store's clock decides when an event was stored, whatever this machine's says", async () => {
  // A store whose machine is a day ahead of ours.
  const wrapStore = (store: Store): Store => ({ ...store, clockOffset: () => DAY_MS });
  const app = await compose(readConfig({}, { store: "sqlite::memory:" }), { log: pino({ level: "silent" }), wrapStore });
  const before = Date.now();
  const { id } = await app.engine.emitOne(
    { module: "invoices", type: "created", record: { invoice_id: "1" } },
    { organization: DEFAULT_ORGANIZATION, wait: false },
  );
  const { storedAt } = await app.engine.reading.event(DEFAULT_ORGANIZATION, id);
  expect(storedAt - before).toBeGreaterThanOrEqual(DAY_MS);
  expect(storedAt - Date.now()).toBeLessThanOrEqual(DAY_MS);
  await app.close(0);
});

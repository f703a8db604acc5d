import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { makeEvent, NOW } from "../../support/make.ts";
import { take } from "../../contract/ledger.ts";

let store: Store;
beforeEach(() => {
  store = openSqliteStore(":memory:");
});
afterEach(() => store.close());

it("does not walk over young events to find old ones: the first young one ends the walk", async () => {
  // A clock that was put back has stored an old event behind a young one: it goes when those before it have.
  for (const [id, storedAt] of [
    ["evt-1", NOW - 2],
    ["evt-2", NOW],
    ["evt-3", NOW - 1],
  ] as const)
    await take(store, makeEvent({ id, storedAt }));
  expect(await store.retention.expire(NOW, null, 10)).toEqual({ events: 1, runs: 0, next: null });
  expect(await store.events.event("default", "evt-3")).not.toBeNull();
  expect(await store.retention.expire(NOW + 1, null, 10)).toEqual({ events: 2, runs: 0, next: null });
});

import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import {
  makeClaim,
  makeCascade,
  makeDecided,
  makeEvent,
  makeKey,
  makeNewRun,
  makeNotification,
  makeSettlement,
} from "../../support/make.ts";
import { FIRST_PAGE, take } from "../../contract/ledger.ts";
import { temporaryFile, type TemporaryFile } from "./temporary-file.ts";

const NO_WAITING = { busyTimeoutMs: 20 };

let file: TemporaryFile;
let store: Store;
/** Stands for another process that is writing. */
let other: Database.Database;

beforeEach(async () => {
  file = await temporaryFile();
  store = openSqliteStore(file.path, NO_WAITING);
  const event = makeEvent();
  await take(store, event, makeNewRun(event));
  other = new Database(file.path);
  other.exec("begin immediate");
});
afterEach(async () => {
  other.close();
  await store.close();
  await file.remove();
});

it.each<[string, () => Promise<unknown>]>([
  ["intake", () => store.events.intake(makeEvent({ id: "evt-2" }), () => makeDecided())],
  ["a claim", () => store.runs.claim(makeClaim())],
  ["a heartbeat", () => store.runs.extend([], 1)],
  ["a settle", () => store.runs.settle({ ...makeNewRun(makeEvent()).run, token: 1 }, makeSettlement())],
  ["a field update", () => store.records.update(makeKey(), "run-1", ({ body }) => ({ body, cascade: makeCascade(), dates: null }))],
  ["notifications", () => store.notifications.add([makeNotification()])],
  ["the deletion of old events", () => store.retention.expire(1, null, 10)],
])("refuses %s as overloaded while another process keeps writing", async (_title, write) => {
  await expect(write()).rejects.toMatchObject({ name: "RulewrightError", code: "overloaded", retryAfter: 1 });
});

it("writes again, and all that was refused, once the other process has finished", async () => {
  const event = makeEvent({ id: "evt-2", recordId: "2" });
  const refused = await Promise.allSettled([take(store, event), take(store, makeEvent({ id: "evt-3" })), store.runs.claim(makeClaim())]);
  expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  other.exec("rollback");
  expect(await store.events.event("default", "evt-2")).toBeNull();
  expect(await take(store, event)).toEqual([]);
  expect(await store.runs.claim(makeClaim())).toHaveLength(1);
});

it("reads while another process writes, what was committed before", async () => {
  other.exec("update runs set status = 'cancelled'");
  expect(await store.events.event("default", "evt-1")).not.toBeNull();
  expect((await store.runs.runs({ organization: "default" }, FIRST_PAGE)).data).toMatchObject([{ status: "scheduled" }]);
  expect(await store.records.record(makeKey())).not.toBeNull();
  expect(await store.runs.nextDue(0)).not.toBeNull();
  expect(await store.definitions.newest()).toEqual(new Map());
  await store.ping();
});

it("opens and closes while another process writes", async () => {
  const second = openSqliteStore(file.path, NO_WAITING);
  expect(await second.events.event("default", "evt-1")).not.toBeNull();
  const late = second.events.intake(makeEvent({ id: "evt-2" }), () => makeDecided());
  const [closed, refused] = await Promise.allSettled([second.close(), late]);
  expect(closed.status).toBe("fulfilled");
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "overloaded" } });
  await expect(second.ping()).rejects.toBeInstanceOf(Error);
});

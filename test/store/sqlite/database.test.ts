import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RulewrightError } from "../../../src/model/errors.ts";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { makeClaim, makeDecided, makeEvent, NOW } from "../../support/make.ts";
import { temporaryFile, type TemporaryFile } from "./temporary-file.ts";

let file: TemporaryFile;
beforeEach(async () => {
  file = await temporaryFile();
});
afterEach(() => file.remove());

it.each([
  ["journal_mode", "wal"],
  ["synchronous", 2],
  ["busy_timeout", 5000],
  ["wal_autocheckpoint", 4000],
  ["foreign_keys", 1],
  ["user_version", MIGRATIONS.length],
])("opens a file with %s = %s", (pragma, value) => {
  const db = openDatabase(file.path);
  expect(db.pragma(pragma, { simple: true })).toBe(value);
  db.close();
});

it("makes the folder that the file is to stand in", () => {
  const db = openDatabase(join(file.path, "..", "a", "b", "ledger.db"));
  expect(db.open).toBe(true);
  db.close();
});

it("opens a file that is open already, and one that was closed, without touching what is there", async () => {
  const first = openSqliteStore(file.path);
  await first.events.intake(makeEvent(), () => makeDecided());
  const second = openSqliteStore(file.path);
  expect(await second.events.event("default", "evt-1")).not.toBeNull();
  await Promise.all([first.close(), second.close()]);
  const third = openSqliteStore(file.path);
  expect(await third.events.event("default", "evt-1")).not.toBeNull();
  await third.close();
});

it("brings a file of the version before up to date: what waits is due, what runs has its lease", async () => {
  const raw = new Database(file.path);
  for (const sql of MIGRATIONS.slice(0, 2)) raw.exec(sql);
  raw.pragma("user_version = 2");
  raw.exec(`insert into events values (1, 'default', 'evt-1', null, 'invoices', 'created', '1', 'user', 1, 1, '{}', '{}')`);
  const run = raw.prepare(
    `insert into runs (id, organization, event_seq, execution, rule_id, rule_name, rule_version, module, record, condition, n, action_type,
       action_name, status, created_at, attempts, timed, recheck, outlives_record, token, claimed_at, wake_at)
     values (?, 'default', 1, 'exe', 'rule', 'rule', 1, 'invoices', '1', 1, 1, 'webhook', 'any', ?, 1, '[]', 0, 0, 0, 1, 1, ?)`,
  );
  for (const [id, status, wakeAt] of [
    ["run_due", "scheduled", NOW + 5],
    ["run_held", "running", NOW + 9],
    ["run_over", "succeeded", null],
  ])
    run.run(id, status, wakeAt);
  raw.close();
  const store = openSqliteStore(file.path);
  expect([await store.runs.nextDue(NOW), await store.runs.nextDue(NOW + 5), await store.runs.nextDue(NOW + 9)]).toEqual([
    NOW + 5,
    NOW + 9,
    null,
  ]);
  const claimed = await store.runs.claim(makeClaim({ now: NOW + 9 }));
  expect(claimed.map(({ run: { id }, lost }) => [id, lost])).toEqual([
    ["run_held", true],
    ["run_due", false],
  ]);
  await store.close();
});

it("keeps a store in memory to itself", async () => {
  const [one, other] = [openSqliteStore(":memory:"), openSqliteStore(":memory:")];
  await one.events.intake(makeEvent(), () => makeDecided());
  expect(await one.events.event("default", "evt-1")).not.toBeNull();
  expect(await other.events.event("default", "evt-1")).toBeNull();
  await Promise.all([one.close(), other.close()]);
});

it("refuses a file of a newer version, says what to do and leaves it as it is", () => {
  openDatabase(file.path).close();
  const raw = new Database(file.path);
  raw.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  expect(() => openDatabase(file.path)).toThrow(RulewrightError);
  expect(() => openDatabase(file.path)).toThrow(
    `was written by a newer version of Rulewright (schema ${MIGRATIONS.length + 1}, this one knows ${MIGRATIONS.length}). Upgrade, or`,
  );
  expect(raw.pragma("user_version", { simple: true })).toBe(MIGRATIONS.length + 1);
  // Nobody else has it open: the refused connections were closed.
  expect(raw.pragma("journal_mode = delete", { simple: true })).toBe("delete");
  raw.close();
});

it.each([
  [
    "no database",
    async () =>
      writeFile(file.path, "This is a text that is no SQLite file, and long enough to be read as one. ".repeat(20)).then(() => file.path),
  ],
  ["in a folder that cannot be made", async () => writeFile(file.path, "").then(() => join(file.path, "below", "a-file.db"))],
  ["a folder", async () => join(file.path, "..")],
])("refuses a path that is %s", async (_title, prepare) => {
  const path = await prepare();
  expect(() => openDatabase(path)).toThrow(RulewrightError);
  expect(() => openDatabase(path)).toThrow(`Expected a SQLite file that can be opened at ${path}`);
});

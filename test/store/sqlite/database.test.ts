import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RulewrightError } from "../../../src/model/errors.ts";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { makeDecided, makeEvent } from "../../support/make.ts";
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
    /was written by a newer version of Rulewright \(schema 3, this one knows 2\)\. Upgrade, or/,
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

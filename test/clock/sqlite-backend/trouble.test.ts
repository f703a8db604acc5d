import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sqliteJobs } from "../../../src/clock/agenda/sqlite-backend/sqlite-jobs.ts";
import { openSqlite, type OpenSqlite } from "../../../src/store/sqlite/sqlite-store.ts";
import { temporaryFile, type TemporaryFile } from "../../store/sqlite/temporary-file.ts";
import { startProcess } from "../agenda/place.ts";

const SECOND = 1000;
const SOON = { timeout: 10_000, interval: 20 };

let file: TemporaryFile;
let opened: OpenSqlite;
/** Stands for another process. */
let other: Database.Database;
let process: ReturnType<typeof startProcess>;
beforeEach(async () => {
  file = await temporaryFile();
  opened = openSqlite(file.path, { busyTimeoutMs: 20 });
  other = new Database(file.path);
  process = startProcess(async () => sqliteJobs(opened));
});
afterEach(async () => {
  await process.wakeUps.stop();
  other.close();
  await opened.store.close();
  await file.remove();
});

const jobs = () => other.prepare("select count(*) from agenda_jobs").pluck().get();

it("plans and wakes when another process has done with writing, and says that it could not before", async () => {
  const { wakeUps, woken, trouble } = process;
  wakeUps.at(Date.now() + SECOND);
  await vi.waitFor(() => expect(jobs()).toBe(1), SOON);
  other.exec("begin immediate");
  await vi.waitFor(() => expect(trouble.lines).toContain("polling for wake failed"), SOON);
  const later = Date.now() + SECOND;
  wakeUps.at(later);
  await vi.waitFor(() => expect(trouble.lines).toContain("planning wake-ups failed"), SOON);
  other.exec("rollback");
  await woken.reached(1);
  // As the next sweep does.
  wakeUps.at(later + SECOND);
  await woken.reached(2);
  expect(trouble.lines.filter((line) => line.endsWith("over")).toSorted()).toEqual(["planning wake-ups over", "polling for wake over"]);
  await vi.waitFor(() => expect(jobs()).toBe(0), SOON);
});

it("says what is wrong with the file where something else is, and ends no process", async () => {
  const { wakeUps, woken, trouble } = process;
  wakeUps.at(Date.now() + SECOND);
  await woken.reached(1);
  other.exec("alter table agenda_jobs rename to lost");
  await vi.waitFor(() => expect(trouble.lines).toContain("polling for wake failed"), SOON);
  wakeUps.at(Date.now() + SECOND);
  await vi.waitFor(() => expect(trouble.lines).toContain("planning wake-ups failed"), SOON);
  other.exec("alter table lost rename to agenda_jobs");
  await vi.waitFor(() => expect(trouble.lines).toContain("polling for wake over"), SOON);
  wakeUps.at(Date.now() + SECOND);
  await woken.reached(2);
});

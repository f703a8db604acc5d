// A process of its own that is woken once, and then has nothing more to do.
// node leaving-process.js <file> <stop, or leave everything open>
import { createAgendaWakeUps } from "../../../src/clock/agenda/agenda-wake-ups.ts";
import { sqliteJobs } from "../../../src/clock/agenda/sqlite-backend/sqlite-jobs.ts";
import { systemClock } from "../../../src/clock/system/system-clock.ts";
import { openSqlite } from "../../../src/store/sqlite/sqlite-store.ts";

const [path = "", how = ""] = process.argv.slice(2);
const opened = openSqlite(path);
const wakeUps = createAgendaWakeUps({ clock: systemClock(), openJobs: async () => sqliteJobs(opened) });
const tell = (what: string): void => void process.stdout.write(`${what}\n`);
const recurring = [{ name: "digests", everyMs: 3_600_000, work: async () => undefined }];

// Nothing else keeps it.
const kept = setInterval(() => undefined, 1000);
await new Promise<void>((resolve) => {
  wakeUps.start(resolve, recurring, { failed: tell, over: () => undefined });
  wakeUps.at(Date.now() + 2000);
});
clearInterval(kept);
if (how === "stop") {
  await wakeUps.stop();
  await opened.store.close();
}
tell("woken");

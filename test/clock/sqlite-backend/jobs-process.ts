// A process of its own on the jobs of a file, which begins when it is told to and says on stdout what it has come by.
// node jobs-process.js <file> lock | plan | run
import { Agenda } from "agenda";
import { createSqliteRepository } from "../../../src/clock/agenda/sqlite-backend/sqlite-repository.ts";
import { openSqlite } from "../../../src/store/sqlite/sqlite-store.ts";

const [path = "", what = ""] = process.argv.slice(2);
const opened = openSqlite(path);
const repository = createSqliteRepository(opened);
const say = (line: string | number): void => void process.stdout.write(`${line} .\n`);

const works: Readonly<Record<string, () => Promise<void>>> = {
  async lock() {
    for (;;) {
      const job = await repository.getNextJobToRun("job", new Date(), new Date(Date.now() - 60_000), undefined, undefined);
      if (!job) return;
      say(String(job._id));
    }
  },
  async plan() {
    const saves = Array.from({ length: 200 }, async (_, n) => {
      const at = n % 20;
      const unique = { unique: { "data.at": at }, uniqueOpts: { insertOnly: true } };
      await repository.saveJob({ name: "job", type: "normal", priority: 0, nextRunAt: new Date(), data: { at }, ...unique }, undefined);
      const single = { name: `single-${at}`, type: "single" as const, priority: 0, nextRunAt: new Date(), data: null };
      await repository.saveJob(single, undefined);
    });
    await Promise.all(saves);
  },
  async run() {
    const nothing = async (): Promise<void> => undefined;
    const agenda = new Agenda({
      backend: { name: "SQLite", repository, ownsConnection: false, connect: nothing, disconnect: nothing },
      processEvery: 50,
      defaultLockLifetime: 500,
      removeOnComplete: true,
    });
    agenda.define<{ n: number }>("job", (job) => say(job.attrs.data.n));
    await agenda.start();
    await new Promise(() => undefined);
  },
};

say("ready");
process.stdin.once("data", () => {
  void works[what]?.().then(() => opened.store.close().then(() => process.exit(0)));
});

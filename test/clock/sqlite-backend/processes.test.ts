import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { JobParameters } from "agenda";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createSqliteRepository } from "../../../src/clock/agenda/sqlite-backend/sqlite-repository.ts";
import { openSqlite, type OpenSqlite } from "../../../src/store/sqlite/sqlite-store.ts";
import { temporaryFile, type TemporaryFile } from "../../store/sqlite/temporary-file.ts";
import { compiled, type Compiled } from "../../support/compiled.ts";

const JOBS = 300;

let program: Compiled;
let file: TemporaryFile;
let opened: OpenSqlite;
beforeAll(async () => {
  program = await compiled("clock/sqlite-backend/jobs-process.ts");
});
afterAll(() => program.remove());
beforeEach(async () => {
  file = await temporaryFile();
  opened = openSqlite(file.path);
});
afterEach(async () => {
  await opened.store.close();
  await file.remove();
});

type Running = { readonly child: ChildProcess; readonly said: string[]; readonly ended: Promise<unknown>; begin(): void };

/** Starts a process; resolves when it is ready to begin. */
async function start(what: string, onLine: (running: Running) => void = () => undefined): Promise<Running> {
  const child = spawn(process.execPath, [program.script, file.path, what], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]);
  const running: Running = { child, said: [], ended, begin: () => void child.stdin.write("begin\n") };
  await once(lines, "line");
  lines.on("line", (line) => {
    // The pipe is cut at any byte: only a whole line says something.
    if (!line.endsWith(" .")) return;
    running.said.push(line.slice(0, -2));
    onLine(running);
  });
  return running;
}

/** Lets three processes do something at the same moment; answers what each of them said. */
async function three(what: string): Promise<readonly (readonly string[])[]> {
  const processes = await Promise.all([start(what), start(what), start(what)]);
  for (const { begin } of processes) begin();
  await Promise.all(processes.map(({ ended }) => ended));
  expect(processes.map(({ child: { exitCode } }) => exitCode)).toEqual([0, 0, 0]);
  return processes.map(({ said }) => said);
}

function plan(count: number): Promise<readonly JobParameters[]> {
  const repository = createSqliteRepository(opened);
  const jobs = Array.from({ length: count }, (_, n) => ({ name: "job", type: "normal" as const, priority: 0, data: { n } }));
  return Promise.all(jobs.map((job) => repository.saveJob({ ...job, nextRunAt: new Date() }, undefined)));
}

it("lets each job be locked by one of three processes that are after the same ones", async () => {
  const jobs = await plan(JOBS);
  const locked = await three("lock");
  expect(locked.flat().toSorted()).toEqual(jobs.map(({ _id }) => String(_id)).toSorted());
  // All of them were there for it.
  expect(locked.filter(({ length }) => length > 0).length).toBeGreaterThan(1);
}, 60_000);

it("keeps unique and single jobs one each, though three processes plan them at the same moment", async () => {
  await three("plan");
  const overview = await createSqliteRepository(opened).getJobsOverview();
  expect(overview.find(({ name }) => name === "job")?.total).toBe(20);
  expect(overview.filter(({ name }) => name.startsWith("single-")).map(({ total }) => total)).toEqual(Array.from({ length: 20 }, () => 1));
}, 60_000);

it("runs every job though processes are killed in the middle, and leaves nothing behind", async () => {
  await plan(JOBS);
  const ran = new Set<string>();
  for (let kill = 1; ran.size < JOBS; kill++) {
    const after = 1 + ((kill * 37) % 80);
    const running = await start("run", ({ said, child }) => {
      for (const n of said) ran.add(n);
      if (said.length >= after || ran.size === JOBS) child.kill("SIGKILL");
    });
    running.begin();
    await running.ended;
    expect(running.child.signalCode).toBe("SIGKILL");
  }
  expect(ran.size).toBe(JOBS);
  expect(opened.db.pragma("integrity_check", { simple: true })).toBe("ok");
  // Of the last ones nobody has said yet that they are done: they run once more.
  const last = await start("run", () => void countLeft());
  last.begin();
  await expect.poll(countLeft, { timeout: 10_000 }).toBe(0);
  last.child.kill("SIGKILL");
  await last.ended;

  function countLeft(): unknown {
    return opened.db.prepare("select count(*) from agenda_jobs where locked_at is not null or next_run_at is not null").pluck().get();
  }
}, 120_000);

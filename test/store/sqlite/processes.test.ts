import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { compiled, type Compiled } from "../../support/compiled.ts";
import { makeDecided, makeEvent } from "../../support/make.ts";
import { temporaryFile, type TemporaryFile } from "./temporary-file.ts";

let program: Compiled;
let file: TemporaryFile;

beforeAll(async () => {
  program = await compiled("store/sqlite/writing-process.ts");
  file = await temporaryFile();
});
afterAll(async () => {
  await program.remove();
  await file.remove();
});

type Writer = { readonly process: ChildProcess; readonly acknowledged: string[]; ended: Promise<unknown> };

/** Starts a process that writes; `onLine` sees each event that it says is durable. */
function writer(path: string, prefix: string, events: number, onLine: (writer: Writer) => void = () => undefined): Writer {
  const child = spawn(process.execPath, [program.script, path, prefix, String(events)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const started: Writer = { process: child, acknowledged: [], ended: Promise.all([once(child, "exit"), once(lines, "close")]) };
  lines.on("line", (line) => {
    const [id, status] = line.split(" ");
    // The pipe is cut at any byte: only a whole line says something.
    if (id && status === "accepted") started.acknowledged.push(id);
    onLine(started);
  });
  return started;
}

async function countsOf(store: Store): Promise<readonly [events: number, started: number]> {
  const events = await store.events.events({ organization: "default" }, { limit: 1_000_000, cursor: null });
  return [events.data.length, (await store.runs.usage("default", "2026-11-20")).webhook];
}

it("has every acknowledged event, its run and its quota after 20 kills -9", async () => {
  let acknowledged = 0;
  for (let kill = 0; kill < 20; kill++) {
    // Spread over the life of a process: in the first commit, and after hundreds.
    const after = 1 + ((kill * 37) % 300);
    const killed = writer(file.path, `kill${kill}-`, 0, ({ acknowledged: ids, process: child }) => {
      if (ids.length >= after) child.kill("SIGKILL");
    });
    await killed.ended;
    expect(killed.process.signalCode).toBe("SIGKILL");
    expect(killed.acknowledged.length).toBeGreaterThanOrEqual(after);
    acknowledged += killed.acknowledged.length;
    const store = openSqliteStore(file.path);
    for (const id of killed.acknowledged) {
      expect(await store.events.event("default", id)).not.toBeNull();
      expect(await store.runs.runsOfEvent("default", id)).toMatchObject([{ status: "running", quotaDay: "2026-11-20" }]);
    }
    const [events, started] = await countsOf(store);
    expect(events).toBeGreaterThanOrEqual(acknowledged);
    expect(started).toBe(events);
    await store.close();
  }
}, 120_000);

it("takes the writes of three processes that open and fill one new file at once", async () => {
  const own = await temporaryFile();
  const writers = ["a", "b", "c"].map((prefix) => writer(own.path, prefix, 200));
  await Promise.all(writers.map(({ ended }) => ended));
  expect(writers.map(({ process: { exitCode } }) => exitCode)).toEqual([0, 0, 0]);
  expect(writers.map(({ acknowledged }) => acknowledged.length)).toEqual([200, 200, 200]);
  const store = openSqliteStore(own.path);
  expect(await countsOf(store)).toEqual([600, 600]);
  expect(await store.records.record({ organization: "default", module: "invoices", id: "shared" })).toMatchObject({ revision: 600 });
  await store.close();
  await own.remove();
}, 60_000);

it("lets a second connection write between the writes of the first", async () => {
  const own = await temporaryFile();
  const [even, odd] = [openSqliteStore(own.path), openSqliteStore(own.path)];
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      (i % 2 === 0 ? even : odd).events.intake(makeEvent({ id: `evt-${Math.floor(i / 2)}`, recordId: "shared" }), () => makeDecided()),
    ),
  );
  expect(answers.filter((answer) => answer.status === "accepted")).toHaveLength(150);
  expect(answers.filter((answer) => answer.status === "duplicate")).toHaveLength(150);
  await Promise.all([even.close(), odd.close()]);
  await own.remove();
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFile, type TemporaryFile } from "../../store/sqlite/temporary-file.ts";
import { compiled, type Compiled } from "../../support/compiled.ts";

/** Agenda keeps a timer for each job that it ran, which nobody can reach: half of its lock. */
const LINGERS_MS = 2000;
const SLACK_MS = 2000;

let program: Compiled;
let file: TemporaryFile;
beforeAll(async () => {
  program = await compiled("clock/agenda/leaving-process.ts");
  file = await temporaryFile();
});
afterAll(async () => {
  await program.remove();
  await file.remove();
});

it.each(["stop", "leave everything open"])("a process that has nothing more to do ends by itself: %s", async (how) => {
  const child = spawn(process.execPath, [program.script, file.path, how], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines: string[] = [];
  let done = Infinity;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    done = performance.now();
  }
  expect(await ended).toEqual([0, null]);
  expect(lines).toEqual(["woken"]);
  expect(performance.now() - done).toBeLessThan(LINGERS_MS + SLACK_MS);
});

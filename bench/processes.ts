import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** For a child to answer or to end: a bench that hangs is worse than one that fails. */
export const PATIENCE_MS = 20_000;

const MAIN = new URL("../../../dist/cli/main.js", import.meta.url).pathname;

/** A folder and processes that are gone when the bench ends, however it ends. */
export type Processes = {
  readonly folder: string;
  /** Starts a script of the bench, which says the port it listens on. */
  script(name: string, args: readonly string[]): Promise<Listening>;
  /** Starts the built `rulewright` as a user does and resolves with what it says once it is up. */
  rulewright(args: readonly string[], env: Readonly<Record<string, string>>, up: RegExp): Promise<Said>;
};

export type Listening = { readonly child: ChildProcess; readonly url: string };
export type Said = { readonly child: ChildProcess; readonly said: string };

export async function withProcesses<T>(work: (processes: Processes) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "rulewright-bench-"));
  const children: ChildProcess[] = [];
  const end = (): void => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = (): void => process.exit(1);
  process.once("exit", end);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupted);
  try {
    return await work({
      folder,
      async script(name, args) {
        const child = fork(new URL(`./${name}.js`, import.meta.url), args);
        children.push(child);
        const [{ port }] = (await messageOf(child)) as [{ port: number }];
        return { child, url: `http://127.0.0.1:${port}` };
      },
      async rulewright(args, env, up) {
        const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
        children.push(child);
        let output = "";
        const said = await new Promise<string>((resolve, reject) => {
          child.stdout.on("data", (chunk: Buffer) => {
            output += chunk.toString();
            const found = up.exec(output)?.[1];
            if (found) resolve(found);
          });
          child.on("exit", () => reject(new Error(`${args[0]} ended: ${output}`)));
        });
        return { child, said };
      },
    });
  } finally {
    process.off("exit", end);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupted);
    end();
  }
}

export function messageOf(child: ChildProcess): Promise<unknown[]> {
  return once(child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** Asks a process to end and waits for it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit", { signal: AbortSignal.timeout(PATIENCE_MS) });
  child.kill("SIGTERM");
  await gone;
}

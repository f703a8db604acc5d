import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export const KEY = "a-test-key-of-32-characters-or-more";
export const MAIN = new URL("../../dist/cli/main.js", import.meta.url).pathname;

export type Started = { readonly child: ChildProcess; kill(signal: NodeJS.Signals): Promise<void> };
export type Served = Started & { readonly url: string };

/** Starts the built `rulewright serve` as a user does and resolves when it listens. */
export async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const { said, ...started } = await start(["serve", "--port", "0", ...args], env, /listens on (\S+)/);
  return { ...started, url: said };
}

/** Starts the built `rulewright worker` as a user does and resolves when it works. */
export async function worker(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  return start(["worker", ...args], env, /works on (\S+)/);
}

async function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  up: RegExp,
): Promise<Started & { readonly said: string }> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { ...process.env, RULEWRIGHT_API_KEY: KEY, RULEWRIGHT_LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = up.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`${argv[0]} ended with ${code}: ${output}`)));
  });
  return {
    child,
    said,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill(signal);
      await gone;
    },
  };
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export const KEY = "a-test-key-of-32-characters-or-more";
export const MAIN = new URL("../../dist/cli/main.js", import.meta.url).pathname;

export type Served = { readonly child: ChildProcess; readonly url: string; kill(signal: NodeJS.Signals): Promise<void> };

/** Starts the built `rulewright serve` as a user does and resolves when it listens. */
export async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child = spawn(process.execPath, [MAIN, "serve", "--port", "0", ...args], {
    env: { ...process.env, RULEWRIGHT_API_KEY: KEY, RULEWRIGHT_LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = /listens on (\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`serve ended with ${code}: ${output}`)));
  });
  return {
    child,
    url,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill(signal);
      await gone;
    },
  };
}

import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HEADERS, KEY, makeEventBody, ruleFile } from "./event.ts";
import type { Processes } from "./processes.ts";
import type { Receiver } from "./receiving.ts";

export type Server = {
  readonly child: ChildProcess;
  /** Where events go. */
  readonly url: string;
  readonly startMs: number;
};

/** `rulewright serve` on a store, until it has accepted an event. */
export async function serve(processes: Processes, store: string, receiver: Receiver): Promise<Server> {
  const rules = join(processes.folder, "rules.yaml");
  writeFileSync(rules, ruleFile(`${receiver.url}/hook`));
  const started = performance.now();
  const args = ["serve", "--port", "0", "--store", store, "--rules", rules];
  const { child, said } = await processes.rulewright(args, environment(receiver), /listens on (\S+)/);
  const url = `${said}/v1/events`;
  const answer = await fetch(url, { method: "POST", headers: HEADERS, body: makeEventBody() });
  if (answer.status !== 202) throw new Error(`the first event was answered ${answer.status}: ${await answer.text()}`);
  return { child, url, startMs: performance.now() - started };
}

/** `rulewright worker` on a store. */
export async function worker(processes: Processes, store: string, receiver: Receiver): Promise<ChildProcess> {
  const { child } = await processes.rulewright(["worker", "--store", store], environment(receiver), /works on (\S+)/);
  return child;
}

function environment(receiver: Receiver): Readonly<Record<string, string>> {
  return {
    RULEWRIGHT_API_KEY: KEY,
    RULEWRIGHT_SECRET_KEY: "a-secret-key-of-the-bench-of-32-characters",
    RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
    RULEWRIGHT_OUTBOUND_PORTS: new URL(receiver.url).port,
    RULEWRIGHT_LOG_LEVEL: "warn",
  };
}

export function residentMb(child: ChildProcess): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
  return Number(kb ?? NaN) / 1024;
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KEY, MAIN } from "../support/serve.ts";
import { watchdog } from "../support/watchdog.ts";
import type { Place } from "./places.ts";

/** What a process does: `serve` takes events in and works, `worker` only works. */
export type Role = "serve" | "worker";

/** One place in the row of processes: whoever stands there is killed and replaced. */
export type Process = {
  readonly role: Role;
  /** Of who stands there now; null while nobody does, and of a worker. */
  url(): string | null;
  pid(): number;
  /** kill -9, now. Resolves when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  end(): Promise<number | null>;
};

export type Processes = {
  readonly all: readonly Process[];
  /** Where to send an event now; null while nobody takes any. */
  intake(random: () => number): string | null;
  /** Ends that nobody here asked for, with the last lines of the log. */
  readonly deaths: readonly string[];
  stop(): Promise<void>;
};

export type Launch = { readonly store: string; readonly rules: string; readonly env: Readonly<Record<string, string>> };

/** Where webhooks go, and mails where there are any. */
export type Outside = { readonly port: number; readonly smtpUrl?: string };

/** What every process in a place is started with: the store, the rules, and leave to call the receivers on this machine. */
export async function launchIn(place: Place, rules: string, { port, smtpUrl }: Outside): Promise<Launch> {
  const folder = join(place.folder, "rules");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "rules.yaml"), rules);
  return {
    store: place.url,
    rules: folder,
    env: {
      RULEWRIGHT_SECRET_KEY: "a-secret-key-of-32-characters-or-more",
      RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
      RULEWRIGHT_OUTBOUND_PORTS: String(port),
      ...(smtpUrl === undefined ? {} : { RULEWRIGHT_SMTP_URL: smtpUrl }),
    },
  };
}

/** Starts one real process for each role, all at once on the same store. */
export async function startProcesses(roles: readonly Role[], launch: Launch): Promise<Processes> {
  const deaths: string[] = [];
  const all = roles.map((role) => processOf(role, launch, (death) => deaths.push(death)));
  const stop = async (): Promise<void> => void (await Promise.all(all.map((one) => one.kill())));
  try {
    await Promise.all(all.map((one) => one.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    all,
    intake(random) {
      const urls = all.map((one) => one.url()).filter((url) => url !== null);
      return urls[Math.floor(random() * urls.length)] ?? null;
    },
    deaths,
    stop,
  };
}

type Standing = { readonly child: ChildProcess; url: string | null; asked: boolean };

function processOf(role: Role, launch: Launch, onDeath: (death: string) => void): Process {
  let now: Standing | null = null;

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const going = now;
    if (going === null) return null;
    going.asked = true;
    going.url = null;
    await gone(going.child, signal);
    return going.child.exitCode;
  }

  return {
    role,
    url: () => now?.url ?? null,
    pid: () => now?.child.pid ?? 0,
    async kill() {
      await end("SIGKILL");
    },
    async start() {
      const standing: Standing = { child: launched(role, launch), url: null, asked: false };
      now = standing;
      const log = logOf(standing.child);
      standing.child.once("exit", (code, signal) => {
        if (!standing.asked) onDeath(`${role} ended by itself with ${code ?? signal}: ${log()}`);
      });
      standing.url = await up(role, standing.child);
    },
    end: () => end("SIGTERM"),
  };
}

function launched(role: Role, { store, rules, env }: Launch): ChildProcess {
  const args = role === "serve" ? ["--port", "0", "--rules", rules] : [];
  const child = spawn(process.execPath, [MAIN, role, "--store", store, ...args], {
    env: { ...process.env, RULEWRIGHT_API_KEY: KEY, RULEWRIGHT_LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.once("exit", watchdog(child.pid ?? 0));
  return child;
}

/** Resolves with its address when it is up; null of a worker. */
async function up(role: Role, child: ChildProcess): Promise<string | null> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/(listens|works) on /.test(said)) resolve();
    });
    child.once("exit", (code, signal) => reject(new Error(`${role} ended with ${code ?? signal} before it was up: ${said}`)));
  });
  return role === "serve" ? (/listens on (\S+)/.exec(said)?.[1] ?? null) : null;
}

/** The last lines on its standard error. */
function logOf(child: ChildProcess): () => string {
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-2000)));
  return () => log;
}

async function gone(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { watchdog } from "./watchdog.ts";

/** A mongod of a test's own. */
export type Mongod = {
  readonly port: number;
  /** Without a database's name. */
  readonly url: string;
  /** As `urlOf(name)`: the same with a database's name. */
  urlOf(database: string): string;
  /** Of the process that runs now. */
  pid(): number;
  /** Resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its data and its port; resolves when it takes writes. */
  restart(): Promise<void>;
  /** Ends it and removes its data. Idempotent. */
  stop(): Promise<void>;
};

export type MongodKind = "standalone" | "replicaSet";

const REPLICA_SET = "rulewright";
const START_MS = 30_000;
/** Below the ports that a connection out gets: while it is down, nobody else can get the one it comes back on. */
const PORTS = { first: 20_000, count: 10_000 };

/** Starts a program found by `findMongod` on a free port with data of its own. A replica set has one member. */
export async function startMongod(program: string, kind: MongodKind): Promise<Mongod> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-mongod-"));
  let running: Running;
  let port = 0;
  for (let attempt = 1; ; attempt++) {
    port = await freePort();
    try {
      running = await launch(program, kind, folder, port);
      break;
    } catch (error) {
      // Another may have taken the port meanwhile.
      if (attempt === 5) throw error;
    }
  }
  if (kind === "replicaSet") await initiate(port);
  const query = kind === "replicaSet" ? `?replicaSet=${REPLICA_SET}` : "";

  return {
    port,
    url: `mongodb://127.0.0.1:${port}/${query}`,
    urlOf: (database) => `mongodb://127.0.0.1:${port}/${database}${query}`,
    pid: () => running.child.pid ?? 0,
    kill: (signal) => running.kill(signal),
    async restart() {
      running = await launch(program, kind, folder, port);
      if (kind === "replicaSet") await writable(port);
    },
    async stop() {
      await running.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Running = { readonly child: ChildProcess; kill(signal: NodeJS.Signals): Promise<void> };

/** Resolves when it takes connections. */
async function launch(program: string, kind: MongodKind, folder: string, port: number): Promise<Running> {
  const args = ["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet"];
  // What it would write about itself is for nobody here and costs the tests their disk.
  const modest = ["--wiredTigerCacheSizeGB", "0.25", "--setParameter", "diagnosticDataCollectionEnabled=false", "--slowms", "60000"];
  const member = kind === "replicaSet" ? ["--replSet", REPLICA_SET, "--oplogSize", "256"] : [];
  const child = spawn(program, [...args, ...modest, ...member], { stdio: ["ignore", "pipe", "pipe"] });
  const gone = once(child, "exit");
  const callOff = child.pid === undefined ? () => undefined : watchdog(child.pid, folder);
  void gone.then(callOff, callOff);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  const last: string[] = [];
  const listens = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (last.push(line) > 20) last.shift();
      if (line.includes('"Waiting for connections"')) resolve();
    });
    gone.then(([code]) => reject(new Error(`mongod ended with ${String(code)}: ${last.join("\n")}`)), reject);
  });
  child.stderr.resume();
  try {
    await within(START_MS, listens);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return { child, kill };
}

async function initiate(port: number): Promise<void> {
  await withAdmin(port, (admin) =>
    admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host: `127.0.0.1:${port}` }] } }),
  );
  await writable(port);
}

/** A member takes writes once it has elected itself; nothing tells when. */
async function writable(port: number): Promise<void> {
  await withAdmin(port, async (admin) => {
    for (const end = Date.now() + START_MS; Date.now() < end; await pause(10)) {
      const { isWritablePrimary } = await admin.command({ hello: 1 });
      if (isWritablePrimary === true) return;
    }
    throw new Error(`mongod on port ${port} takes no writes after ${START_MS} ms`);
  });
}

type Admin = ReturnType<ReturnType<MongoClient["db"]>["admin"]>;

async function withAdmin(port: number, work: (admin: Admin) => Promise<unknown>): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  try {
    await work(client.db().admin());
  } finally {
    await client.close();
  }
}

async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${PORTS.first} and ${PORTS.first + PORTS.count}`);
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`mongod did not start within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { watchdog } from "../../support/watchdog.ts";
import type { Beginning, Death, Said, Told } from "./messages.ts";

/** A real process whose clock is moved from here. */
export type ClockedProcess = {
  isDead(): boolean;
  /** Resolves when it is dead, however that came. */
  readonly died: Promise<void>;
  /** Tells it something; resolves when it has answered, or died of it. */
  tell(told: Told): Promise<void>;
  /** kill -9 from outside. */
  kill(): Promise<void>;
  /** The last lines on its standard error. */
  log(): string;
};

/** Two processes on one store, by one clock. Whoever dies is replaced when that is asked for. */
export type Pair = {
  readonly all: readonly ClockedProcess[];
  /** What the clock shows, ms. */
  now(): number;
  /** Moves the clock; resolves when each has done what is due by then, or died. Where it shows more already, it stays. */
  moveTo(instant: number): Promise<void>;
  moveBy(ms: number): Promise<void>;
  /** Whoever comes to it first dies; nobody hears of that but by its death, and the others are to be told that it is over. */
  arm(death: Death | null): Promise<void>;
  /** Starts another for each that is dead. */
  replaceDead(): Promise<void>;
  /** What any of them wrote on its standard error. */
  logs(): string;
  stop(): Promise<void>;
};

export type PairOptions = Omit<Beginning, "ahead"> & {
  /** Compiled from `process.ts`. */
  readonly script: string;
  /** What the clock shows at first, ms. */
  readonly at: number;
};

export async function startPair({ script, at, ...rest }: PairOptions): Promise<Pair> {
  let ahead = at - Date.now();
  const now = (): number => Date.now() + ahead;
  const buried: string[] = [];
  const all: ClockedProcess[] = [];
  const start = (): Promise<ClockedProcess> => startProcess(script, { ...rest, ahead }, (one) => all.push(one));

  async function tellAll(told: Told): Promise<void> {
    await Promise.all(all.map((one) => one.tell(told)));
  }

  async function moveTo(instant: number): Promise<void> {
    ahead = Math.max(ahead, instant - Date.now());
    await tellAll({ ahead });
  }

  const stop = async (): Promise<void> => void (await Promise.all(all.map((one) => one.kill())));
  try {
    await Promise.all([start(), start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    all,
    now,
    moveTo,
    moveBy: (ms) => moveTo(now() + ms),
    arm: (death) => tellAll({ death }),
    async replaceDead() {
      const dead = all.filter((one) => one.isDead());
      for (const one of dead) {
        buried.push(one.log());
        all.splice(all.indexOf(one), 1);
      }
      await Promise.all(dead.map(start));
    },
    logs: () => [...buried, ...all.map((one) => one.log())].join(""),
    stop,
  };
}

/** @param onStart it is there, and may be killed, before it is up. */
async function startProcess(script: string, beginning: Beginning, onStart: (one: ClockedProcess) => void): Promise<ClockedProcess> {
  const child = fork(script, [JSON.stringify(beginning)], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const died = once(child, "exit").then(watchdog(child.pid ?? 0));
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-2000)));
  const isDead = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const one: ClockedProcess = {
    isDead,
    died,
    async tell(told) {
      if (isDead()) return;
      const answered = said(child, "ahead" in told ? "moved" : "heard");
      // Whoever is dying hears nothing, and that is no error.
      child.send(told, () => undefined);
      await Promise.race([answered, died]);
    },
    async kill() {
      if (isDead()) return;
      child.kill("SIGKILL");
      await died;
    },
    log: () => log,
  };
  onStart(one);
  await Promise.race([said(child, "up"), died]);
  if (isDead()) throw new Error(`a process ended with ${child.exitCode ?? child.signalCode} before it was up: ${log}`);
  return one;
}

function said(child: ChildProcess, what: Said): Promise<void> {
  return new Promise((resolve) => {
    child.on("message", function listen(said: Said) {
      if (said !== what) return;
      child.off("message", listen);
      resolve();
    });
  });
}

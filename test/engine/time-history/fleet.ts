import type { Engine } from "../../../src/engine/engine.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { seededRandom } from "../../support/random.ts";
import { wanderingClock, type WakeUpFate, type WanderingClock } from "../../support/wandering-clock.ts";
import { startProcess, type Act, type Process } from "./processes.ts";
import type { History, Kill } from "./steps.ts";

export type FleetOptions = {
  /** A store in memory where it is left out. */
  readonly store?: Store;
  readonly fate?: WakeUpFate;
  /** Nobody asks a process to do what is due: its timers and its wake-ups do. */
  readonly onlyTimers?: boolean;
};

/** The processes of a history, on one store and by one clock. There is always somebody: where all have died, one is started. */
export type Fleet = {
  readonly store: Store;
  readonly clock: WanderingClock;
  readonly acts: readonly Act[];
  /** What an engine logged as wrong. */
  readonly errors: readonly string[];
  isOne(): boolean;
  add(): Promise<void>;
  stopOne(index: number): Promise<void>;
  /** Asks until it is answered, whoever dies of it. */
  ask<T>(index: number, work: (engine: Engine) => Promise<T>): Promise<T>;
  /** Somebody dies in one of the next calls of the store; null: nobody. */
  arm(index: number, kill: Kill | null): Promise<void>;
  /** Was somebody killed since this was asked to be forgotten? */
  wasKilled(): boolean;
  forgetKills(): void;
  /** So much time passes, and everybody does what is due by then. */
  live(ms: number): Promise<void>;
  close(): Promise<void>;
};

const MOST_PROCESSES = 2;
/** As far as a machine's timers are from being exact. */
const STEP_MS = 500;

export async function startFleet({ start, seed, processes: count }: History, options: FleetOptions): Promise<Fleet> {
  const store = options.store ?? openSqliteStore(":memory:");
  const clock = wanderingClock(start, options.fate);
  const random = seededRandom(seed);
  const acts: Act[] = [];
  const errors: string[] = [];
  let processes: Process[] = [];
  let killed = false;

  function bury(): void {
    killed ||= processes.some((one) => one.isDead());
    processes = processes.filter((one) => !one.isDead());
  }

  async function add(): Promise<Process> {
    const one = await startProcess({ store, clock, random, onAct: (act) => acts.push(act), onError: (message) => errors.push(message) });
    processes.push(one);
    return one;
  }

  async function someone(index: number): Promise<Process> {
    bury();
    return processes[index % processes.length] ?? add();
  }

  async function allIdle(): Promise<void> {
    for (;;) {
      await someone(0);
      const asked = processes;
      if (!options.onlyTimers) await Promise.all(asked.map((one) => one.ask((engine) => engine.idle())));
      await Promise.all(asked.map((one) => one.quiet()));
      if (asked.every((one) => !one.isDead())) return;
    }
  }

  for (let n = 0; n < count; n++) await add();
  return {
    store,
    clock,
    acts,
    errors,
    isOne: () => processes.length === 1,
    async add() {
      if (processes.length < MOST_PROCESSES) await add();
    },
    async stopOne(index) {
      const one = await someone(index);
      await one.stop();
      processes = processes.filter((other) => other !== one);
    },
    async ask(index, work) {
      for (;;) {
        const asked = await (await someone(index)).ask(work);
        if (asked !== "died") return asked.answer;
      }
    },
    async arm(index, kill) {
      for (const one of processes) one.arm(null);
      (await someone(index)).arm(kill);
    },
    wasKilled() {
      bury();
      return killed;
    },
    forgetKills: () => void (killed = false),
    async live(ms) {
      const step = options.onlyTimers ? STEP_MS : Math.max(ms, 1);
      await allIdle();
      for (let left = ms; left > 0; left -= step) {
        clock.pass(Math.min(step, left));
        await allIdle();
      }
    },
    async close() {
      for (const one of processes) await one.stop();
      await store.close();
    },
  };
}

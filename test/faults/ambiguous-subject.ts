import { isStoreAway } from "../../src/engine/failures.ts";
import { testEngine, type Call, type TestEngine } from "../support/engine.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import type { Watched } from "./ambiguous-quiet.ts";

/** A store with a fault in it, as one process has it. */
export type Opened = {
  readonly watched: Watched;
  /** The process that has it is gone: nothing reaches the store any more. */
  isDead(): boolean;
};

/** The process under test: an engine on a store with a fault in it. When it dies, another takes its place. */
export type Subject = {
  readonly clock: ManualClock;
  /** What the actions of all of them did, in order. */
  calls(): readonly Call[];
  /** Asks until it is answered, as a caller does that wants something to be done. */
  ask<T>(work: (now: TestEngine) => Promise<T>): Promise<T>;
  /** Resolves when everything that can go on without the clock has done so. */
  quiet(): Promise<void>;
  close(): Promise<void>;
};

type Standing = { readonly engine: TestEngine; readonly opened: Opened };

const MOST_TRIES = 30;

/**
 * @param open opens the store for a process.
 * @param prepare tells an engine what its actions do, given what others before it did.
 */
export async function startSubject(
  clock: ManualClock,
  open: () => Promise<Opened>,
  prepare: (engine: TestEngine, done: readonly Call[]) => void,
): Promise<Subject> {
  const done: Call[] = [];
  let now = await start();
  let reviving: Promise<void> | null = null;

  async function start(): Promise<Standing> {
    for (let tries = 1; ; tries++)
      try {
        return await startOn(await open());
      } catch (error) {
        // It could not start: whoever looks after it starts it again.
        if (!isStoreAway(error) || tries === MOST_TRIES) throw error;
      }
  }

  async function startOn(opened: Opened): Promise<Standing> {
    try {
      const engine = await testEngine({ store: opened.watched.store, clock });
      prepare(engine, done);
      return { engine, opened };
    } catch (error) {
      await opened.watched.store.close();
      throw error;
    }
  }

  async function revive(): Promise<void> {
    const dead = now.engine;
    await dead.close();
    done.push(...dead.calls);
    now = await start();
  }

  async function alive(): Promise<void> {
    if (!now.opened.isDead()) return;
    reviving ??= revive().finally(() => (reviving = null));
    await reviving;
  }

  return {
    clock,
    calls: () => [...done, ...now.engine.calls],
    async ask(work) {
      for (let tries = 1; ; tries++)
        try {
          return await work(now.engine);
        } catch (error) {
          if ((!isStoreAway(error) && !now.opened.isDead()) || tries === MOST_TRIES) throw error;
          await alive();
          clock.moveBy(100);
        }
    },
    async quiet() {
      await now.opened.watched.quiet();
      await alive();
      await now.opened.watched.quiet();
    },
    close: () => now.engine.close(),
  };
}

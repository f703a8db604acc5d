import type { Engine } from "../../../src/engine/engine.ts";
import type { Store } from "../../../src/store/store.ts";
import { aroundStore } from "../../support/around-store.ts";
import { testEngine } from "../../support/engine.ts";
import type { WanderingClock } from "../../support/wandering-clock.ts";
import type { Kill } from "./steps.ts";

/** An engine as one process has it, on a store that it shares with others. */
export type Process = {
  readonly engine: Engine;
  isDead(): boolean;
  /** Dies in one of its next calls of the store; null: in none. */
  arm(kill: Kill | null): void;
  /** What the work comes to; `died` where its process did not live to see it. */
  ask<T>(work: (engine: Engine) => Promise<T>): Promise<{ readonly answer: T } | "died">;
  /** Resolves once none of its calls of the store is under way, nor follows from the last. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
};

/** What an action did: for which run, and what the clock showed. */
export type Act = { readonly run: string; readonly at: number };

export type ProcessDeps = {
  readonly store: Store;
  readonly clock: WanderingClock;
  readonly random: () => number;
  onAct(act: Act): void;
  /** The engine logged that something is wrong. */
  onError(message: string): void;
};

const NEVER = new Promise<never>(() => undefined);
/** What follows from an answer without asking the store anew is over after so many turns of the event loop. */
const TURNS = 3;

export async function startProcess({ store, clock, random, onAct, onError }: ProcessDeps): Promise<Process> {
  const own = clock.process();
  let underWay = 0;
  let dead = false;
  let kill: Kill | null = null;
  let calls = 0;
  let die = (): void => undefined;
  const death = new Promise<"died">((resolve) => (die = () => resolve("died")));

  /** Whoever is killed does not hear of anything any more, and nobody is told. */
  async function call(work: () => Promise<unknown>): Promise<unknown> {
    // What several do at once comes to the store in any order.
    for (let turns = Math.floor(random() * 3); turns > 0; turns--) await turn();
    if (dead) return NEVER;
    calls += 1;
    const dies = kill !== null && calls === kill.call + 1 ? kill.when : null;
    if (dies !== null) perish();
    if (dies === "before") return NEVER;
    const answer = await work();
    return dead ? NEVER : answer;
  }

  function perish(): void {
    dead = true;
    own.drop();
    die();
  }

  async function counted(_name: string, work: () => Promise<unknown>): Promise<unknown> {
    underWay += 1;
    const answer = call(work);
    void Promise.race([answer.catch(() => undefined), death]).then(() => (underWay -= 1));
    return answer;
  }

  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (details: { readonly err?: unknown }, message: string) => void (dead || onError(`${message}: ${String(details.err)}`)),
  };
  const manual = { ...own, moveTo: () => undefined, moveBy: () => undefined };
  const { engine, run } = await testEngine({ store: aroundStore(store, counted), clock: manual, log });
  const act = async ({ runId }: { readonly runId: string }): Promise<void> => {
    if (dead) return NEVER;
    onAct({ run: runId, at: clock.now() });
  };
  run("tell", act);
  run("sync", act);

  return {
    engine,
    isDead: () => dead,
    arm(next) {
      kill = next;
      calls = 0;
    },
    ask: (work) => Promise.race([work(engine).then((answer) => ({ answer })), death]),
    async quiet() {
      for (let calm = 0; calm < TURNS && !dead; calm = underWay === 0 ? calm + 1 : 0) await turn();
    },
    stop: () => Promise.race([engine.stop(0), death]).then(() => own.drop()),
  };
}

function turn(): Promise<void> {
  return new Promise<void>((resolve) => void setImmediate(resolve));
}

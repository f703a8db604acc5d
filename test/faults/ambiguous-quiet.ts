import type { Store } from "../../src/store/store.ts";
import { aroundStore } from "../support/around-store.ts";

/** A store that tells when nobody waits for it any more. */
export type Watched = {
  readonly store: Store;
  /** Resolves once no call is under way and nobody makes another of what the last ones answered. */
  quiet(): Promise<void>;
  /** As `quiet`, but besides what is under way now: what hangs on that may hang, so it waits no longer than a moment. */
  othersQuiet(): Promise<void>;
};

/** What follows from an answer without asking the store anew is over after so many turns of the event loop. */
const TURNS = 4;
/** ms that somebody whose call is held up lets the others go on. */
const MOMENT_MS = 25;

/** @param around each call of the port that reaches for the store, by its name such as `runs.settle` */
export function watch(store: Store, around: (name: string, work: () => Promise<unknown>) => Promise<unknown>): Watched {
  let underWay = 0;
  let waiting: (() => void)[] = [];

  async function call(name: string, work: () => Promise<unknown>): Promise<unknown> {
    underWay += 1;
    try {
      return await around(name, work);
    } finally {
      underWay -= 1;
      for (const resolve of waiting.splice(0)) resolve();
    }
  }

  async function fewerThan(most: number): Promise<void> {
    for (let calm = 0; calm < TURNS;) {
      if (underWay >= most) {
        calm = 0;
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        calm += 1;
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
    }
  }

  return {
    store: aroundStore(store, call),
    quiet: () => fewerThan(1),
    async othersQuiet() {
      let timer: NodeJS.Timeout | undefined;
      const moment = new Promise<void>((resolve) => (timer = setTimeout(resolve, MOMENT_MS)));
      await Promise.race([fewerThan(underWay + 1), moment]);
      clearTimeout(timer);
    },
  };
}

import { RulewrightError } from "../../../src/model/errors.ts";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";
import type { Store } from "../../../src/store/store.ts";

/** A call that waits before it is made. */
export type Held = {
  /** Resolves once the call is about to be made. */
  readonly reached: Promise<void>;
  /** It is made. */
  release(): void;
};

/** One process's store, whose calls go wrong by their names, until it is healed. */
export type HookedStore = {
  readonly store: Store;
  /** Names of the calls that were begun, in order; a test may empty it. */
  readonly begun: string[];
  /** What happens before each such call is made. */
  before(call: string, what: () => Promise<unknown>): void;
  /** What happens after each such call was made, before its answer comes back. */
  after(call: string, what: () => Promise<unknown>): void;
  /** Each such call fails, nothing of it is done; `but` so many. */
  fail(call: string, but?: number): void;
  /** Each such call is done and fails. */
  loseAnswer(call: string): void;
  /** The next such call waits. */
  hold(call: string): Held;
  /** Every call goes its way again, those that wait too. */
  heal(): void;
};

/** What a call throws in the end where the server cannot be reached, however often it is said. */
export const AWAY = { code: "overloaded" };

/** @param awaitsOthers as a process does that goes on; else whatever others left is left by a crash */
export async function openHookedStore(url: string, { awaitsOthers = false } = {}): Promise<HookedStore> {
  const befores = new Map<string, () => Promise<unknown>>();
  const afters = new Map<string, () => Promise<unknown>>();
  const begun: string[] = [];
  const releases = new Set<() => void>();
  const store = await openMongoStore(url, {
    async intercept(name, work) {
      begun.push(name);
      await befores.get(name)?.();
      // Of what such a crash left, whoever looks long enough sees nothing.
      if (name === "find what others write" && !awaitsOthers) return [] as never;
      const answer = await work();
      await afters.get(name)?.();
      return answer;
    },
  });

  async function throwAway(): Promise<never> {
    throw new RulewrightError("overloaded", "The store cannot be reached", { retryAfter: 1 });
  }

  return {
    store,
    begun,
    before: (call, what) => void befores.set(call, what),
    after: (call, what) => void afters.set(call, what),
    fail(call, but = 0) {
      let left = but;
      befores.set(call, async () => {
        if (left === 0) await throwAway();
        left -= 1;
      });
    },
    loseAnswer: (call) => void afters.set(call, throwAway),
    hold(call) {
      let reach = (): void => undefined;
      let release = (): void => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      const released = new Promise<void>((resolve) => (release = resolve));
      releases.add(release);
      befores.set(call, () => {
        befores.delete(call);
        reach();
        return released;
      });
      return { reached, release };
    },
    heal() {
      befores.clear();
      afters.clear();
      for (const release of releases) release();
    },
  };
}

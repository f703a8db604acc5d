import { RulewrightError } from "../../src/model/errors.ts";
import type { Store } from "../../src/store/store.ts";

/** How a call fails: before anything is done, or after all of it is, the answer lost on the way; null: it does not. */
export type Fault = "before" | "after" | null;

export type FaultyStore = {
  readonly store: Store;
  /** What becomes of each call from now on, by its name such as `runs.settle`. */
  fail(fault: (call: string) => Fault): void;
  /** Nothing can be reached. */
  goAway(): void;
  comeBack(): void;
};

/** A store whose calls fail as a store's do that cannot be reached. */
export function faultyStore(store: Store): FaultyStore {
  let faultOf: (call: string) => Fault = () => null;

  async function call(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const fault = faultOf(name);
    if (fault === "before") throw away();
    const answer = await work();
    if (fault === "after") throw away();
    return answer;
  }

  function faulty<T extends object>(theme: string, methods: T): T {
    const wrapped = Object.entries(methods).map(([name, method]) => [
      name,
      // What is no promise cannot fail: only the port's asynchronous methods reach for the store.
      SYNCHRONOUS.has(name) ? method : (...args: readonly unknown[]) => call(`${theme}${name}`, async () => method(...args)),
    ]);
    // The same methods under the same names.
    return Object.fromEntries(wrapped) as T;
  }

  const { events, runs, records, definitions, keys, notifications, retention, ...own } = store;
  return {
    store: {
      ...faulty("", own),
      events: faulty("events.", events),
      runs: faulty("runs.", runs),
      records: faulty("records.", records),
      definitions: faulty("definitions.", definitions),
      keys: faulty("keys.", keys),
      notifications: faulty("notifications.", notifications),
      retention: faulty("retention.", retention),
    },
    fail: (fault) => void (faultOf = fault),
    goAway: () => void (faultOf = () => "before"),
    comeBack: () => void (faultOf = () => null),
  };
}

const SYNCHRONOUS: ReadonlySet<string> = new Set(["onChange", "clockOffset", "close"]);

function away(): RulewrightError {
  return new RulewrightError("overloaded", "The store cannot be reached", { retryAfter: 1 });
}

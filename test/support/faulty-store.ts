import { RulewrightError } from "../../src/model/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { aroundStore } from "./around-store.ts";

/**
 * How a call fails: before anything is done, with an error of its own or as one that cannot reach the store, or after all of it is, the answer
 * lost on the way; null: it does not.
 */
export type Fault = "before" | "after" | Error | null;

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
    if (fault instanceof Error) throw fault;
    if (fault === "before") throw away();
    const answer = await work();
    if (fault === "after") throw away();
    return answer;
  }

  return {
    store: aroundStore(store, call),
    fail: (fault) => void (faultOf = fault),
    goAway: () => void (faultOf = () => "before"),
    comeBack: () => void (faultOf = () => null),
  };
}

function away(): RulewrightError {
  return new RulewrightError("overloaded", "The store cannot be reached", { retryAfter: 1 });
}

import type { Store } from "../../src/store/store.ts";

/** What is no promise does not reach for the store; `close` lets go of it whatever happens. */
const SYNCHRONOUS: ReadonlySet<string> = new Set(["onChange", "clockOffset", "close"]);

/** @param around each call of the port that reaches for the store, by its name such as `runs.settle` */
export function aroundStore(store: Store, around: (call: string, work: () => Promise<unknown>) => Promise<unknown>): Store {
  function wrapped(theme: string, methods: object): object {
    return Object.fromEntries(
      Object.entries(methods).map(([name, method]: [string, unknown]) => {
        if (typeof method !== "function") return [name, wrapped(`${name}.`, method as object)];
        if (SYNCHRONOUS.has(name)) return [name, method];
        return [
          name,
          (...args: readonly unknown[]) => around(`${theme}${name}`, async () => Reflect.apply(method, undefined, args) as unknown),
        ];
      }),
    );
  }
  // The same methods under the same names.
  return wrapped("", store) as Store;
}

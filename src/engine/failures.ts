import { RulewrightError } from "../model/errors.ts";
import type { Logger } from "./log.ts";

/**
 * What fails and is tried again, every second or oftener: said once when it begins and once when it is over. A store that is away fails
 * everything at once, and is one thing to say.
 */
export type Failures = {
  /** @param what that is tried again, such as "the sweep". */
  failed(what: string, error: unknown): void;
  /** It has worked, or nobody tries it any more. */
  over(what: string): void;
};

type Failing = { readonly since: number; readonly away: boolean };

export function createFailures(log: Logger, now: () => number): Failures {
  const failing = new Map<string, Failing>();

  /** Since when the store is away, as far as anybody has found out; null where it is there. */
  function awaySince(): number | null {
    const instants = [...failing.values()].filter(({ away }) => away).map(({ since }) => since);
    return instants.length === 0 ? null : Math.min(...instants);
  }

  return {
    failed(what, error) {
      const away = isStoreAway(error);
      if (failing.get(what)?.away === away) return;
      const isKnown = away && awaySince() !== null;
      failing.set(what, { since: now(), away });
      if (!away) log.error({ err: error }, `${what} failed; it is tried again`);
      else if (!isKnown) log.error({ err: error }, "the store cannot be reached; work waits until it can");
    },
    over(what) {
      const ended = failing.get(what);
      if (!ended) return;
      const since = awaySince() ?? ended.since;
      failing.delete(what);
      const ms = now() - since;
      if (!ended.away) log.info({ ms }, `${what} works again`);
      else if (awaySince() === null) log.info({ ms }, "the store can be reached again; work goes on");
    },
  };
}

/** Is it the store that cannot be reached (the port, `store/store.ts`), and not the work that is wrong? */
export function isStoreAway(error: unknown): boolean {
  return error instanceof RulewrightError && error.code === "overloaded";
}

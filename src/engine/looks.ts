import type { Clock } from "../clock/clock.ts";
import { isStoreAway, type Failures } from "./failures.ts";

/** One of the things that are looked at again and again, each at its own time. */
export type Look = {
  readonly key: string;
  /** As the log calls it where it fails. */
  readonly what: string;
  /** Answers when to look again, ms. */
  look(): Promise<number>;
};

export type Looks = {
  /**
   * Looks at those whose time it is, and forgets what is not among them. One that fails keeps no other from being looked at.
   * @throws RulewrightError overloaded
   */
  over(all: readonly Look[]): Promise<void>;
  /** Does something beside the looks. Never rejects but where the store is away. @throws RulewrightError overloaded */
  attempt(what: string, work: () => Promise<void>): Promise<void>;
  /** It is not to be looked at for so many ms; what comes back undoes that. */
  putOff(key: string, ms: number): () => void;
};

export function createLooks(clock: Clock, failures: Failures): Looks {
  /** When each was looked at, and is to be again. */
  const looks = new Map<string, { readonly at: number; readonly next: number }>();

  function isDue(key: string): boolean {
    const known = looks.get(key);
    const now = clock.now();
    // Also where the clock has gone back since.
    return !known || now >= known.next || now < known.at;
  }

  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      failures.over(what);
    } catch (error) {
      if (isStoreAway(error)) throw error;
      failures.failed(what, error);
    }
  }

  return {
    async over(all) {
      const keys = new Set(all.map(({ key }) => key));
      for (const key of looks.keys()) if (!keys.has(key)) looks.delete(key);
      for (const { key, what, look } of all)
        if (isDue(key))
          await attempt(what, async () => {
            const at = clock.now();
            looks.set(key, { at, next: await look() });
          });
    },
    attempt,
    putOff(key, ms) {
      const known = looks.get(key);
      const at = clock.now();
      looks.set(key, { at, next: at + ms });
      return () => {
        if (known) looks.set(key, known);
        else looks.delete(key);
      };
    },
  };
}

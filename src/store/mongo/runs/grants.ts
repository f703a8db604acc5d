import type { Asking, QuotaCounter } from "./quota.ts";

/**
 * Quota that runs of this process were granted as they were stored, and that is written down with how their attempt ends: one write less for
 * almost every run. Until then the day's counter knows them, so whoever claims such a run after a crash is granted the same once more.
 */
export type Grants = {
  add(key: string, asking: Asking): void;
  /** The day that is to be written down with this run; null: nothing is. */
  dayOf(key: string): string | null;
  /** Written down, or the run is another's by now, who asks for itself. */
  over(key: string, written: boolean): void;
};

export function createGrants(counter: QuotaCounter): Grants {
  const granted = new Map<string, Asking>();
  return {
    add: (key, asking) => void granted.set(key, asking),
    dayOf: (key) => granted.get(key)?.quota.day ?? null,
    over(key, written) {
      const asking = granted.get(key);
      if (!asking) return;
      granted.delete(key);
      if (written) counter.recorded([asking]);
    },
  };
}

import type { Clock } from "../../clock/clock.ts";

/** Ids of what this process took in a moment ago, so that looking back a little costs nothing. A hint: the store knows them all. */
export type Recent = { has(id: string): boolean; add(id: string): void };

/** More are not remembered; whoever is forgotten is taken in again and found done. */
const MOST = 100_000;

export function createRecent(clock: Clock, forMs: number): Recent {
  const since = new Map<string, number>();

  function forget(): void {
    const before = clock.now() - forMs;
    for (const [id, at] of since) {
      if (at >= before && since.size <= MOST) return;
      since.delete(id);
    }
  }

  return {
    has: (id) => since.has(id),
    add(id) {
      forget();
      since.set(id, clock.now());
    },
  };
}

/** For whom a batch that could start waits a little. */
export type Gathering = {
  began(size: number): void;
  /** So many had come meanwhile. */
  ended(waiting: number): void;
  /** Is it worth waiting for more than these? Then `again` is called once it is not. */
  holds(waiting: number, again: () => void): boolean;
};

/** Of the time that the last batch took. More makes fewer commands of the same work, and all of it later (measured: docs/design.md). */
const SHARE = 0.25;
/** A batch that took long waited for a server that was away, and nobody waits for that twice. */
const LONGEST_MS = 10;

/**
 * Who has just been answered is about to come again: the next batch waits until they are all there, or for a share of what the last one took.
 * Without it those who send one after the other fall into two halves, each of which waits while the other is written, and all pay for twice
 * the commands. One sender alone waits for nobody.
 * @param most that a batch takes
 */
export function createGathering(most: number): Gathering {
  let size = 0;
  let all = 0;
  let began = 0;
  let until = 0;
  let timer: NodeJS.Timeout | null = null;

  return {
    began(of) {
      if (timer) clearTimeout(timer);
      timer = null;
      size = of;
      began = performance.now();
    },
    ended(waiting) {
      all = Math.min(size + waiting, most);
      const now = performance.now();
      until = now + Math.min((now - began) * SHARE, LONGEST_MS);
    },
    holds(waiting, again) {
      const left = until - performance.now();
      if (left <= 0 || size < 2 || waiting >= all) return false;
      timer ??= setTimeout(() => {
        timer = null;
        until = 0;
        again();
      }, left);
      return true;
    },
  };
}

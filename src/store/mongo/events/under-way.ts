/** Events that are on their way in here, by their keys; the same may be several times, for whoever sends it again. */
export type UnderWay = {
  has(key: string): boolean;
  /** For as long as the work takes. */
  during<T>(key: string, work: Promise<T>): Promise<T>;
  /** Resolves once those that are now have ended, however they end. */
  settled(): Promise<void>;
};

export function createUnderWay(): UnderWay {
  const times = new Map<string, number>();
  const works = new Set<Promise<unknown>>();
  return {
    has: (key) => times.has(key),
    async during(key, work) {
      times.set(key, (times.get(key) ?? 0) + 1);
      works.add(work);
      try {
        return await work;
      } finally {
        works.delete(work);
        const left = (times.get(key) ?? 1) - 1;
        if (left === 0) times.delete(key);
        else times.set(key, left);
      }
    },
    async settled() {
      await Promise.allSettled(works);
    },
  };
}

/** One at a time for each key: two that change the same document at once would only make each other try again. */
export type Turns = <T>(keys: readonly string[], work: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();

  return async (keys, work) => {
    const before = keys.flatMap((key) => last.get(key) ?? []);
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => (end = resolve));
    // All keys are taken in this one step, so two that share some never wait for each other.
    for (const key of keys) last.set(key, mine);
    try {
      if (before.length > 0) await Promise.all(before);
      return await work();
    } finally {
      for (const key of keys) if (last.get(key) === mine) last.delete(key);
      end();
    }
  };
}

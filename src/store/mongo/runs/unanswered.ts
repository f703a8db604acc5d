/** Runs that a write under this mark claimed, or may have. */
export type Taken = { readonly mark: string; readonly keys: readonly string[]; readonly lost: ReadonlySet<string> };

/**
 * Claims whose answer was lost on the way: what they took is running under our lease and nobody knows of it but us. The next claim looks for
 * it, and there is a next one at once, so that a run is not blamed for an attempt that never started.
 */
export type Unanswered = {
  add(taken: Taken): void;
  all(): readonly Taken[];
  /** These of it are handed out or are no longer ours. */
  answered(taken: Taken, left: readonly string[]): void;
};

export function createUnanswered(): Unanswered {
  const waiting = new Map<string, Taken>();
  return {
    add: (taken) => void waiting.set(taken.mark, taken),
    all: () => [...waiting.values()],
    answered(taken, left) {
      if (left.length === 0) waiting.delete(taken.mark);
      else waiting.set(taken.mark, { ...taken, keys: left });
    },
  };
}

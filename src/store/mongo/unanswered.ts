/** Runs that a write under this mark claimed, or may have. */
export type Taken = { readonly mark: string; readonly keys: readonly string[]; readonly lost: ReadonlySet<string> };

/**
 * Claims whose answer was lost on the way: what they took is running under our lease and nobody knows of it but us. The next claim looks for
 * it, so that a run is not blamed for an attempt that never started.
 */
export type Unanswered = {
  add(taken: Taken): void;
  all(): readonly Taken[];
  clear(): void;
};

export function createUnanswered(): Unanswered {
  let waiting: readonly Taken[] = [];
  return {
    add: (taken) => void (waiting = [...waiting, taken]),
    all: () => waiting,
    clear: () => void (waiting = []),
  };
}

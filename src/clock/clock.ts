/** Where the engine's time comes from. Tests bring one that they move by hand. */
export type Clock = {
  /** ms since the epoch. */
  now(): number;
  /** Calls `task` every so many ms until the answered function is called. */
  every(ms: number, task: () => void): () => void;
};

/** Work that comes back every so often, for the store as a whole: each time one of the processes that share it does it. */
export type Recurring = {
  /** Of the work in the store: whoever gives the same name shares it. */
  readonly name: string;
  /** From one beginning to the next, across restarts; the first time so long after it was first asked for. */
  readonly everyMs: number;
  /** Where it fails, that is told, and it comes back at its time. It may be begun once more than it should: like a wake-up it is a hint. */
  readonly work: () => Promise<void>;
};

/** Who is told of what fails and is tried again, and of its end. */
export type Trouble = {
  failed(what: string, error: unknown): void;
  over(what: string): void;
};

/**
 * Wake-ups for runs due later: hints, never the ledger. Losing, delaying or doubling one changes nothing, because whoever is woken asks the
 * ledger what is due, and each process's own sweep asks it anyway.
 */
export type WakeUps = {
  /**
   * Answers at once; a store that cannot be reached yet is tried again, and what is asked for meanwhile is remembered.
   * @param onWake something may be due. One of the processes that share the store is woken for an instant.
   */
  start(onWake: () => void, recurring: readonly Recurring[], trouble: Trouble): void;
  /**
   * Something is due at that instant (ms). Asking again is cheap, and puts back a wake-up that was lost; who asks for what is far ahead asks
   * again when it is nearer.
   */
  at(instant: number): void;
  /** Wakes nobody any more and lets go of the store. Work that recurs and is under way is not waited for. */
  stop(): Promise<void>;
};

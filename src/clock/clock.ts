/** Where the engine's time comes from. Tests bring one that they move by hand. */
export type Clock = {
  /** ms since the epoch. */
  now(): number;
  /** Calls `task` every so many ms until the answered function is called. */
  every(ms: number, task: () => void): () => void;
};

/**
 * Wake-ups for runs due later: hints, never the ledger. Losing or doubling one changes nothing, because whoever is woken asks the
 * ledger what is due, and each process's own sweep asks it anyway.
 */
export type WakeUps = {
  start(onWake: () => void): void;
  /** Something is due at that instant (ms). Asking again for an instant already asked for is cheap. */
  at(instant: number): void;
  stop(): Promise<void>;
};

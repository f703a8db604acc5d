/** One kill -9 that a process gives itself, at a call of the store's port. */
export type Death = {
  /** The call, such as `runs.claim`; null: any. */
  readonly call: string | null;
  /** So many of them go by before. */
  readonly after: number;
  /** `before`: the call never reaches the store. `done`: it has been carried out, and nobody hears of it. */
  readonly when: "before" | "done";
};

/** What a process is started with, as JSON in its first argument. */
export type Beginning = {
  /** As `--store` takes it. */
  readonly store: string;
  /** Where webhooks and functions call. */
  readonly port: number;
  /** The names of the functions that the embedding program gives. */
  readonly functions: readonly string[];
  /** Of its clock, ms ahead of the machine's. */
  readonly ahead: number;
  readonly timers: "go" | "stand";
};

/** What it is told, one after the other. */
export type Told = { readonly ahead: number } | { readonly death: Death | null };

/** What it answers: that it works; that it has heard; that everything that was due by its new clock is settled, here or elsewhere. */
export type Said = "up" | "heard" | "moved";

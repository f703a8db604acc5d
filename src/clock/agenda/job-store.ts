import type { JobRepository } from "agenda";

/** The name of the jobs that wake for an instant; `data.at` says for which. */
export const WAKE = "wake";

/** What a wake-up carries. */
export type WakeData = {
  /** The instant by the store's clock, ms, on a full second: what is one instant to every process. */
  readonly at: number;
};

/** Where Agenda's jobs are: beside the ledger, in the same database. */
export type JobStore = {
  /** As Agenda wants it; saving what is unique or single never doubles it, whoever saves at the same time. */
  readonly repository: JobRepository;
  /** Makes what holds the jobs where it is missing. Idempotent. */
  prepare(): Promise<void>;
  /** Deletes wake-ups of before an instant (`data.at`), whatever became of them. */
  forget(before: number): Promise<void>;
};

import type { RecordEvent } from "../model/event.ts";
import type { StoredRecord } from "../model/record.ts";
import type { ActionRun, Decision } from "../model/run.ts";
import type { DateKey } from "./dates.ts";
import type { Move, QuotaRequest } from "./runs.ts";
import type { Page, PageRequest } from "./page.ts";

/** An event on its way in, with what the store must know to keep it once. */
export type NewEvent = RecordEvent & {
  /** Of the caller's content; the same id with another fingerprint is a conflict. Null where the id was made for this event alone. */
  readonly fingerprint: string | null;
  /** Rules whose first-time memory the decision wants to know. */
  readonly firstTimeRules: readonly string[];
  /** The record's dates as the date index has them from now on; null: the index stays as it is, as where no date rule looks at the module. */
  readonly dates: readonly DateKey[] | null;
  /** Refuse unless the stored record has this revision (0: there is none); null: no condition. */
  readonly expectRevision: number | null;
};

/** What the store knows that the decision depends on. */
export type DecisionInputs = {
  readonly stored: StoredRecord | null;
  /** Of `firstTimeRules`, those that have fired for this record before. */
  readonly alreadyFired: ReadonlySet<string>;
  /** Runs of this record that count from a date field and have not started. */
  readonly pending: readonly ActionRun[];
};

/** A run to be written. One that its recorder has a free slot for comes as `running` with `leaseUntil`, and takes its quota as it is written. */
export type NewRun = { readonly run: ActionRun; readonly leaseUntil: number | null; readonly quota: QuotaRequest | null };

export type Decided = {
  readonly decision: Decision;
  readonly runs: readonly NewRun[];
  readonly firstTime: readonly string[];
  /** What becomes of the `pending` runs. */
  readonly moves: readonly Move[];
};

export type Intake =
  | { readonly status: "accepted"; readonly decision: Decision; readonly runs: readonly ActionRun[]; readonly record: StoredRecord | null }
  | { readonly status: "duplicate" }
  | { readonly status: "conflict" }
  /** The stored record has another revision than was expected. */
  | { readonly status: "stale"; readonly revision: number };

export type StoredEvent = RecordEvent & { readonly decision: Decision };

export type EventFilter = {
  readonly organization: string;
  readonly module?: string;
  readonly record?: string;
  readonly type?: string;
  readonly origin?: string;
};

/** One event, or those of a record. */
export type EventsOf =
  | { readonly organization: string; readonly event: string }
  | { readonly organization: string; readonly module: string; readonly record: string };

export type EventLedger = {
  /**
   * Stores an event once: the event, its decision, its runs, first-time memory, the record with its dates, and the moves of pending runs. `decide` is pure and may be called
   * more than once; what it says first is what counts. Repeating the call after a lost answer finds it done (`duplicate`).
   * @param onDurable called once where the event and its decision are durable before the rest of it is written: from then on it is accepted,
   *   and somebody writes that rest whatever happens, also where the promise rejects. A store that writes all of it at once never calls it.
   */
  intake(event: NewEvent, decide: (inputs: DecisionInputs) => Decided, onDurable?: () => void): Promise<Intake>;
  /**
   * Finishes events that a crash or a lost answer left stored and not yet decided, or decided and without their runs: each ends as its
   * intake would have. A store that does all of it in one transaction has none.
   * @param now ms; what was begun in the last seconds before it is left to whoever began it.
   * @param decide as for `intake`, of an event that another process may have stored; it takes no slots.
   * @returns how many it finished.
   */
  recover(now: number, decide: (event: RecordEvent, inputs: DecisionInputs) => Decided): Promise<number>;
  /** Of these rules, those that have fired for a record before and remember it: rules that fire the first time only. */
  firedBefore(organization: string, rules: readonly string[], record: string): Promise<ReadonlySet<string>>;
  /**
   * Resolves once what follows from these events that are accepted by now is written, whichever process writes it; after some seconds also where
   * nobody can. At once where it is written together with its event.
   */
  written(of: EventsOf): Promise<void>;
  event(organization: string, id: string): Promise<StoredEvent | null>;
  /** Newest first. */
  events(filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>>;
};

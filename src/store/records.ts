import type { DateKey } from "./dates.ts";
import type { NewEvent } from "./events.ts";
import { RulewrightError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import type { StoredRecord } from "../model/record.ts";
import type { Page, PageRequest } from "./page.ts";

export type RecordKey = { readonly organization: string; readonly module: string; readonly id: string };

/** The edit that a field update causes, kept with the record until it is taken in like any event. */
export type CascadeEvent = Omit<NewEvent, "firstTimeRules" | "expectRevision" | "dates">;

/** A field update's change of a record: nothing where the record already is as it asks. */
export type RecordChange = {
  readonly body: JsonObject;
  readonly cascade: CascadeEvent;
  /** As of a `NewEvent`. */
  readonly dates: readonly DateKey[] | null;
} | null;

export type RecordUpdate =
  | { readonly status: "updated"; readonly record: StoredRecord; readonly cascade: CascadeEvent }
  | { readonly status: "unchanged"; readonly record: StoredRecord }
  /** This run had changed it before a crash, or is over: whoever asks has been overtaken, and changes nothing. */
  | { readonly status: "applied"; readonly record: StoredRecord }
  | { readonly status: "deleted" };

/** What an event makes of its record is still to be written, which happens within seconds; until then nothing may change the record. */
export class RecordNotWritten extends RulewrightError {
  constructor(event: string) {
    super("overloaded", `The record of event ${event} is not written yet`, { retryAfter: 1 });
  }
}

/** Records are written by the intake of their events and by field updates, nothing else. */
export type RecordStore = {
  /** Tombstones included. */
  record(key: RecordKey): Promise<StoredRecord | null>;
  /** Without tombstones, in id order. */
  records(organization: string, module: string, page: PageRequest): Promise<Page<StoredRecord>>;
  /**
   * One conditional write per run: the new body, the run's id in the record's `appliedRuns` and the cascade event in its outbox.
   * `change` is pure and sees the record as it is at that moment.
   * @throws RecordNotWritten where that is so of what the run's own event makes of the record
   */
  update(key: RecordKey, run: string, change: (record: StoredRecord) => RecordChange): Promise<RecordUpdate>;
  /** Cascade events not yet taken in. */
  outbox(limit: number): Promise<readonly CascadeEvent[]>;
  /** The cascade event is in the ledger; the outbox forgets it. */
  outboxDone(event: CascadeEvent): Promise<void>;
};

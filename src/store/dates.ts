import type { StoredRecord } from "../model/record.ts";
import type { Cycle } from "../model/rule.ts";
import type { Page, PageRequest } from "./page.ts";

/** A record's date in a field, as the index of one cycle has it (`time/date-keys.ts`). */
export type DateKey = { readonly field: string; readonly cycle: Cycle; readonly key: number };

export type DateRange = {
  readonly organization: string;
  readonly module: string;
  readonly field: string;
  readonly cycle: Cycle;
  /** Inclusive, as is `to`. */
  readonly from: number;
  readonly to: number;
};

export type DatedRecord = {
  readonly record: StoredRecord;
  /** Since when the record has had this date, ms. */
  readonly since: number;
};

/**
 * Dates of records, indexed so that those that have come are found without looking at any other. Written with the record they are of;
 * only of fields that a date rule has asked for.
 */
export type DateIndex = {
  /** Records with such a date, without tombstones; by key, then by record. */
  dated(range: DateRange, page: PageRequest): Promise<Page<DatedRecord>>;
  /**
   * Writes the dates of a page of a module's records anew, in id order, for a field that nobody had asked for or a zone that is another now.
   * A date that was there keeps its `since`, under another number too; one that was not has `now`. Answers where to go on; null at the end. Repeatable.
   */
  reindex(
    module: { readonly organization: string; readonly module: string },
    now: number,
    page: PageRequest,
    datesOf: (record: StoredRecord) => readonly DateKey[],
  ): Promise<string | null>;
};

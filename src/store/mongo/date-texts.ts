import type { DateKey, DateRange } from "../dates.ts";
import type { RecordKey } from "../records.ts";
import { keyOf } from "./ids.ts";

/*
 * How a record says its dates: under the name of cycle and field a text that sorts by organization, module, date and record. So one index of
 * whatever stands there finds a range of dates in its order, and a date that stays is the same text.
 */

type OfRecord = Omit<RecordKey, "id">;
type Cycled = Pick<DateKey, "field" | "cycle">;

/** The key under which such dates stand: no field's name can be taken for a path. */
export function dateName({ field, cycle }: Cycled): string {
  return `${cycle} ${field.replace(/[%.$\0]/g, (found) => `%${found.charCodeAt(0)}%`)}`;
}

/** A record's dates as its document holds them. */
export function dateTexts({ id, ...of }: RecordKey, dates: readonly DateKey[]): Readonly<Record<string, string>> {
  return Object.fromEntries(dates.map((date) => [dateName(date), dateText(of, sortable(date.key), id)]));
}

/** Of a date's text: the part that a cursor needs beside the record's id. */
export function sortableOf(text: string, { organization, module, id }: RecordKey): string {
  return text.slice(keyOf(organization, module, "").length, -keyOf("", id).length);
}

/** The bounds of texts in a range; `after`: of a cursor. */
export function textsIn(range: DateRange, after: { readonly sortable: string; readonly id: string } | null) {
  const from = keyOf(range.organization, range.module, sortable(range.from));
  // Nothing that goes on behind a line break comes behind this.
  const to = `${keyOf(range.organization, range.module, sortable(range.to))}\u000b`;
  return { $gt: after ? dateText(range, after.sortable, after.id) : from, $lt: to };
}

function dateText({ organization, module }: OfRecord, date: string, id: string): string {
  return keyOf(organization, module, date, id);
}

/** Sorts as the number does, those before 0 too. */
function sortable(key: number): string {
  return key < 0 ? `-${digits(Number.MAX_SAFE_INTEGER + key)}` : digits(key);
}

function digits(key: number): string {
  return key.toString(32).padStart(11, "0");
}

import type { Document } from "mongodb";
import type { DateKey } from "../dates.ts";
import type { RecordKey } from "../records.ts";
import { dateTexts } from "./date-texts.ts";
import type { RecordDocument } from "./documents.ts";

/** What a record's document says of its dates; nothing where it has none. */
export type StoredDates = Required<Pick<RecordDocument, "dates" | "since">>;

/** The dates of a record that had these before: what stays keeps its since, the rest has it from now. */
export function storedDates(key: RecordKey, dates: readonly DateKey[], now: number, before: Partial<StoredDates>): StoredDates | null {
  if (dates.length === 0) return null;
  const texts = dateTexts(key, dates);
  const since = Object.entries(texts).map(([name, text]) => [name, before.dates?.[name] === text ? (before.since?.[name] ?? now) : now]);
  return { dates: texts, since: Object.fromEntries(since) };
}

/** The same as what a stage of an update sets, of a document as it is then. */
export function datesToSet(key: RecordKey, dates: readonly DateKey[], now: number): Document {
  if (dates.length === 0) return { dates: "$$REMOVE", since: "$$REMOVE" };
  const texts = dateTexts(key, dates);
  const since = Object.entries(texts).map(([name, text]) => {
    const stays = { $eq: [`$dates.${name}`, { $literal: text }] };
    return [name, { $cond: [stays, { $ifNull: [`$since.${name}`, now] }, now] }];
  });
  // Both said as one value: what is set key by key would leave those there that are gone.
  return { dates: { $literal: texts }, since: { $mergeObjects: [Object.fromEntries(since)] } };
}

/** What an update sets and takes out, after which a record's document says so. */
export function toDates(stored: StoredDates | null) {
  return stored ? { $set: stored, $unset: {} } : { $set: {}, $unset: NO_DATES };
}

/** What an update takes out of a record that has no dates any more. */
export const NO_DATES = { dates: "", since: "" } as const;

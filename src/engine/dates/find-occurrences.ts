import { dateOf } from "../../criteria/date-of.ts";
import type { JsonObject } from "../../model/json.ts";
import { recordId } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Anchor } from "../../time/anchor.ts";
import { daysDue, keysDue } from "../../time/date-keys.ts";
import { occurrencesBetween } from "../../time/occurrences.ts";
import type { HostAccess } from "../host-records.ts";
import type { DateRule } from "./date-rules.ts";

/** One coming of a record's date, as its rule counts. */
export type Found = {
  readonly id: string;
  readonly record: JsonObject;
  readonly anchor: Anchor;
  readonly k: number;
  /** ms. */
  readonly at: number;
};

/** Instants (ms): after < at <= upTo. */
export type Window = { readonly after: number; readonly upTo: number };

/** Where in a window the next page begins; null: with its first. */
export type Place = { readonly range: number; readonly cursor: string | null };

export type FoundPage = { readonly found: readonly Found[]; readonly next: Place | null };

export type FindDeps = { readonly store: Pick<Store, "dates">; readonly host: HostAccess | null };

/** Records looked at in one go. */
const PAGE = 100;
/** Comings of one record in one window. */
const MOST_OF_ONE = 1000;

/**
 * The occurrences of a date rule in a window of at most 32 days, a page of records at a time: by the index on the field's value, or by
 * asking the host. A page may be empty and not the last. @throws HostRecordsError
 */
export async function findOccurrences(deps: FindDeps, rule: DateRule, window: Window, place: Place | null): Promise<FoundPage> {
  return deps.host?.findsByDate ? findOfHost(deps.host, rule, window) : findStored(deps.store, rule, window, place);
}

async function findStored(store: FindDeps["store"], rule: DateRule, window: Window, place: Place | null): Promise<FoundPage> {
  const { organization, trigger, rhythm, zone } = rule;
  const ranges = keysDue(rhythm, zone, window.after, window.upTo);
  const { range: index, cursor } = place ?? { range: 0, cursor: null };
  const range = ranges[index];
  if (!range) return { found: [], next: null };
  const { field, cycle } = trigger;
  const { data, nextCursor } = await store.dates.dated(
    { organization, module: rule.module.name, field, cycle, ...range },
    { limit: PAGE, cursor },
  );
  const found = data.flatMap(({ record: { id, body }, since }) =>
    occurrencesOf(rule, id, body, { ...window, after: Math.max(window.after, since) }),
  );
  if (nextCursor !== null) return { found, next: { range: index, cursor: nextCursor } };
  return { found, next: index + 1 < ranges.length ? { range: index + 1, cursor: null } : null };
}

async function findOfHost(host: HostAccess, rule: DateRule, window: Window): Promise<FoundPage> {
  const { module, trigger, rhythm, zone } = rule;
  const days = daysDue(rhythm, zone, window.after, window.upTo);
  if (days.from === days.to) return { found: [], next: null };
  const records = await host.findByDate({ module: module.name, field: trigger.field, ...days, cycle: trigger.cycle });
  const found = records.flatMap((record) => {
    const { id } = recordId(module, record);
    return id === null ? [] : occurrencesOf(rule, id, record, window);
  });
  return { found, next: null };
}

/** Of one record as it is. */
export function occurrencesOf(rule: DateRule, id: string, record: JsonObject, { after, upTo }: Window): readonly Found[] {
  const { trigger, rhythm, zone, module } = rule;
  const anchor = dateOf(trigger.field, record, { module, zone });
  if (anchor === null || after >= upTo) return [];
  return occurrencesBetween(anchor, rhythm, zone, after, upTo, MOST_OF_ONE).map(({ k, at }) => ({ id, record, anchor, k, at }));
}

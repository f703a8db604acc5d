import type { Collection, Filter } from "mongodb";
import { createBatches } from "./batches.ts";
import type { Calls } from "./calls.ts";

/** One document by its key; null where there is none. */
export type Read<D> = (key: string) => Promise<D | null>;

/**
 * Those asked for at the same moment come in one command: runs that start together each look at their event and their record.
 * @param projection what is wanted of each; without it all
 */
export function createRead<D extends { readonly _id: string }, K extends keyof D = keyof D>(
  calls: Calls,
  what: string,
  collection: Collection<D>,
  projection?: Readonly<Record<K, 1>>,
): Read<Pick<D, K | "_id">> {
  type Found = Pick<D, K | "_id">;
  const options = { hint: "_id_", ...(projection ? { projection } : {}) };
  const batches = createBatches<string, Found | null>(async (keys) => {
    // Each collection's `_id` is the text that `D` says.
    const filter = { _id: { $in: [...new Set(keys)] } } as unknown as Filter<D>;
    const found = await calls(what, () => collection.find<Found>(filter, options).toArray());
    const byKey = new Map(found.map((document) => [document._id as string, document]));
    return keys.map((key) => ({ value: byKey.get(key) ?? null }));
  });
  return batches.add;
}

import type { Collection, Filter, WithId } from "mongodb";
import { createBatches } from "./batches.ts";
import type { Calls } from "./calls.ts";

/** One document by its key; null where there is none. */
export type Read<D> = (key: string) => Promise<WithId<D> | null>;

/** Those asked for at the same moment come in one command: runs that start together each look at their event and their record. */
export function createRead<D extends { readonly _id: string }>(calls: Calls, what: string, collection: Collection<D>): Read<D> {
  const batches = createBatches<string, WithId<D> | null>(async (keys) => {
    // Each collection's `_id` is the text that `D` says.
    const filter = { _id: { $in: [...new Set(keys)] } } as unknown as Filter<D>;
    const found = await calls(what, () => collection.find(filter, { hint: "_id_" }).toArray());
    const byKey = new Map(found.map((document) => [document._id as string, document]));
    return keys.map((key) => ({ value: byKey.get(key) ?? null }));
  });
  return batches.add;
}

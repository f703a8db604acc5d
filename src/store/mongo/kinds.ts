import type { Collection, Filter } from "mongodb";
import type { Calls } from "./calls.ts";
import type { EventDocument, RunDocument } from "./documents.ts";

type Selection = { readonly module?: string | undefined; readonly type?: string | undefined };

/**
 * A filter by module, by type or by both that the index `kind` (organization, module, type, place) answers in the order of places: what was
 * left out is filled in with everything that there is, a few dozen at most, and the server merges as many walks. So two lists and their
 * combination share one index, which every write pays for.
 */
export type Kinds<D> = (organization: string, selection: Selection) => Promise<Filter<D>>;

export function createKinds<D extends EventDocument | RunDocument>(
  calls: Calls,
  collection: Collection<D>,
  /** Where the types are known beforehand. */
  types?: readonly string[],
): Kinds<D> {
  /** Seeks from one to the next in the index. */
  async function distinct(match: Readonly<Record<string, string>>, key: "module" | "type"): Promise<readonly string[]> {
    const found = await calls(`${key}s`, () =>
      collection.aggregate<{ _id: string }>([{ $match: match }, { $group: { _id: `$${key}` } }], { hint: "kind" }).toArray(),
    );
    return found.map(({ _id }) => _id);
  }

  return async (organization, { module, type }) => {
    const modules = module ?? { $in: await distinct({ organization }, "module") };
    const some = type ?? { $in: types ?? (module === undefined ? [] : await distinct({ organization, module }, "type")) };
    // Both collections have these keys, which the driver's type for a generic document cannot know.
    return { module: modules, type: some } as Filter<D>;
  };
}

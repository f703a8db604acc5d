import { MongoBulkWriteError, type Collection, type OptionalUnlessRequiredId } from "mongodb";
import { DUPLICATE_KEY, type Calls } from "./calls.ts";

/**
 * Inserts documents under keys of their own and leaves those alone that are there. Answers the positions of the latter, which may be there
 * because a first try of this very call wrote them.
 */
export async function insertNew<D extends { _id: string }>(
  calls: Calls,
  name: string,
  collection: Collection<D>,
  documents: readonly D[],
): Promise<ReadonlySet<number>> {
  if (documents.length === 0) return NONE;
  try {
    // Every document brings its `_id`, which is all that the driver's type asks for.
    const given = documents as readonly OptionalUnlessRequiredId<D>[];
    await calls(name, () => collection.insertMany(given, { ordered: false }));
    return NONE;
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const errors = [error.writeErrors].flat();
    if (errors.length === 0 || errors.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return new Set(errors.map(({ index }) => index));
  }
}

const NONE: ReadonlySet<number> = new Set();

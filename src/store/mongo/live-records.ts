import type { WithId } from "mongodb";
import { fromCursor } from "../cursor.ts";
import type { Calls } from "./calls.ts";
import type { Collections, RecordDocument } from "./documents.ts";
import { keyOf } from "./ids.ts";

/** Up to so many of a module's records behind a cursor's, in the order of their ids, without tombstones. */
export type LiveRecords = (
  of: { readonly organization: string; readonly module: string },
  cursor: string | null,
  most: number,
) => Promise<readonly WithId<RecordDocument>[]>;

export function createLiveRecords(calls: Calls, { records }: Pick<Collections, "records">): LiveRecords {
  return async ({ organization, module }, cursor, most) => {
    const after = cursor === null ? "" : fromCursor(cursor, ["string"])[0];
    const of = keyOf(organization, module, "");
    return calls("list records", () =>
      records
        // Every key that begins so, and nothing behind.
        .find({ _id: { $gt: `${of}${after}`, $lt: `${of.slice(0, -1)}\u000b` }, deleted: false }, { hint: "_id_" })
        .sort({ _id: 1 })
        .limit(most)
        .toArray(),
    );
  };
}

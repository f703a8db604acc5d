import type { JsonObject } from "../../model/json.ts";
import type { MarkStore } from "../marks.ts";
import { isDuplicateKey, type Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf, newMark } from "./ids.ts";

/** More than others write while a call is said again. */
const MOST_WRITES = 20;

export function createMarkStore(calls: Calls, { marks }: Collections): MarkStore {
  /** False where there is one. */
  async function make(_id: string, value: string, write: string): Promise<boolean> {
    try {
      await calls("make a mark", () => marks.insertOne({ _id, revision: 1, value, writes: [write] }));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async function change(_id: string, revision: number, value: string, write: string): Promise<boolean> {
    const { matchedCount } = await calls("change a mark", () =>
      marks.updateOne(
        { _id, revision },
        { $set: { value }, $inc: { revision: 1 }, $push: { writes: { $each: [write], $slice: -MOST_WRITES } } },
      ),
    );
    return matchedCount === 1;
  }

  return {
    async mark(organization, key) {
      const found = await calls("find a mark", () => marks.findOne({ _id: keyOf(organization, key) }));
      return found && { value: JSON.parse(found.value) as JsonObject, revision: found.revision };
    },
    async setMark(organization, key, revision, value) {
      const _id = keyOf(organization, key);
      const write = newMark();
      const text = JSON.stringify(value);
      if (await (revision === 0 ? make(_id, text, write) : change(_id, revision, text, write))) return true;
      // Said twice, and done the first time: whoever wrote since has seen it.
      return (await calls("whose mark", () => marks.findOne({ _id, writes: write }, { projection: { _id: 1 } }))) !== null;
    },
  };
}

import type { KeyStore } from "../keys.ts";
import { isDuplicateKey, type Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf } from "./ids.ts";

export function createKeyStore(calls: Calls, { keys, meta }: Collections): KeyStore {
  const listOf = (organization: string) =>
    calls("API keys", () => keys.find({ organization }, { hint: "organization" }).sort({ createdAt: 1 }).toArray());
  const sealed = async () => (await calls("the secret key's seal", () => meta.findOne({ _id: "seal" })))?.sealed;

  return {
    async keys(organization) {
      return (await listOf(organization)).map(({ _id, ...key }) => key);
    },
    async addFirst({ organization, id, hash, createdAt }) {
      if ((await listOf(organization)).length > 0) return false;
      // The first key has a place that only one can have.
      const _id = keyOf(organization, "first");
      try {
        await calls("first API key", () => keys.insertOne({ _id, organization, id, hash, createdAt }));
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const there = await calls("whose first API key", () => keys.findOne({ _id }));
        return there?.id === id && there.hash === hash;
      }
    },
    async seal(own) {
      const there = await sealed();
      if (there !== undefined) return there;
      try {
        await calls("seal with the secret key", () => meta.insertOne({ _id: "seal", sealed: own }));
        return own;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return (await sealed()) ?? own;
      }
    },
  };
}

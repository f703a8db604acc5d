import { hash as digest, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "../store/store.ts";
import { newId } from "./ids.ts";

/** Who may use the admin routes. Keys are compared by their SHA-256, which is all that is kept of them. */
export type ApiKeys = {
  isValid(key: string): boolean;
  /** Shown this once; null where a key was given or made before. */
  readonly made: string | null;
};

/**
 * The admin key of the environment, or the one in the store; the first start without either makes one.
 * @param given RULEWRIGHT_API_KEY: it alone is valid then.
 */
export async function openApiKeys(store: Store, organization: string, given: string | null, now: number): Promise<ApiKeys> {
  if (given !== null) return { isValid: validator([hash(given)]), made: null };
  const made = `rwk_${randomBytes(32).toString("base64url")}`;
  const first = await store.keys.addFirst({ organization, id: newId("key", now), hash: hash(made).toString("hex"), createdAt: now });
  const stored = await store.keys.keys(organization);
  return { isValid: validator(stored.map((key) => Buffer.from(key.hash, "hex"))), made: first ? made : null };
}

function hash(key: string): Buffer {
  return digest("sha256", key, "buffer");
}

function validator(hashes: readonly Buffer[]): (key: string) => boolean {
  return (key) => {
    const asked = hash(key);
    return hashes.some((known) => timingSafeEqual(known, asked));
  };
}

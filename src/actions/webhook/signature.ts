import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** Decoded pairs of a query or a form, in the order sent. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** Secrets as keys: to make one costs as much as a signature. Emptied when full, for secrets come and go. */
const keys = new Map<string, KeyObject>();
const MOST_KEYS = 1000;

function keyOf(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const key = createSecretKey(secret, "utf8");
  keys.set(secret, key);
  return key;
}

/** `webhook-signature` of Standard Webhooks, version 1; the key is the secret's own bytes, `timestamp` in unix seconds. */
export function standardSignature(secret: string, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/**
 * `X-Zoho-Webhook-Signature`: base64 HMAC-SHA256 over the string that the seed's prose constructs, all pairs sorted by name, then the raw body.
 * The seed's sample code forgets the body; its prose and examples do not.
 * @param raw the body where it is no form, else empty.
 */
export function zohoSignature(secret: string, pairs: Pairs, raw: string): string {
  // A stable sort: pairs of one name stay in the order sent. By code unit, as the samples' sort() and TreeMap.
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHmac("sha256", keyOf(secret))
    .update(sorted.map((pair) => pair.join("")).join("") + raw)
    .digest("base64");
}

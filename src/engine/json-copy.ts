import type { Json } from "../model/json.ts";

/** As deep as a request's body may be. */
const MOST_DEEP = 32;

/**
 * A value as JSON holds it, and a copy: what its owner does with it afterwards changes nothing here. `undefined` stays undefined.
 * @throws TypeError or RangeError for what JSON cannot hold: circles, BigInts, more than 32 levels.
 */
export function jsonCopy(value: unknown): Json | undefined {
  const text = JSON.stringify(value);
  if (text === undefined) return undefined;
  // What JSON.stringify wrote is JSON.
  const copy = JSON.parse(text) as Json;
  if (isDeeper(copy, MOST_DEEP)) throw new RangeError(`it is nested deeper than ${MOST_DEEP} levels`);
  return copy;
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

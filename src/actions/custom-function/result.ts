import type { Json, JsonObject } from "../../model/json.ts";

/** 16 KB, of characters of JSON text. */
const MAX_RESULT = 16_384;

/** What is kept of a function's answer: it, if it is JSON, or the beginning of its text where that is long. */
export function keptResult(value: unknown): JsonObject {
  const text = toJson(value);
  if (text === undefined) return {};
  if (text.length > MAX_RESULT) return { result: text.slice(0, MAX_RESULT), cut: true };
  // Text that JSON.stringify wrote is JSON.
  return { result: JSON.parse(text) as Json };
}

/** Undefined for nothing, a function, or what has no JSON form (a circle, a BigInt). */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

import { isUtf8 } from "node:buffer";
import { RulewrightError } from "../model/errors.ts";
import { isJsonObject } from "../model/json.ts";
import { findDuplicateKey, readJsonText } from "./json-text.ts";

/** Levels that a body may be nested; records have three or four, and everything behind may recurse without fear. */
const MOST_DEEP = 32;

/**
 * A request's body as JSON, and nothing about it lost: what `JSON.parse` would drop or bend without a word is refused.
 * @throws RulewrightError malformed_json for anything that is not UTF-8 or JSON, is nested deeper than 32, repeats a key in one object,
 * holds a number beyond a double's range, or names a prototype.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw malformed("The body is not valid UTF-8");
  const text = bytes.toString("utf8");
  const { keys, tooDeepAt } = readJsonText(text, MOST_DEEP);
  if (tooDeepAt >= 0) throw malformed(`The body is nested deeper than ${MOST_DEEP} levels at position ${tooDeepAt}`);
  const value = parse(text);
  // An object keeps the last of its repeated keys: fewer keys than were written means that one was repeated.
  if (keysOf(value) !== keys) throw repeated(text);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Keys of all objects within a value, which is looked through on the way. */
function keysOf(value: unknown): number {
  let keys = 0;
  if (Array.isArray(value)) {
    for (const element of value) keys += keysOf(element);
    return keys;
  }
  if (!isJsonObject(value)) {
    if (value === Infinity || value === -Infinity) throw malformed("The body has a number beyond 1.8e308; send it as a string");
    return 0;
  }
  // `for in` is three times as fast as `Object.entries` here, and what JSON.parse makes inherits no keys.
  for (const key in value) {
    const child = value[key];
    if (key === "__proto__" || (key === "constructor" && isJsonObject(child) && Object.hasOwn(child, "prototype")))
      throw malformed(`The body has the key "${key}", which JavaScript gives a meaning of its own; it is not taken`);
    keys += 1 + keysOf(child);
  }
  return keys;
}

function repeated(text: string): RulewrightError {
  const { key, path } = findDuplicateKey(text) ?? { key: "", path: "" };
  return new RulewrightError("malformed_json", `The body has the key "${key}" twice in one object`, {
    issues: [{ path, message: "this key stands twice in one object" }],
  });
}

function malformed(message: string): RulewrightError {
  return new RulewrightError("malformed_json", message);
}

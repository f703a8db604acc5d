import type { Json } from "../model/json.ts";

/** A list as it comes: itself, a string that is a JSON list, or a string with commas; null where it is none of them. */
export function readList(raw: Json | undefined): readonly Json[] | null {
  if (isList(raw)) return raw;
  if (typeof raw !== "string" || raw === "") return null;
  return parseList(raw) ?? raw.split(",").map((element) => element.trim());
}

/** A list that may have come as JSON text; null for anything else. */
export function readJsonList(raw: Json | undefined): readonly Json[] | null {
  if (isList(raw)) return raw;
  return typeof raw === "string" ? parseList(raw) : null;
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList<V>(value: V): value is Extract<V, readonly unknown[]> {
  return Array.isArray(value);
}

function parseList(text: string): readonly Json[] | null {
  if (!text.trimStart().startsWith("[")) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    // What JSON.parse gives is JSON.
    return Array.isArray(parsed) ? (parsed as readonly Json[]) : null;
  } catch {
    return null;
  }
}

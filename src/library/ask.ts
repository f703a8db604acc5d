import type { z } from "zod";
import { jsonCopy } from "../engine/json-copy.ts";
import { RulewrightError } from "../model/errors.ts";
import { parseWith, validationError } from "../model/issues.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import { JsonRecord } from "../model/record.ts";
import type { Page, PageRequest } from "../store/page.ts";

/**
 * What a caller gave, as JSON holds it, and a copy: what is done with it afterwards changes nothing here.
 * @throws RulewrightError validation_failed
 */
export function given(value: unknown, what: string): Json | undefined {
  try {
    return jsonCopy(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RulewrightError("validation_failed", `Expected ${what} that JSON can hold: ${reason}`, { cause });
  }
}

/** @throws RulewrightError validation_failed */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = parseWith(schema, value);
  if (parsed.issues !== null) throw validationError(parsed.issues);
  return parsed.data;
}

export function record(value: unknown) {
  return checked(JsonRecord, given(value, "a record"));
}

/** For callers without types. @throws RulewrightError validation_failed */
export function name(value: string, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw validationError([{ path: what, message: `expected text, got ${value === "" ? "none" : String(value)}` }]);
}

type Paged = { readonly limit: number; readonly cursor?: string };

/** A list's filters by the schema of its route, which reads them off a URL: numbers and booleans are written as they would stand there. */
export function asked<T>(schema: z.ZodType<T>, filters: unknown): T {
  const plain = given(filters, "filters");
  const written = isJsonObject(plain)
    ? Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]))
    : plain;
  return checked(schema, written);
}

/** The filters, and beside them the page that is asked for. */
export function askedPage<T extends Paged>(schema: z.ZodType<T>, filters: unknown): { filter: Omit<T, keyof Paged>; page: PageRequest } {
  const { limit, cursor = null, ...filter } = asked(schema, filters);
  return { filter, page: { limit, cursor } };
}

export function shownPage<T, V>({ data, nextCursor }: Page<T>, show: (one: T) => V): Page<V> {
  return { data: data.map(show), nextCursor };
}

import { z } from "zod";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { Module } from "./module.ts";

/** A JSON object as it comes: types are read by criteria and templates when they need a field, so checking each value here would only cost time. */
export const JsonRecord = z.custom<JsonObject>(isJsonObject, "expected a JSON object").meta({ type: "object", additionalProperties: true });

/** An id, or why there is none; `field` is the id field that holds something else, null where the record has no id field at all. */
export type RecordId = { readonly id: string } | { readonly id: null; readonly field: string | null; readonly message: string };

const LONGEST_ID = 255;

/**
 * The record's id: the first of the module's id fields that holds one. Whole numbers are read as their decimal text. A field that is
 * there and holds no id is a mistake where no other does, and never passed over: the record would be kept under an id of its own.
 */
export function recordId(module: Module, record: JsonObject): RecordId {
  const present = module.idFields.filter((name) => Object.hasOwn(record, name));
  for (const field of present) {
    const id = toId(record[field]);
    if (id !== null) return { id };
  }
  const [field] = present;
  const expected = `expected the record's id in ${module.idFields.join(" or ")}`;
  if (field === undefined) return { id: null, field: null, message: expected };
  const large = Number.isInteger(record[field]) ? "; send a number beyond 2^53 as a string" : "";
  return { id: null, field, message: `${expected}: text of 1 to ${LONGEST_ID} characters or a whole number${large}` };
}

function toId(value: Json | undefined): string | null {
  if (typeof value === "string") return value !== "" && value.length <= LONGEST_ID && !/\p{Cc}/u.test(value) ? value : null;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

/** A record as the built-in record store keeps it. */
export type StoredRecord = {
  readonly organization: string;
  readonly module: string;
  readonly id: string;
  /** 1 for the first version; the ETag. */
  readonly revision: number;
  /** Of the newest event that wrote it, ms. Field updates leave it, so that they never make a host's own next event look old. */
  readonly occurredAt: number;
  /** A tombstone: the record was deleted and `body` is its last form. */
  readonly deleted: boolean;
  readonly body: JsonObject;
};

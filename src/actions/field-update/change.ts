import { findField, type CustomField } from "../../criteria/fields.ts";
import { isList } from "../../criteria/list.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { Module } from "../../model/module.ts";
import { FieldUpdateError } from "./value.ts";

/**
 * The top-level key to set, whole, so that the field at a path has a value: a nested key within its object, a custom field where the record
 * keeps it (under its name, else its entry in `custom_fields`, else under its name anew).
 * @throws FieldUpdateError where something else than an object lies on the path.
 */
export function changeAt(path: string, value: Json, record: JsonObject, module: Module): JsonObject {
  const { customField } = findField(module, path);
  if (customField) return setCustom(customField, value, record) ?? { [customField.name]: value };
  const [first = "", ...rest] = path.split(".");
  if (first === "custom_fields" && rest.length > 0) {
    const label = rest.join(".");
    const change = setCustom({ name: label }, value, record);
    if (change) return change;
    throw new FieldUpdateError(`the record has no custom field "${label}"`);
  }
  return { [first]: setNested(Object.hasOwn(record, first) ? record[first] : undefined, rest, value, first) };
}

function setNested(current: Json | undefined, keys: readonly string[], value: Json, path: string): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (current !== undefined && current !== null && current !== "" && !isJsonObject(current))
    throw new FieldUpdateError(`${path} is not an object, so its ${keys.join(".")} cannot be set`);
  const object = isJsonObject(current) ? current : {};
  return { ...object, [key]: setNested(Object.hasOwn(object, key) ? object[key] : undefined, rest, value, `${path}.${key}`) };
}

/** The change where the record has the custom field already, null where it has not. */
function setCustom({ name, label = name }: CustomField, value: Json, record: JsonObject): JsonObject | null {
  if (Object.hasOwn(record, name)) return { [name]: value };
  const held = Object.hasOwn(record, "custom_fields") ? record["custom_fields"] : undefined;
  if (isList(held)) {
    const index = held.findIndex((entry) => isEntryOf(entry, name, label));
    return index === -1 ? null : { custom_fields: held.map((entry, at) => (at === index ? withValue(entry, value) : entry)) };
  }
  if (!isJsonObject(held)) return null;
  const key = [name, label].find((candidate) => Object.hasOwn(held, candidate));
  return key === undefined ? null : { custom_fields: { ...held, [key]: value } };
}

/** As criteria find it: by api name, or by label in any case. */
function isEntryOf(entry: Json, name: string, label: string): boolean {
  if (!isJsonObject(entry)) return false;
  return entry["api_name"] === name || (typeof entry["label"] === "string" && entry["label"].toLowerCase() === label.toLowerCase());
}

function withValue(entry: Json, value: Json): Json {
  if (!isJsonObject(entry)) return entry;
  // Left as it was, it would go on showing the old value.
  const formatted = Object.hasOwn(entry, "value_formatted")
    ? { value_formatted: value === null ? "" : isJsonObject(value) || isList(value) ? JSON.stringify(value) : String(value) }
    : {};
  return { ...entry, value, ...formatted };
}

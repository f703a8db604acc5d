import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { isAnyPath, type CustomField } from "./fields.ts";
import { isList, readJsonList, readList } from "./list.ts";

type Value = Json | undefined;
/** Takes a raw value out of a record; undefined where there is none. Only own properties count. */
export type Read = (record: JsonObject) => Value;

/** Reads a path without `*`. */
export function createRead(path: string, customField: CustomField | null): Read {
  if (customField)
    return (record) => (Object.hasOwn(record, customField.name) ? record[customField.name] : inCustomFields(record, customField));
  const segments = path.split(".");
  if (segments.length > 1) return (record) => walk(record, segments, 0);
  // A name that no object inherits can be read without asking first whose it is, which halves the time.
  return path in Object.prototype ? (record) => own(record, path) : (record) => record[path];
}

/** Reads every value that a path with `*` leads to; one value for any other path. */
export function createReadAll(path: string, customField: CustomField | null): (record: JsonObject) => readonly Value[] {
  if (!isAnyPath(path)) {
    const read = createRead(path, customField);
    return (record) => [read(record)];
  }
  const segments = path.split(".");
  return (record) => collect([record], segments);
}

function collect(values: readonly Value[], segments: readonly string[]): readonly Value[] {
  const star = segments.indexOf("*");
  const lead = star === -1 ? segments : segments.slice(0, star);
  const led = lead.length === 0 ? values : values.map((value) => walk(value, lead, 0));
  if (star === -1) return led;
  if (star === segments.length - 1) return led.flatMap((value) => readList(value) ?? []);
  // Text that is split at commas has no fields to go on to.
  return collect(
    led.flatMap((value) => readJsonList(value) ?? []),
    segments.slice(star + 1),
  );
}

function walk(from: Value, segments: readonly string[], start: number): Value {
  let value = from;
  for (let index = start; index < segments.length; index++) {
    const segment = segments[index] ?? "";
    // A label may have points in it, so it is all that is left of the path.
    if (isList(value)) return labelled(value, segments.slice(index).join("."));
    value = own(value, segment);
  }
  return value;
}

function inCustomFields(record: JsonObject, { name, label }: CustomField): Value {
  const list = own(record, "custom_fields");
  if (isList(list)) return labelled(list, name, label);
  const value = own(list, name);
  return value === undefined && label !== undefined ? own(list, label) : value;
}

/** The value of the first `{ label, api_name, value }` that has the api name, or the label in any case. */
function labelled(list: readonly Json[], name: string, label = name): Value {
  const wanted = label.toLowerCase();
  for (const entry of list) {
    if (!isJsonObject(entry)) continue;
    // Objects inherit none of these three names.
    const { api_name: apiName, label: text, value } = entry;
    if (apiName === name || text === label || (typeof text === "string" && text.toLowerCase() === wanted)) return value;
  }
  return undefined;
}

function own(value: Value, key: string): Value {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

import type { Criterion, Operand } from "../../src/model/criterion.ts";
import type { FieldType } from "../../src/model/field.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { RE2JS } from "re2js";
import { instantByIntl, wallByIntl } from "../time/intl-oracle.ts";
import { LIST_TYPES, NUMBER_TYPES, TEXT_TYPES, TIME_TYPES } from "./orders.ts";

/*
 * The contract's section 6 read sentence by sentence, as plainly and slowly as can be: no caches, no tables, BigInt for decimals,
 * Intl for zones. It shares no code with src/criteria.
 */

type Raw = Json | undefined;
export type World = {
  readonly typeOf: (path: string) => FieldType | undefined;
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly day: string;
  readonly zone: string;
};
type Read =
  | { readonly is: "empty" }
  | { readonly is: "malformed" }
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "number"; readonly mantissa: bigint; readonly exponent: number }
  | { readonly is: "boolean"; readonly value: boolean }
  | { readonly is: "moment"; readonly day: string; readonly ms: number | null }
  | { readonly is: "list"; readonly elements: readonly string[] };

const EMPTY: Read = { is: "empty" };
const MALFORMED: Read = { is: "malformed" };

export function oracle(criterion: Criterion, world: World): boolean {
  const type = criterion.type ?? world.typeOf(criterion.field);
  const { comparator, field } = criterion;
  if (comparator === "changed" || comparator === "changedFrom" || comparator === "changedTo") return changes(criterion, type, world);
  if (!field.includes("*")) return one(criterion, type, dig(world.record, field), world);
  const elements = digAll(world.record, field);
  return elements.length === 0 ? comparator === "isEmpty" : elements.some((raw) => one(criterion, type, raw, world));
}

function one(criterion: Criterion, type: FieldType | undefined, raw: Raw, world: World): boolean {
  const { comparator } = criterion;
  const asWritten = criterion.caseSensitive ?? false;
  const actual = read(raw, type, asWritten, world.zone);
  const values = [criterion.value].flat().map((value) => operand(value, criterion, type, world));
  const first = values[0] ?? EMPTY;
  const isIn = (): boolean => values.some((value) => equal(actual, value));
  const has = (value: Read): boolean => actual.is === "list" && value.is === "text" && actual.elements.includes(value.text);
  const texts = (test: (a: string, b: string) => boolean): boolean =>
    actual.is === "text" && first.is === "text" && test(actual.text, first.text);
  switch (comparator) {
    case "equal":
      return equal(actual, first);
    case "notEqual":
      return !equal(actual, first);
    case "in":
      return isIn();
    case "notIn":
      return !isIn();
    case "contains":
      return texts((a, b) => a.includes(b));
    case "notContains":
      return !texts((a, b) => a.includes(b));
    case "startsWith":
      return texts((a, b) => a.startsWith(b));
    case "endsWith":
      return texts((a, b) => a.endsWith(b));
    case "greaterThan":
      return sign(actual, first) === 1;
    case "greaterEqual":
      return sign(actual, first) === 1 || sign(actual, first) === 0;
    case "lessThan":
      return sign(actual, first) === -1;
    case "lessEqual":
      return sign(actual, first) === -1 || sign(actual, first) === 0;
    case "between":
      return [0, 1].includes(sign(actual, first) ?? NaN) && [0, -1].includes(sign(actual, values[1] ?? EMPTY) ?? NaN);
    case "notBetween": {
      const low = sign(actual, first);
      const high = sign(actual, values[1] ?? EMPTY);
      return low !== null && high !== null && (low === -1 || high === 1);
    }
    case "isEmpty":
      return actual.is === "empty";
    case "isNotEmpty":
      return actual.is !== "empty";
    case "isTrue":
      return actual.is === "boolean" && actual.value;
    case "isFalse":
      return actual.is === "boolean" && !actual.value;
    case "includesAny":
      return values.filter(has).length > 0;
    case "includesAll":
      return values.filter(has).length === values.length;
    case "excludesAny":
      return values.filter(has).length < values.length;
    case "excludesAll":
      return values.filter(has).length === 0;
    case "matches": {
      const text = read(raw, type, true, world.zone);
      return (
        text.is === "text" &&
        text.text.length <= 65_536 &&
        RE2JS.compile(JSON.parse(JSON.stringify(criterion.value)) as string)
          .matcher(text.text)
          .find()
      );
    }
    case "changed":
    case "changedFrom":
    case "changedTo":
      throw new Error(`not asked of one value: ${comparator}`);
  }
}

function changes(criterion: Criterion, type: FieldType | undefined, world: World): boolean {
  const raws = (record: JsonObject): readonly Raw[] =>
    criterion.field.includes("*") ? digAll(record, criterion.field) : [dig(record, criterion.field)];
  const to = raws(world.record);
  const from = raws(world.previous ?? {});
  const changed = to.length !== from.length || to.some((raw, index) => !unchanged(raw, from[index], type, world.zone));
  if (!changed || criterion.comparator === "changed") return changed;
  const value = operand(criterion.value as Operand | undefined, criterion, type, world);
  const side = criterion.comparator === "changedFrom" ? from : to;
  return side.some((raw) => equal(read(raw, type, criterion.caseSensitive ?? false, world.zone), value));
}

/** Equal by type; another letter case is a change; two values that their type cannot read are compared as they stand. */
function unchanged(a: Raw, b: Raw, type: FieldType | undefined, zone: string): boolean {
  const left = read(a, type, true, zone);
  const right = read(b, type, true, zone);
  if (left.is === "empty" || right.is === "empty") return left.is === right.is;
  if (left.is === "malformed" || right.is === "malformed") return left.is === right.is && canonical(a) === canonical(b);
  if (left.is === "list" || right.is === "list") return listText(a, type) === listText(b, type);
  return equal(left, right);
}

function listText(raw: Raw, type: FieldType | undefined): string {
  const list = type === undefined ? raw : asList(raw);
  if (!Array.isArray(list)) return canonical(raw);
  const elements = list.map((element: Raw) =>
    type !== undefined && typeof element !== "object" && element !== "" ? JSON.stringify(String(element)) : canonical(element),
  );
  return `[${elements.join()}]`;
}

/** JSON with sorted keys, and nulls, empty texts and missing keys alike. */
function canonical(raw: Raw): string {
  if (raw === undefined || raw === null || raw === "" || (typeof raw === "object" && Object.keys(raw).length === 0)) return "empty";
  if (Array.isArray(raw)) return `[${raw.map(canonical).join()}]`;
  if (typeof raw !== "object") return JSON.stringify(raw);
  const entries = Object.entries(raw).filter(([, value]) => canonical(value) !== "empty");
  return `{${entries
    .map(([key, value]) => `${JSON.stringify(key)}:${canonical(value)}`)
    .toSorted()
    .join()}}`;
}

function operand(value: Operand | undefined, criterion: Criterion, type: FieldType | undefined, world: World): Read {
  const asWritten = criterion.caseSensitive ?? false;
  const elementType = /^(in|ex)cludes/.test(criterion.comparator) ? "text" : type;
  if (typeof value !== "object" || value === null) return read(value, elementType, asWritten, world.zone);
  if ("field" in value) return read(dig(world.record, value.field), world.typeOf(value.field) ?? elementType, asWritten, world.zone);
  return { is: "moment", day: shift(world.day, value), ms: null };
}

function shift(day: string, by: object): string {
  const { days = 0, weeks = 0, months = 0, years = 0 } = by as Record<string, number | undefined>;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const target = year * 12 + (month - 1) + months + years * 12;
  const last = new Date(Date.UTC(Math.floor(target / 12), (target % 12) + 1, 0)).getUTCDate();
  const ms = Date.UTC(Math.floor(target / 12), target % 12, Math.min(date, last)) + (days + weeks * 7) * 86_400_000;
  return new Date(ms).toISOString().slice(0, 10);
}

function read(raw: Raw, type: FieldType | undefined, asWritten: boolean, zone: string): Read {
  if (raw === undefined || raw === null || raw === "") return EMPTY;
  if (typeof raw === "object" && Object.keys(raw).length === 0) return EMPTY;
  if (type === undefined) return readAsJson(raw, asWritten, zone);
  if (TEXT_TYPES.includes(type)) return readText(raw, asWritten);
  if (type === "lookup") return readText(raw, true);
  if (NUMBER_TYPES.includes(type)) return readNumber(raw, type === "percent");
  if (TIME_TYPES.includes(type)) return readMoment(raw, type, zone);
  if (LIST_TYPES.includes(type)) return readList(raw, asWritten);
  if (type !== "boolean") return MALFORMED;
  if (typeof raw === "boolean") return { is: "boolean", value: raw };
  const text = typeof raw === "string" ? raw.toLowerCase() : "";
  return text === "true" || text === "false" ? { is: "boolean", value: text === "true" } : MALFORMED;
}

function readAsJson(raw: Json, asWritten: boolean, zone: string): Read {
  if (typeof raw === "string") return readText(raw, asWritten);
  if (typeof raw === "number") return read(raw, "decimal", asWritten, zone);
  if (typeof raw === "boolean") return { is: "boolean", value: raw };
  return Array.isArray(raw) ? readList(raw, asWritten) : MALFORMED;
}

function readText(raw: Json, asWritten: boolean): Read {
  if (typeof raw === "object") return MALFORMED;
  const text = String(raw).normalize("NFC");
  return { is: "text", text: asWritten ? text : text.toLowerCase() };
}

function readNumber(raw: Json, percent: boolean): Read {
  if (typeof raw !== "number" && typeof raw !== "string") return MALFORMED;
  let text = String(raw);
  if (percent && typeof raw === "string" && text.endsWith("%")) text = text.slice(0, -1);
  const match = /^([+-]?)(\d*)\.?(\d*)([eE]([+-]?\d+))?$/.exec(text);
  if (!match || !/^[+-]?(\d|\.\d)/.test(text)) return MALFORMED;
  const [, minus, whole = "", fraction = "", , exponent = "0"] = match;
  const mantissa = BigInt(whole + fraction) * (minus === "-" ? -1n : 1n);
  return { is: "number", mantissa, exponent: Number(exponent) - fraction.length };
}

function readMoment(raw: Json, type: FieldType, zone: string): Read {
  if (typeof raw !== "string") return MALFORMED;
  const match = /^(\d{4}-\d\d-\d\d)(T(\d\d:\d\d)(:\d\d)?([.,]\d+)?(Z|[+-]\d\d(:?\d\d)?)?)?$/.exec(raw);
  if (!match) return MALFORMED;
  const [, day = "", time, clock, seconds = ":00", fraction = "", offset] = match;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return MALFORMED;
  if (time === undefined) return { is: "moment", day, ms: null };
  if (fraction !== "" && match[4] === undefined) return MALFORMED;
  if (Number(clock?.slice(0, 2)) > 23 || seconds === ":60") return MALFORMED;
  const wall = Date.parse(`${day}T${clock}${seconds}${fraction.replace(",", ".").slice(0, 4)}Z`);
  if (Number.isNaN(wall)) return MALFORMED;
  const ms = offset === undefined ? instantByIntl(wall, zone) : offset === "Z" ? wall : wall - shiftOf(offset);
  if (Number.isNaN(ms)) return MALFORMED;
  const dayThere = new Date(wallByIntl(ms, zone)).toISOString().slice(0, 10);
  return { is: "moment", day: dayThere, ms: type === "date" ? null : ms };
}

function shiftOf(offset: string): number {
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return NaN;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function asList(raw: Raw): readonly Json[] | null {
  if (Array.isArray(raw)) return raw;
  if (typeof raw !== "string") return null;
  try {
    const parsed: unknown = JSON.parse(raw);
    if (Array.isArray(parsed)) return parsed as Json[];
  } catch {
    // Not JSON: split at commas.
  }
  return raw.split(",").map((element) => element.trim());
}

function readList(raw: Json, asWritten: boolean): Read {
  const list = asList(raw);
  if (!list) return MALFORMED;
  if (list.length === 0) return EMPTY;
  const elements = list.filter((element) => typeof element !== "object" && element !== "").map((element) => readText(element, asWritten));
  return { is: "list", elements: elements.map((element) => (element.is === "text" ? element.text : "")) };
}

function equal(a: Read, b: Read): boolean {
  if (a.is === "empty" && b.is === "empty") return true;
  if (a.is === "text" && b.is === "text") return a.text === b.text;
  if (a.is === "boolean" && b.is === "boolean") return a.value === b.value;
  return sign(a, b) === 0;
}

/** -1, 0 or 1; null where there is no order. */
function sign(a: Read, b: Read): -1 | 0 | 1 | null {
  if (a.is === "number" && b.is === "number") {
    const exponent = Math.min(a.exponent, b.exponent);
    const left = a.mantissa * 10n ** BigInt(a.exponent - exponent);
    const right = b.mantissa * 10n ** BigInt(b.exponent - exponent);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (a.is !== "moment" || b.is !== "moment") return null;
  const [left, right] = a.ms === null || b.ms === null ? [a.day, b.day] : [a.ms, b.ms];
  return left < right ? -1 : left > right ? 1 : 0;
}

function own(value: Raw, key: string): Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as JsonObject)[key]
    : undefined;
}

/** A value by its path; a label or api name in a list of custom fields. */
function dig(record: JsonObject, path: string): Raw {
  const declared: Record<string, string> = { cf_quote_number: "quote number", cf_budget: "budget" };
  if (path.startsWith("cf_") || path.startsWith("custom_fields.")) {
    const key = path.replace("custom_fields.", "");
    const name = Object.keys(declared).find((known) => known === key || declared[known] === key.toLowerCase()) ?? key;
    if ((path.startsWith("cf_") || declared[name]) && Object.hasOwn(record, name)) return record[name];
    const entries = own(record, "custom_fields");
    if (!Array.isArray(entries)) return own(entries as Raw, name);
    const label = declared[name] ?? key.toLowerCase();
    const entry = (entries as Json[]).find(
      (candidate) =>
        own(candidate, "api_name") === name || JSON.stringify(own(candidate, "label"))?.toLowerCase() === JSON.stringify(label),
    );
    return own(entry, "value");
  }
  return path.split(".").reduce<Raw>((value, key) => own(value, key), record);
}

function digAll(record: JsonObject, path: string): readonly Raw[] {
  const [list = "", rest] = path.split(/\.\*\.?/);
  const raw = dig(record, list);
  // Pieces of text have no fields.
  const isText = typeof raw === "string" && !/^\s*\[.*\]\s*$/.test(raw);
  const elements = raw === "" || (rest && isText) ? null : asList(raw);
  if (!elements) return [];
  return rest ? elements.map((element: Raw) => own(element, rest)) : elements;
}

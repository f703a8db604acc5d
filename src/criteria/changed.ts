import type { Field, FieldType } from "../model/field.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Module } from "../model/module.ts";
import type { Change } from "./comparators.ts";
import type { Leaf } from "./conditions.ts";
import { createDecoder, emptyOrMalformed, type Decoder } from "./decode.ts";
import { EMPTY, MALFORMED, same } from "./decoded.ts";
import type { CriteriaContext, Facts } from "./facts.ts";
import { findField } from "./fields.ts";
import { isList, readList } from "./list.ts";
import { createReadAll } from "./read.ts";

/** Whether a field's value differs by type between two records (contract, section 6, `changed`); no previous record is an empty one. */
export type ChangeTest = (path: string, record: JsonObject, previous: JsonObject | null) => boolean;

type Value = Json | undefined;
type Expected = { readonly type: FieldType | undefined; readonly fields: readonly Field[] };
type Pair = { readonly a: Value; readonly b: Value } & Expected;

const NO_RECORD: JsonObject = {};
/** Paths kept ready; the keys of records, which the test is also asked about, are not ours to bound. */
const KEPT_PATHS = 1000;

export function createChangeTest(module: Module, zone: string): ChangeTest {
  const tests = new Map<string, (record: JsonObject, previous: JsonObject) => boolean>();
  const create = (path: string): ((record: JsonObject, previous: JsonObject) => boolean) => {
    const { field, customField } = findField(module, path);
    const readAll = createReadAll(path, customField);
    const differ = createDiffer({ type: field?.type, fields: field?.fields ?? [] }, zone);
    return (record, previous) => differ(readAll(record), readAll(previous));
  };
  return (path, record, previous) => {
    let test = tests.get(path);
    if (!test) {
      test = create(path);
      if (tests.size < KEPT_PATHS) tests.set(path, test);
    }
    return test(record, previous ?? NO_RECORD);
  };
}

/** Reads what a change comparator's leaf looks at. */
export function createChangeRead(
  { fact, params }: Pick<Leaf, "fact" | "params">,
  { module, zone }: CriteriaContext,
): (facts: Facts) => Change {
  const readAll = createReadAll(fact, params.customField ?? null);
  const fields = findField(module, fact).field?.fields ?? [];
  const differ = createDiffer({ type: params.type, fields }, zone);
  const decode = createDecoder(params.type, { caseSensitive: params.caseSensitive ?? false, zone });
  return (facts) => {
    const { record, previous } = facts.changes ?? facts;
    const to = readAll(record);
    const from = readAll(previous ?? NO_RECORD);
    return { changed: differ(from, to), from: from.map(decode), to: to.map(decode) };
  };
}

function createDiffer(expected: Expected, zone: string): (a: readonly Value[], b: readonly Value[]) => boolean {
  const decoders = new Map<FieldType | undefined, Decoder>();
  const decoderOf = (type: FieldType | undefined): Decoder => {
    let decoder = decoders.get(type);
    if (!decoder) decoders.set(type, (decoder = createDecoder(type, { caseSensitive: true, zone })));
    return decoder;
  };
  return (a, b) => a.length !== b.length || a.some((value, index) => !isSame({ a: value, b: b[index], ...expected }, decoderOf));
}

/** Equality by type all the way down; a list of work instead of recursion, because records may be nested as deeply as a sender likes. */
function isSame(pair: Pair, decoderOf: (type: FieldType | undefined) => Decoder): boolean {
  const pending = [pair];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.a === next.b) continue;
    const parts = partsOf(next);
    if (parts) {
      pending.push(...parts);
      continue;
    }
    const decode = decoderOf(next.type);
    const a = decode(next.a);
    const b = decode(next.b);
    if (same(a, b)) continue;
    // What its type cannot read is compared as what it is.
    if (a !== MALFORMED || b !== MALFORMED || next.type === undefined) return false;
    pending.push({ ...next, type: undefined });
  }
  return true;
}

/** The pairs of elements or fields to compare instead of two lists or two objects; null where they are not both such. */
function partsOf({ a, b, type, fields }: Pair): readonly Pair[] | null {
  const isListType = type === "list" || type === "multiselect";
  const listA = isListType ? readList(a) : isList(a) ? a : null;
  const listB = isListType ? readList(b) : isList(b) ? b : null;
  if (listA && listB) {
    if (listA.length !== listB.length) return null;
    return listA.map((element, index) => ({ a: element, b: listB[index], type: isListType ? "text" : undefined, fields }));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return null;
  if (emptyOrMalformed(a) === EMPTY || emptyOrMalformed(b) === EMPTY) return null;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => {
    const field = fields.find(({ name }) => name === key);
    return { a: ownValue(a, key), b: ownValue(b, key), type: field?.type, fields: field?.fields ?? [] };
  });
}

function ownValue(object: JsonObject, key: string): Value {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

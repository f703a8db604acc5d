import type { Comparator } from "../model/criterion.ts";
import type { FieldType } from "../model/field.ts";
import { EMPTY, MALFORMED, order, same, type Decoded } from "./decoded.ts";
import type { Regex } from "./regex.ts";

/** Field types that take the same comparators (contract, section 6). */
export type Family = "text" | "number" | "time" | "boolean" | "lookup" | "list" | "object";

export const FAMILY: Readonly<Record<FieldType, Family>> = {
  text: "text",
  textarea: "text",
  email: "text",
  phone: "text",
  url: "text",
  picklist: "text",
  integer: "number",
  decimal: "number",
  currency: "number",
  percent: "number",
  date: "time",
  datetime: "time",
  boolean: "boolean",
  lookup: "lookup",
  multiselect: "list",
  list: "list",
  attachment: "object",
  object: "object",
};

/** What a change comparator looks at; more than one value where the path has a `*`. */
export type Change = { readonly changed: boolean; readonly from: readonly Decoded[]; readonly to: readonly Decoded[] };

/** One comparator: the families that take it, what value it takes, and its test over decoded values. */
export type Row = { readonly fits: readonly Family[] } & (
  | { readonly takes: "none" | "one"; readonly test: Test<Decoded, Decoded> }
  | { readonly takes: "regex"; readonly test: Test<Decoded, Regex> }
  | { readonly takes: "list" | "pair"; readonly test: Test<Decoded, readonly Decoded[]> }
  | { readonly takes: "none" | "one"; readonly change: Test<Change, Decoded> }
);

/** Whether what is there fits what is expected; a comparator that takes no value looks at the first alone. */
export type Test<A, E> = (actual: A, expected: E) => boolean;

const TEXT: readonly Family[] = ["text"];
const ORDERED: readonly Family[] = ["number", "time"];
const CHOICE: readonly Family[] = ["text", "number", "time", "lookup"];
const SCALAR: readonly Family[] = [...CHOICE, "boolean"];
const LIST: readonly Family[] = ["list"];
const EVERY: readonly Family[] = [...SCALAR, "list", "object"];

/** One row a comparator, for the compiler and json-rules-engine alike: a comparator without a row does not compile. */
export const ROWS: Readonly<Record<Comparator, Row>> = {
  equal: { fits: SCALAR, takes: "one", test: same },
  notEqual: { fits: SCALAR, takes: "one", test: (actual, expected) => !same(actual, expected) },
  contains: { fits: TEXT, takes: "one", test: contains },
  notContains: { fits: TEXT, takes: "one", test: (actual, expected) => !contains(actual, expected) },
  startsWith: { fits: TEXT, takes: "one", test: startsWith },
  endsWith: { fits: TEXT, takes: "one", test: endsWith },
  in: { fits: CHOICE, takes: "list", test: isIn },
  notIn: { fits: CHOICE, takes: "list", test: (actual, expected) => !isIn(actual, expected) },
  greaterThan: { fits: ORDERED, takes: "one", test: (actual, expected) => order(actual, expected) > 0 },
  greaterEqual: { fits: ORDERED, takes: "one", test: (actual, expected) => order(actual, expected) >= 0 },
  lessThan: { fits: ORDERED, takes: "one", test: (actual, expected) => order(actual, expected) < 0 },
  lessEqual: { fits: ORDERED, takes: "one", test: (actual, expected) => order(actual, expected) <= 0 },
  between: { fits: ORDERED, takes: "pair", test: isBetween },
  notBetween: { fits: ORDERED, takes: "pair", test: isOutside },
  isEmpty: { fits: EVERY, takes: "none", test: (actual) => actual === EMPTY },
  isNotEmpty: { fits: EVERY, takes: "none", test: (actual) => actual !== EMPTY },
  isTrue: { fits: ["boolean"], takes: "none", test: (actual) => actual === true },
  isFalse: { fits: ["boolean"], takes: "none", test: (actual) => actual === false },
  includesAny: { fits: LIST, takes: "list", test: (actual, expected) => expected.some((value) => includes(actual, value)) },
  includesAll: { fits: LIST, takes: "list", test: (actual, expected) => expected.every((value) => includes(actual, value)) },
  excludesAny: { fits: LIST, takes: "list", test: (actual, expected) => expected.some((value) => !includes(actual, value)) },
  excludesAll: { fits: LIST, takes: "list", test: (actual, expected) => expected.every((value) => !includes(actual, value)) },
  matches: { fits: TEXT, takes: "regex", test: (actual, expected) => typeof actual === "string" && expected(actual) },
  changed: { fits: EVERY, takes: "none", change: ({ changed }) => changed },
  changedFrom: {
    fits: SCALAR,
    takes: "one",
    change: ({ changed, from }, expected) => changed && from.some((value) => same(value, expected)),
  },
  changedTo: { fits: SCALAR, takes: "one", change: ({ changed, to }, expected) => changed && to.some((value) => same(value, expected)) },
};

/** The type that a comparator's value is read as: a list is compared with its elements, which are text. */
export function valueType(row: Row, type: FieldType | undefined): FieldType | undefined {
  return row.fits === LIST ? "text" : type;
}

/** Comparators that a field type takes, in the order of the table. */
export function comparatorsFor(type: FieldType): readonly string[] {
  return Object.entries(ROWS).flatMap(([name, row]) => (row.fits.includes(FAMILY[type]) ? [name] : []));
}

function contains(actual: Decoded, expected: Decoded): boolean {
  return typeof actual === "string" && typeof expected === "string" && actual.includes(expected);
}

function startsWith(actual: Decoded, expected: Decoded): boolean {
  return typeof actual === "string" && typeof expected === "string" && actual.startsWith(expected);
}

function endsWith(actual: Decoded, expected: Decoded): boolean {
  return typeof actual === "string" && typeof expected === "string" && actual.endsWith(expected);
}

function isIn(actual: Decoded, expected: readonly Decoded[]): boolean {
  if (typeof actual === "string" || typeof actual === "number") return expected.includes(actual);
  return expected.some((value) => same(actual, value));
}

function isBetween(actual: Decoded, [low = MALFORMED, high = MALFORMED]: readonly Decoded[]): boolean {
  return order(actual, low) >= 0 && order(actual, high) <= 0;
}

/** Not the negation of `between`: neither is true of a value that has no order. */
function isOutside(actual: Decoded, [low = MALFORMED, high = MALFORMED]: readonly Decoded[]): boolean {
  const fromLow = order(actual, low);
  const fromHigh = order(actual, high);
  return (fromLow < 0 || fromHigh > 0) && !Number.isNaN(fromLow) && !Number.isNaN(fromHigh);
}

function includes(actual: Decoded, element: Decoded): boolean {
  return Array.isArray(actual) && actual.includes(element);
}

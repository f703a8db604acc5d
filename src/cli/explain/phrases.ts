import { isAnyPath } from "../../criteria/fields.ts";
import type { CriterionVerdict } from "../../criteria/explain.ts";
import type { Comparator } from "../../model/criterion.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import { actualInWords, expectedInWords, listInWords, type Surroundings } from "./values.ts";

type Phrase = string | ((values: readonly string[]) => string);

const one =
  (words: string): Phrase =>
  ([value = "empty"]) =>
    `${words} ${value}`;
const list =
  (words: string): Phrase =>
  (values) =>
    `${words} ${listInWords(values)}`;
const pair =
  (words: string): Phrase =>
  ([low = "empty", high = "empty"]) =>
    `${words} ${low} to ${high}`;

/** Each comparator as the end of a sentence that begins with "it". */
const PHRASES: Readonly<Record<Comparator, Phrase>> = {
  equal: one("is"),
  notEqual: one("is not"),
  contains: one("contains"),
  notContains: one("does not contain"),
  startsWith: one("begins with"),
  endsWith: one("ends with"),
  in: list("is one of"),
  notIn: list("is none of"),
  greaterThan: one("is more than"),
  greaterEqual: one("is at least"),
  lessThan: one("is less than"),
  lessEqual: one("is at most"),
  between: pair("is from"),
  notBetween: pair("is not from"),
  isEmpty: "is empty",
  isNotEmpty: "is not empty",
  isTrue: "is true",
  isFalse: "is false",
  includesAny: list("includes any of"),
  includesAll: list("includes all of"),
  excludesAny: list("lacks at least one of"),
  excludesAll: list("includes none of"),
  matches: one("matches the regular expression"),
  changed: "changed",
  changedFrom: one("changed from"),
  changedTo: one("changed to"),
};

/** Days are not more or less than one another. */
const OF_DAYS: Partial<Record<Comparator, Phrase>> = {
  greaterThan: one("is after"),
  greaterEqual: one("is on or after"),
  lessThan: one("is before"),
  lessEqual: one("is on or before"),
};

/** What a criterion asks of its field: "is at least 500", "any of them is at least 500" of a path with `*`. */
export function askedInWords(verdict: CriterionVerdict, surroundings: Surroundings, caseSensitive = false): string {
  const { comparator, field, expected, actual } = verdict;
  const days = isDay(expected) || isDay(actual);
  const phrase = (days && OF_DAYS[comparator]) || PHRASES[comparator];
  const words = typeof phrase === "string" ? phrase : phrase(expectedInWords(verdict, surroundings));
  const letters = caseSensitive ? " (upper and lower case count)" : "";
  return `${isAnyPath(field) ? "any of them " : ""}${words}${letters}`;
}

/** What stands in the record: "total is 480", "tags is "a", "b"", "status changed". */
export function standsInWords(verdict: CriterionVerdict): string {
  const { field, comparator, matched } = verdict;
  const value = actualInWords(verdict);
  if (comparator === "changed") return `${field} is ${value}, which is ${matched ? "a change" : "no change"}`;
  return isAnyPath(field) ? `${field} are ${value}` : `${field} is ${value}`;
}

function isDay(value: Json): boolean {
  if (Array.isArray(value)) return value.some(isDay);
  if (isJsonObject(value)) return !Object.hasOwn(value, "field") && Object.keys(value).length === 1;
  return typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value);
}

import { compareDecimals, type WideDecimal } from "./decimal.ts";

/** Missing, null, "", [], {} and, in a list field, "[]". */
export const EMPTY: unique symbol = Symbol("empty");
/** Something that its type cannot read: not empty, equal to nothing, neither less nor greater. */
export const MALFORMED: unique symbol = Symbol("malformed");

/** A date, or an instant with the day it is in the organization's zone. */
export type Moment = {
  readonly kind: "moment";
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Null for a plain date. */
  readonly ms: number | null;
};

/** A value as its type reads it: folded text, exact decimal, boolean, moment, or a list's elements as folded text. */
export type Decoded = string | number | boolean | WideDecimal | Moment | readonly string[] | typeof EMPTY | typeof MALFORMED;

/** Equality by type. Two empty values are equal, a malformed one equals nothing. */
export function same(a: Decoded, b: Decoded): boolean {
  if (a === b) return a !== MALFORMED;
  // Decimals of one value have one form, so a number never equals a wide one.
  return typeof a === "object" && typeof b === "object" && order(a, b) === 0;
}

/** Below 0, 0 or above 0 as `a` is less than, equal to or greater than `b`; NaN where there is no order between them. */
export function order(a: Decoded, b: Decoded): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (isDecimal(a) && isDecimal(b)) return compareDecimals(a, b);
  if (isMoment(a) && isMoment(b)) return a.ms === null || b.ms === null ? a.day - b.day : a.ms - b.ms;
  return NaN;
}

function isDecimal(value: Decoded): value is number | WideDecimal {
  return typeof value === "number" || (typeof value === "object" && "kind" in value && value.kind === "decimal");
}

function isMoment(value: Decoded): value is Moment {
  return typeof value === "object" && "kind" in value && value.kind === "moment";
}

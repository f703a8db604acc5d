import fc from "fast-check";
import type { Comparator, Criterion, Operand } from "../../src/model/criterion.ts";
import { FIELD_TYPES, type FieldType } from "../../src/model/field.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { COMPARATORS } from "../../src/model/criterion.ts";
import { operandsFor, RAW_VALUES } from "./dirty.ts";
import { fitting } from "./orders.ts";

/** A pattern before it is text, so that a test can evaluate it without parsing. */
export type Shape =
  | { readonly criterion: number }
  | { readonly not: Shape }
  | { readonly all: readonly Shape[] }
  | { readonly any: readonly Shape[] };
export type RandomRule = { readonly criteria: readonly Criterion[]; readonly shape: Shape; readonly pattern: string };

const PATHS: readonly { readonly field: string; readonly type: FieldType | undefined }[] = [
  ...FIELD_TYPES.map((type) => ({ field: `${type}_a`, type })),
  { field: "unknown_to_all", type: undefined },
  { field: "billing_address.country", type: "text" },
  { field: "line_items.*.item_total", type: "currency" },
  { field: "custom_fields.Quote Number", type: "text" },
  { field: "cf_budget", type: "currency" },
  { field: "list_a.*", type: undefined },
];

const raw = fc.constantFrom(...RAW_VALUES);

const criterion: fc.Arbitrary<Criterion> = fc
  .constantFrom(...PATHS)
  .chain(({ field, type }) =>
    fc
      .constantFrom(...(type ? fitting(type) : COMPARATORS))
      .chain((comparator) =>
        fc.record({ value: valueFor(comparator, type), caseSensitive: fc.boolean() }).map((rest) => toCriterion(field, comparator, rest)),
      ),
  );

function toCriterion(
  field: string,
  comparator: Comparator,
  rest: { readonly value: Criterion["value"]; readonly caseSensitive: boolean },
): Criterion {
  const { value, caseSensitive } = rest;
  return { field, comparator, ...(value !== undefined && { value }), ...(caseSensitive && { caseSensitive }) };
}

function valueFor(comparator: Comparator, type: FieldType | undefined): fc.Arbitrary<Criterion["value"]> {
  const operands = operandsFor(type);
  const operand: fc.Arbitrary<Operand> = operands.length === 0 ? fc.constant(null) : fc.constantFrom(...operands);
  if (/^(is|changed$)/.test(comparator)) return fc.constant(undefined);
  if (comparator === "matches") return fc.constantFrom("a", "^P", "(?i)paid$", "\\d{2,}");
  if (comparator.endsWith("etween")) return fc.tuple(operand, operand).map((pair) => [...pair]);
  if (/^(in|notIn|includes.*|excludes.*)$/.test(comparator)) return fc.array(operand, { minLength: 1, maxLength: 4 });
  return operand;
}

/** Every number of `criteria` stands in the shape at least once. */
function shapeOf(criteria: number): fc.Arbitrary<Shape> {
  const numbers = Array.from({ length: criteria }, (_, index): Shape => ({ criterion: index + 1 }));
  return fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 4 })), { minLength: 3, maxLength: 8 }).map((steps) => {
    const parts = [...numbers];
    for (const [at, again, kind] of steps) {
      const index = at % parts.length;
      const part = parts[index];
      const neighbour = parts[(index + 1) % parts.length];
      const extra = numbers[again % numbers.length];
      if (!part || !neighbour || !extra) continue;
      if (kind === 0) parts[index] = { not: part };
      else if (kind === 1) parts[index] = { any: [part, extra] };
      else if (parts.length > 1) {
        parts.splice((index + 1) % parts.length, 1);
        parts[parts.indexOf(part)] = kind % 2 === 0 ? { all: [part, neighbour] } : { any: [neighbour, part] };
      }
    }
    return parts.length === 1 && parts[0] ? parts[0] : { all: parts };
  });
}

/** The text of a shape; parentheses only where precedence needs them, so that precedence is tested. */
function textOf(shape: Shape, inside: "any" | "all" | "not" = "any"): string {
  if ("criterion" in shape) return String(shape.criterion);
  if ("not" in shape) return `NOT ${textOf(shape.not, "not")}`;
  if ("all" in shape) {
    const text = shape.all.map((part) => textOf(part, "all")).join(" and ");
    return inside === "not" ? `(${text})` : text;
  }
  const text = shape.any.map((part) => textOf(part, "any")).join(" OR ");
  return inside === "any" ? text : `(${text})`;
}

export const randomRule: fc.Arbitrary<RandomRule> = fc
  .array(criterion, { minLength: 1, maxLength: 6 })
  .chain((criteria) => shapeOf(criteria.length).map((shape) => ({ criteria, shape, pattern: textOf(shape) })));

const entries = fc.array(
  fc.tuple(
    fc.constantFrom(...FIELD_TYPES).chain((type) => fc.constantFrom(`${type}_a`, `${type}_b`)),
    raw,
  ),
  { maxLength: 30 },
);
const items = fc.oneof(
  raw,
  fc.array(
    raw.map((value): Json => (value === undefined ? {} : { item_total: value })),
    { maxLength: 3 },
  ),
);
const customFields = fc.oneof(
  raw,
  fc.array(fc.record({ label: fc.constantFrom("QUOTE NUMBER", "Budget", "Other"), value: raw.map((value) => value ?? null) }), {
    maxLength: 3,
  }),
);

/** Clean and dirty values in some of the fields. */
export const randomRecord: fc.Arbitrary<JsonObject> = fc
  .record({ entries, items, customFields, country: raw, unknown: raw, budget: raw })
  .map((given) => {
    const all: readonly (readonly [string, Json | undefined])[] = [
      ...given.entries,
      ["line_items", given.items],
      ["custom_fields", given.customFields],
      ["billing_address", given.country === undefined ? undefined : { country: given.country }],
      ["unknown_to_all", given.unknown],
      ["cf_budget", given.budget],
    ];
    return Object.fromEntries(all.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
  });

import { z } from "zod";
import { FieldType } from "./field.ts";

/** Every comparator; which type takes which is in `criteria/` (contract, section 6). */
export const COMPARATORS = [
  "equal",
  "notEqual",
  "contains",
  "notContains",
  "startsWith",
  "endsWith",
  "in",
  "notIn",
  "greaterThan",
  "greaterEqual",
  "lessThan",
  "lessEqual",
  "between",
  "notBetween",
  "isEmpty",
  "isNotEmpty",
  "isTrue",
  "isFalse",
  "includesAny",
  "includesAll",
  "excludesAny",
  "excludesAll",
  "matches",
  "changed",
  "changedFrom",
  "changedTo",
] as const;
export const Comparator = z.enum(COMPARATORS);
export type Comparator = z.infer<typeof Comparator>;

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Another field of the same record, by path. */
export const FieldReference = z.strictObject({ field: z.string().min(1).describe("Another field of the same record, by its path.") });
/** So many days, weeks, months or years from the event's day; negative is before it. */
export const RelativeDate = z.union([
  z.strictObject({ days: z.int().describe("So many days from the event's day; negative is before it.") }),
  z.strictObject({ weeks: z.int().describe("So many weeks from the event's day; negative is before it.") }),
  z.strictObject({ months: z.int().describe("So many months from the event's day; negative is before it.") }),
  z.strictObject({ years: z.int().describe("So many years from the event's day; negative is before it.") }),
]);
export type RelativeDate = z.infer<typeof RelativeDate>;

const Operand = z.union([Scalar, FieldReference, RelativeDate]);
export type Operand = z.infer<typeof Operand>;

/** One test of one field. `value` is absent for comparators that take none, a pair for `between`, a list for `in` and its kin. */
export const Criterion = z.strictObject({
  field: z
    .string()
    .min(1)
    .max(200)
    .describe(
      "The field to test, by its path: status, billing_address.country, custom_fields.Quote Number, line_items.*.item_total (any element).",
    ),
  type: FieldType.optional().describe("The type of a field that the module does not declare; without it, what its JSON value is."),
  comparator: Comparator.describe("How the field is tested; its type decides which fit."),
  value: z
    .union([Operand, z.array(Operand).max(500)])
    .optional()
    .describe(
      "What to compare with: a literal, another field, a date relative to the event's day, or a list of these; left out where the comparator takes none.",
    ),
  caseSensitive: z.boolean().optional().describe("Whether text compares with its letter case; it does not unless this is true."),
});
export type Criterion = z.infer<typeof Criterion>;

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
export const FieldReference = z.strictObject({ field: z.string().min(1) });
/** So many days, weeks, months or years from the event's day; negative is before it. */
export const RelativeDate = z.union([
  z.strictObject({ days: z.int() }),
  z.strictObject({ weeks: z.int() }),
  z.strictObject({ months: z.int() }),
  z.strictObject({ years: z.int() }),
]);
export type RelativeDate = z.infer<typeof RelativeDate>;

const Operand = z.union([Scalar, FieldReference, RelativeDate]);
export type Operand = z.infer<typeof Operand>;

/** One test of one field. `value` is absent for comparators that take none, a pair for `between`, a list for `in` and its kin. */
export const Criterion = z.strictObject({
  field: z.string().min(1).max(200),
  /** The type of a field that the catalogue does not know. */
  type: FieldType.optional(),
  comparator: Comparator,
  value: z.union([Operand, z.array(Operand).max(500)]).optional(),
  /** Text compares case-insensitively unless this is true. */
  caseSensitive: z.boolean().optional(),
});
export type Criterion = z.infer<typeof Criterion>;

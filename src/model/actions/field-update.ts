import { z } from "zod";
import { ModuleName, Name } from "./common.ts";

/** A literal, another field of the record, or so many days from a date field. */
export const FieldUpdateValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.union([z.string(), z.number(), z.boolean()])),
  z.strictObject({ field: z.string().min(1).describe("Another field of the same record, whose value is taken.") }),
  z.strictObject({
    days: z.int().describe("So many days from the date; negative is before it."),
    of: z.string().min(1).describe("The date or datetime field of the record that the days count from."),
  }),
]);
export type FieldUpdateValue = z.infer<typeof FieldUpdateValue>;

export const FieldUpdate = z
  .strictObject({
    name: Name,
    module: ModuleName,
    field: z.string().min(1).describe("The field to change, by its path; the record's id cannot be changed."),
    value: FieldUpdateValue.optional().describe("What it is set to: a literal, another field's value, or so many days from a date."),
    updateWithEmptyValue: z.literal(true).optional().describe("Instead of value: empties the field."),
  })
  .refine((update) => (update.value === undefined) !== (update.updateWithEmptyValue === undefined), {
    path: ["value"],
    message: "expected either value or updateWithEmptyValue: true",
  })
  .describe("A change of one field of the record that the rule fired for. It is an edit itself, which other rules see.");
export type FieldUpdate = z.infer<typeof FieldUpdate>;

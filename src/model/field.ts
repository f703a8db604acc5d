import { z } from "zod";

/** The types a field may have (contract, section 1). */
export const FIELD_TYPES = [
  "text",
  "textarea",
  "email",
  "phone",
  "url",
  "integer",
  "decimal",
  "currency",
  "percent",
  "boolean",
  "date",
  "datetime",
  "picklist",
  "multiselect",
  "lookup",
  "attachment",
  "object",
  "list",
] as const;
export const FieldType = z.enum(FIELD_TYPES);
export type FieldType = z.infer<typeof FieldType>;

/** One typed field of a module; a list's or object's own fields stand under `fields`. */
export const Field = z.strictObject({
  name: z.string().min(1).max(100).describe("The field's key in a record; a custom field's begins with cf_."),
  type: FieldType.describe("How values are read, which decides the comparators that fit."),
  label: z.string().min(1).max(100).optional().describe("What people call it; a custom field is found by its label too."),
  options: z.array(z.string()).optional().describe("The choices of a picklist or multiselect."),
  module: z.string().min(1).optional().describe("Of a lookup: the module whose record it points to."),
  get fields() {
    return z.array(Field).optional().describe("The fields of an object, or of each element of a list.");
  },
});
export type Field = z.infer<typeof Field>;

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
  name: z.string().min(1).max(100),
  type: FieldType,
  label: z.string().min(1).max(100).optional(),
  options: z.array(z.string()).optional(),
  module: z.string().min(1).optional(),
  get fields() {
    return z.array(Field).optional();
  },
});
export type Field = z.infer<typeof Field>;

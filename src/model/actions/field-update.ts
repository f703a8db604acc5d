import { z } from "zod";
import { ModuleName, Name } from "./common.ts";

/** A literal, another field of the record, or so many days from a date field. */
export const FieldUpdateValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.union([z.string(), z.number(), z.boolean()])),
  z.strictObject({ field: z.string().min(1) }),
  z.strictObject({ days: z.int(), of: z.string().min(1) }),
]);
export type FieldUpdateValue = z.infer<typeof FieldUpdateValue>;

export const FieldUpdate = z
  .strictObject({
    name: Name,
    module: ModuleName,
    field: z.string().min(1),
    value: FieldUpdateValue.optional(),
    updateWithEmptyValue: z.literal(true).optional(),
  })
  .refine((update) => (update.value === undefined) !== (update.updateWithEmptyValue === undefined), {
    path: ["value"],
    message: "expected either value or updateWithEmptyValue: true",
  });
export type FieldUpdate = z.infer<typeof FieldUpdate>;

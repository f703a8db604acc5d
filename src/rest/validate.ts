import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";
import { parseWith, validationError } from "../model/issues.ts";

type Validator = (data: unknown) => { readonly value: unknown } | { readonly error: Error };

/** Checks what a route's schemas ask for with zod, coercing nothing; the error is ours already. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> = ({ schema }) => validatorOf(schema);

/** The same for a schema alone. */
export function validatorOf(schema: z.ZodType): Validator {
  return (data: unknown) => {
    const parsed = parseWith(schema, data);
    return parsed.issues === null ? { value: parsed.data } : { error: validationError(parsed.issues) };
  };
}

import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { parseWith, validationError } from "../model/issues.ts";

/** Checks what a route's schemas ask for with zod, coercing nothing; the error is ours already. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const parsed = parseWith(schema, data);
    return parsed.issues === null ? { value: parsed.data } : { error: validationError(parsed.issues) };
  };

/** For routes whose body is documented here and checked by the engine, so that its errors are those of every way in. */
export const uncheckedBody: FastifySchemaCompiler<unknown> = ({ schema, ...route }) =>
  route.httpPart !== "body" && schema instanceof z.ZodType ? zodValidator({ schema, ...route }) : () => true;

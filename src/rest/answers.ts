import { z } from "zod";
import { ERRORS, type ErrorCode } from "../model/errors.ts";
import { COMPONENTS } from "./components.ts";

/*
 * What the routes answer (contract, section 3), for the OpenAPI document and for the tests, which hold every answer against it.
 * Nothing is checked against these schemas while the server runs: the engine's views are typed.
 */

export const Instant = z.iso.datetime().meta({ description: "ISO 8601 in UTC with milliseconds." });
export const RuleReference = z.strictObject({ id: z.string(), name: z.string(), version: z.int().min(1) });

export const HealthAnswer = z
  .strictObject({ status: z.literal("ok"), version: z.string() })
  .register(COMPONENTS, { id: "Health", description: "The process runs." });
export const ReadyAnswer = z
  .strictObject({ status: z.literal("ready") })
  .register(COMPONENTS, { id: "Ready", description: "The store answers." });

export const ErrorAnswer = z
  .strictObject({
    // Its keys, as the enum's members: the table is written as one object.
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string(), hint: z.string().optional() })).optional(),
    requestId: z.string().meta({ description: "The same as the `X-Request-Id` header; the log has it." }),
  })
  .register(COMPONENTS, { id: "Error", description: "What is wrong, where, and what to do." });

export function page<T extends z.ZodType>(row: T) {
  return z.strictObject({
    data: z.array(row),
    nextCursor: z.string().nullable().meta({ description: "Null on the last page." }),
  });
}

type Answer = { readonly description: string; readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>> };

/**
 * The answers of a route: what it gives, and the codes that it may refuse with, one entry a status.
 * Unexpected errors (500) are in it without being named.
 */
export function answers(
  given: Readonly<Record<number, z.ZodType>>,
  ...codes: readonly ErrorCode[]
): Readonly<Record<string, Answer | z.ZodType>> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, "internal_error"] as const) byStatus.set(ERRORS[code], [...(byStatus.get(ERRORS[code]) ?? []), code]);
  const refused = [...byStatus].map(([status, named]) => [String(status), json(ErrorAnswer, named.join(", "))] as const);
  const fine = Object.entries(given).map(
    ([status, schema]) => [status, status === "204" ? schema : json(schema, schema.description ?? "Done.")] as const,
  );
  return Object.fromEntries([...fine, ...refused]);
}

function json(schema: z.ZodType, description: string): Answer {
  return { description, content: { "application/json": { schema } } };
}

/** Codes of every route that needs a key, checks its parameters and asks the store. */
export const KEYED = ["validation_failed", "unauthenticated", "overloaded"] as const satisfies readonly ErrorCode[];
/** Codes of every route that takes a JSON body. */
export const WITH_BODY = ["malformed_json", "payload_too_large", "unsupported_media_type"] as const satisfies readonly ErrorCode[];
/** Codes of every route that saves a definition. */
export const SAVING = ["conflict", "limit_exceeded"] as const satisfies readonly ErrorCode[];

import { z } from "zod";
import { expectation } from "../../model/expectation.ts";

/**
 * What a schema takes, in the words of its messages: "text of 1 to 100 characters", "one of skip, defer". They are taken from the message
 * itself, so that the reference and a mistake never say different things.
 */
export function wordsOf(schema: z.core.$ZodType): string {
  // No pattern fits a null character, so text says its pattern; no schema takes a symbol, so the others say their type.
  const own = (typeOf(schema) === "string" ? refusal(schema, "\0") : null) ?? refusal(schema, Symbol("none")) ?? "any value";
  const element = elementOf(schema);
  const each = element === null ? MAPPING : wordsOf(element);
  // A mapping's keys say more than words.
  return each === MAPPING ? own : `${own}, each ${each}`;
}

const MAPPING = "a mapping";

/** The schema of a list's elements, or null where it is no list. */
export function elementOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  const { def } = known(schema)._zod;
  return def.type === "array" ? def.element : null;
}

/** The shapes that a value may have: one of a mapping, more of a union. What is no mapping has a shape without keys. */
export function shapesOf(schema: z.core.$ZodType): readonly z.core.$ZodShape[] {
  const { def } = known(schema)._zod;
  if (def.type === "object") return [def.shape];
  return def.type === "union" ? def.options.flatMap(shapesOf) : [{}];
}

/** A schema without what makes it optional, and its default as it is written; `required` where there must be a value. */
export function unwrap(schema: z.core.$ZodType): {
  readonly inner: z.core.$ZodType;
  readonly required: boolean;
  readonly preset: unknown;
} {
  const { def } = known(schema)._zod;
  if (def.type === "optional") return { ...unwrap(def.innerType), required: false };
  // The keys of a prefault have defaults of their own.
  if (def.type === "prefault") return { inner: def.innerType, required: false, preset: undefined };
  return def.type === "default"
    ? { inner: def.innerType, required: false, preset: def.defaultValue }
    : { inner: schema, required: true, preset: undefined };
}

function typeOf(schema: z.core.$ZodType): string {
  return known(schema)._zod.def.type;
}

function refusal(schema: z.core.$ZodType, value: unknown): string | null {
  const [issue] = z.safeParse(schema, value, { error: expectation }).error?.issues ?? [];
  return issue?.message.replace(/^expected /, "") ?? null;
}

/** zod tells its own schemas apart by `def.type` only under this type. */
function known(schema: z.core.$ZodType): z.core.$ZodTypes {
  return schema as z.core.$ZodTypes; // there are no others here
}

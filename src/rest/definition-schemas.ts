import { z } from "zod";
import type { NamedKind } from "../engine/definitions/view.ts";
import { FromEnvironment } from "../model/actions/common.ts";
import { KINDS } from "../model/definition.ts";
import { Instant } from "./answers.ts";
import { component } from "./components.ts";
import { EXAMPLE_ID, EXAMPLES } from "./definition-examples.ts";

/*
 * Bodies and answers of the definition routes for the OpenAPI document, made from the kinds' own schemas.
 */

/** Schemas of one kind; bodies are documented only, the engine checks them. */
export type DefinitionSchemas = {
  readonly body: z.ZodType;
  /** Of PATCH: every key may be left out, or null. */
  readonly changes: z.ZodType;
  readonly answer: z.ZodType;
  readonly version: z.ZodType;
};

type Shape = Readonly<Record<string, z.ZodType>>;

const KEPT = z.strictObject({ set: z.literal(true) }).meta({ description: "A literal secret is saved. Sent back, it stays." });
const SAVED_AT = "2026-11-20T09:00:00.000Z";
const GIVEN = { id: EXAMPLE_ID, version: 1, active: true, managedBy: "api", createdAt: SAVED_AT, updatedAt: SAVED_AT };
const known = {
  id: z.string(),
  version: z.int().min(1).meta({ description: "Also the `ETag`." }),
  active: z.boolean(),
  managedBy: z.enum(["file", "api"]),
  createdAt: Instant,
  updatedAt: Instant,
};

export function definitionSchemas(kind: NamedKind, one: string): DefinitionSchemas {
  const example = EXAMPLES[kind];
  const whole = (): object => ({
    ...KINDS[kind].parse(example),
    ...GIVEN,
    ...(kind === "WorkflowRule" && { order: 1 }),
  });
  const saved = (): object => ({ ...KINDS[kind].parse(example), version: 1, createdAt: SAVED_AT });
  return {
    body: component(
      `${kind}Body`,
      `A ${one} as it is sent.`,
      () => oneOf(shapesOf(kind)),
      () => example,
    ),
    changes: component(
      `${kind}Changes`,
      `Keys of a ${one} to set; null takes one out, so that it has its default again.`,
      () => oneOf(shapesOf(kind).map(changeable)),
      () => ({ name: example.name }),
    ),
    answer: component(
      kind,
      `A ${one} as it is saved.`,
      () => oneOf(answered(kind).map((shape) => ({ ...shape, ...knownOf(kind) }))),
      whole,
    ),
    version: component(
      `${kind}Version`,
      `A ${one} as it once was saved.`,
      () => oneOf(answered(kind).map((shape) => ({ ...shape, version: known.version, createdAt: Instant }))),
      saved,
    ),
  };
}

function oneOf(shapes: readonly Shape[]): z.ZodType {
  const [first = z.never(), ...more] = shapes.map((shape) => z.strictObject(shape));
  return more.length > 0 ? z.union([first, ...more]) : first;
}

/** A kind's keys; of a connection, those of each type. */
function shapesOf(kind: NamedKind): readonly Shape[] {
  if (kind === "Connection") return KINDS.Connection.options.map(({ shape }) => shape);
  if (kind !== "Webhook") return [KINDS[kind].shape];
  const { shape } = KINDS.Webhook;
  return [{ ...shape, secret: z.union([...shape.secret.unwrap().options, KEPT]).optional() }];
}

function answered(kind: NamedKind): readonly Shape[] {
  return kind === "Webhook" ? [{ ...KINDS.Webhook.shape, secret: z.union([KEPT, FromEnvironment]).optional() }] : shapesOf(kind);
}

function knownOf(kind: NamedKind): Shape {
  if (kind !== "WorkflowRule") return known;
  return { ...known, order: z.int().min(1).meta({ description: "The place in which it runs within its module." }) };
}

function changeable(shape: Shape): Shape {
  return Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, withoutDefault(schema).nullish()]));
}

/** A change that leaves a key out leaves it as it is. */
function withoutDefault(schema: z.ZodType): z.ZodType {
  const given = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  // What they wrap is a schema, which zod types as the core of one.
  return given ? withoutDefault(schema.unwrap() as z.ZodType) : schema;
}

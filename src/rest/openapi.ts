import swagger from "@fastify/swagger";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { App } from "./app.ts";
import { COMPONENTS } from "./components.ts";
import { nameSharedSchemas } from "./shared-schemas.ts";

/** Records are checked by code, which has no JSON Schema of its own; theirs stands in their `meta`. */
const config = { schemaRegistry: COMPONENTS, zodToJsonConfig: { unrepresentable: "any" } } as const;

export type Describe = ReturnType<typeof createJsonSchemaTransform>;

/** Describes routes with their zod schemas for one document; it remembers what it has seen of it. */
export function createDescribe(): Describe {
  return createJsonSchemaTransform(config);
}

/** Collects the routes that are registered after it and describes them as OpenAPI 3.1. */
export function collectRoutes(app: App, version: string): void {
  nameSharedSchemas();
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Rulewright", version, description: "Workflow rules on business records." },
      components: {
        securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key." } },
      },
      security: [{ key: [] }],
    },
    transform: createDescribe(),
    transformObject: createJsonSchemaTransformObject(config),
  });
}

/** In a route's schema: its body may be left out, which @fastify/swagger cannot say. */
export const OPTIONAL_BODY = { "x-optional-body": true } as const;

type Described = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { requestBody?: { required: boolean }; "x-optional-body"?: boolean }>>>>;
  readonly components: { readonly schemas: Record<string, unknown> };
};

/** `GET /openapi.json`, without a key; made at the first request, because few processes are ever asked. */
export function openApiRoute(app: App): void {
  let document: string | null = null;
  app.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    document ??= tidy(JSON.stringify(app.swagger(), withoutPattern));
    return reply.header("content-type", "application/json; charset=utf-8").send(document);
  });
}

/** zod spells every valid date out as a regular expression; the format says as much. */
function withoutPattern(key: string, value: unknown): unknown {
  return key === "pattern" && typeof value === "string" && value.includes("02-29") ? undefined : value;
}

/** Without what the generators add: components that nothing points to, and a suffix where a name needs none. */
function tidy(text: string): string {
  const document: Described = JSON.parse(text);
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    if (operation["x-optional-body"] && operation.requestBody) operation.requestBody.required = false;
    delete operation["x-optional-body"];
  }
  return withShortNames(withoutUnused(document));
}

/** Each schema comes as input and as output, and most are only one of them. */
function withoutUnused(document: Described): Described {
  const text = JSON.stringify(document);
  const { schemas } = document.components;
  const unused = Object.keys(schemas).filter((name) => !text.includes(reference(name)));
  if (unused.length === 0) return document;
  for (const name of unused) delete schemas[name];
  return withoutUnused(document);
}

/** `WebhookBodyInput` is `WebhookBody` where no answer is called that, or one that is the same. */
function withShortNames(document: Described): string {
  const { schemas } = document.components;
  const same = (name: string, other: string): boolean => JSON.stringify(schemas[name]) === JSON.stringify(schemas[other] ?? schemas[name]);
  const short = (name: string): string => (name.endsWith("Input") && same(name, name.slice(0, -5)) ? name.slice(0, -5) : name);
  const renamed = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [short(name), schema]));
  const text = JSON.stringify({ ...document, components: { ...document.components, schemas: renamed } });
  return Object.keys(schemas).reduce((all, name) => all.replaceAll(reference(name), reference(short(name))), text);
}

function reference(name: string): string {
  return `"#/components/schemas/${name}"`;
}

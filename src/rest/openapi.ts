import swagger from "@fastify/swagger";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { App } from "./app.ts";

/** Records are checked by code, which has no JSON Schema of its own; theirs stands in their `meta`. */
const zodToJsonConfig = { unrepresentable: "any" } as const;

/** Collects the routes that are registered after it and describes them as OpenAPI 3.1. */
export function collectRoutes(app: App, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Rulewright", version, description: "Workflow rules on business records." },
      components: {
        securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key." } },
      },
      security: [{ key: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig }),
  });
}

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

/** Without the components that nothing points to: each schema comes as input and as output, and most are only one of them. */
function tidy(text: string): string {
  const document: { components: { schemas: Record<string, unknown> } } = JSON.parse(text);
  const { schemas } = document.components;
  const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
  if (unused.length === 0) return text;
  for (const name of unused) delete schemas[name];
  return tidy(JSON.stringify(document));
}

import { expect, it } from "vitest";
import { z } from "zod";
import { ErrorAnswer } from "../../src/rest/answers.ts";
import { DEFINITION_KINDS } from "../../src/rest/definition-kinds.ts";
import { testServer } from "./support.ts";

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema: { readonly $ref?: string } }> }
  >;
};

type Document = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<
      string,
      {
        readonly enum?: readonly string[];
        readonly properties?: Record<string, { readonly enum?: readonly string[] }>;
        readonly examples?: readonly unknown[];
      }
    >;
    readonly securitySchemes: object;
  };
  readonly security: readonly object[];
};

const OF_EVERY_KIND = ["get", "post", "get /{id}", "put /{id}", "patch /{id}", "delete /{id}", "get /{id}/versions", "post /{id}/rollback"];

const ROUTES = [
  "get /healthz",
  "get /readyz",
  "get /v1/action-runs",
  "get /v1/action-runs/{id}",
  "get /v1/events",
  "get /v1/events/{id}",
  "get /v1/events/{id}/explain",
  "get /v1/executions",
  "get /v1/executions/{id}",
  "get /v1/limits",
  "get /v1/modules",
  "get /v1/modules/{module}/records",
  "get /v1/modules/{module}/records/{id}",
  "get /v1/modules/{name}",
  "get /v1/notifications",
  "get /v1/organization",
  "get /v1/schedules/{id}/upcoming",
  "get /v1/upcoming",
  "get /v1/usage",
  "delete /v1/modules/{module}/records/{id}",
  "patch /v1/modules/{module}/records/{id}",
  "post /v1/action-runs/{id}/cancel",
  "post /v1/action-runs/{id}/retry",
  "post /v1/events",
  "post /v1/modules/{module}/records",
  "post /v1/notifications/{id}/read",
  "post /v1/schedules/{id}/execute",
  "post /v1/workflow-rules/{id}/activate",
  "post /v1/workflow-rules/{id}/clone",
  "post /v1/workflow-rules/{id}/deactivate",
  "post /v1/workflow-rules/{id}/explain",
  "put /v1/limits",
  "put /v1/modules/{module}/records/{id}",
  "put /v1/modules/{name}",
  "put /v1/organization",
  "put /v1/workflow-rules/order",
  ...DEFINITION_KINDS.flatMap(({ path }) =>
    OF_EVERY_KIND.map((route) => {
      const [method = "", rest = ""] = route.split(" ");
      return `${method} /v1/${path}${rest}`;
    }),
  ),
];
/** POST that takes no body. */
const BODILESS = /\/(?:cancel|retry|read|activate)$/;
/** Bodies that may be left out. */
const OPTIONAL = /\/(?:clone|deactivate|execute)$/;

it("describes every route with its request, its answers and its errors", async () => {
  const server = await testServer();
  const registered: string[] = [];
  server.app.addHook("onRoute", ({ method, url, schema }) => {
    if (!(schema && "hide" in schema))
      registered.push(...[method].flat().map((verb) => `${verb.toLowerCase()} ${url.replaceAll(/:(\w+)/g, "{$1}")}`));
  });
  const text = (await server.app.inject("/openapi.json")).payload;
  const document: Document = JSON.parse(text);
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(described.toSorted()).toEqual(ROUTES.toSorted());
  expect(registered.filter((route) => !route.startsWith("head ")).toSorted()).toEqual(ROUTES.toSorted());
  expect(document.openapi).toBe("3.1.0");
  expect(document.info).toMatchObject({ title: "Rulewright", version: "1.2.3" });
  expect(document.components.securitySchemes).toEqual({ key: { type: "http", scheme: "bearer", description: expect.any(String) } });
  expect(document.security).toEqual([{ key: [] }]);

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { path, method, operation } of operations) {
    const keyed = path.startsWith("/v1/");
    expect(operation.summary).not.toBe("");
    expect(operation.security).toEqual(keyed ? undefined : []);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(keyed ? ["400", "401", "500"] : ["500"]));
    for (const [status, { content, description }] of Object.entries(operation.responses)) {
      expect(description).not.toBe("");
      const schema = content?.["application/json"]?.schema;
      expect(Number(status) >= 400 ? schema?.$ref : "#/components/schemas/Error").toBe("#/components/schemas/Error");
      expect(schema === undefined).toBe(status === "204");
    }
    const takesBody = ["put", "patch"].includes(method) || (method === "post" && !BODILESS.test(path));
    expect([path, method, operation.requestBody?.required]).toEqual([path, method, takesBody ? !OPTIONAL.test(path) : undefined]);
    const inPath = operation.parameters?.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`) ?? [];
    expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
  }

  // Every reference leads somewhere, and nothing is left over.
  const references = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
  expect([...references].map(String).toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  expect(document.components.schemas["Error"]?.properties?.["code"]?.enum).toEqual(ErrorAnswer.shape.code.options);
  await server.close();
});

it("gives every body, and the answers of definitions, an example that its schema takes", async () => {
  const server = await testServer();
  const text = (await server.app.inject("/openapi.json")).payload;
  await server.close();
  const { paths, components }: Document = JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/"));
  // OpenAPI 3.1 schemas are JSON Schema; the type above says only what the tests look at.
  const $defs = components.schemas as Record<string, z.core.JSONSchema.JSONSchema>;
  const takes = (name: string, example: unknown) => z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs }).safeParse(example);
  const withExample = Object.entries(components.schemas).filter(([, { examples }]) => examples !== undefined);
  for (const [name, { examples = [] }] of withExample) {
    for (const example of examples) expect([name, takes(name, example).error]).toEqual([name, undefined]);
    expect([name, takes(name, { nonsense: 1 }).success]).toEqual([name, false]);
  }
  const webhook = { name: "w", module: "invoices", url: "https://erp.example/" };
  const secrets = ["Abcdefgh12345678", { env: "SECRET" }, { set: true }, null];
  expect(secrets.map((secret) => takes("WebhookBody", { ...webhook, secret }).success)).toEqual([true, true, true, false]);
  expect(secrets.map((secret) => takes("WebhookChanges", { secret }).success)).toEqual([true, true, true, true]);
  const [answer] = components.schemas["Webhook"]?.examples ?? [];
  expect(secrets.map((secret) => takes("Webhook", { ...Object(answer), secret }).success)).toEqual([false, true, true, false]);
  const named = withExample.map(([name]) => name);
  for (const { kind } of DEFINITION_KINDS)
    expect(named).toEqual(expect.arrayContaining([`${kind}Body`, `${kind}Changes`, kind, `${kind}Version`]));
  const bodies = Object.entries(paths)
    .filter(([path]) => !/^\/v1\/(?:events|modules\/\{module\}\/records)/.test(path))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, { requestBody }]) => ({ path, method, requestBody })))
    .flatMap(({ path, method, requestBody }) =>
      requestBody ? [{ path, method, schema: requestBody.content["application/json"]?.schema }] : [],
    );
  for (const { path, method, schema } of bodies)
    expect([path, method, named.map((name) => ({ $ref: `#/$defs/${name}` }))]).toEqual([path, method, expect.arrayContaining([schema])]);
});

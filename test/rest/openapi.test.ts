import { expect, it } from "vitest";
import { ErrorAnswer } from "../../src/rest/answers.ts";
import { testServer } from "./support.ts";

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
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
      { readonly enum?: readonly string[]; readonly properties?: Record<string, { readonly enum?: readonly string[] }> }
    >;
    readonly securitySchemes: object;
  };
  readonly security: readonly object[];
};

const ROUTES = [
  "get /healthz",
  "get /readyz",
  "get /v1/action-runs",
  "get /v1/action-runs/{id}",
  "get /v1/events",
  "get /v1/events/{id}",
  "get /v1/executions",
  "get /v1/executions/{id}",
  "get /v1/modules/{module}/records",
  "get /v1/modules/{module}/records/{id}",
  "get /v1/notifications",
  "get /v1/usage",
  "delete /v1/modules/{module}/records/{id}",
  "patch /v1/modules/{module}/records/{id}",
  "post /v1/action-runs/{id}/cancel",
  "post /v1/action-runs/{id}/retry",
  "post /v1/events",
  "post /v1/modules/{module}/records",
  "post /v1/notifications/{id}/read",
  "put /v1/modules/{module}/records/{id}",
];

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
    expect(Boolean(operation.requestBody)).toBe(
      ["put", "patch"].includes(method) || ["/v1/events post", "/v1/modules/{module}/records post"].includes(`${path} ${method}`),
    );
    const inPath = operation.parameters?.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`) ?? [];
    expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
  }

  // Every reference leads somewhere, and nothing is left over.
  const references = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  expect([...references].map(String).toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  expect(document.components.schemas["Error"]?.properties?.["code"]?.enum).toEqual(ErrorAnswer.shape.code.options);
  await server.close();
});

import swagger from "@fastify/swagger";
import fastify, { type FastifyInstance } from "fastify";
import { jsonSchemaTransform, validatorCompiler } from "fastify-type-provider-zod";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { rulewrightRoutes, type RulewrightRoutesOptions } from "../../src/fastify.ts";
import { openRulewright, type Rulewright } from "../../src/index.ts";

const KEY = "a-key-of-thirty-two-characters-or-more";
let rulewright: Rulewright;
let host: FastifyInstance;
let url: string;
beforeEach(async () => {
  rulewright = await openRulewright({ store: "sqlite::memory:", logLevel: "silent" });
  host = fastify({ genReqId: () => "host-1" });
});
afterEach(async () => {
  await host.close();
  await rulewright.close();
});

/** The host's server, listening, with the routes mounted. */
async function listen(options: Partial<RulewrightRoutesOptions & { prefix: string }> = {}): Promise<void> {
  host.register(rulewrightRoutes, { rulewright, authenticate: KEY, ...options });
  url = await host.listen({ port: 0, host: "127.0.0.1" });
}

async function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

const created = { module: "invoices", type: "created", record: { invoice_id: "1", status: "paid" } };

describe.each(["", "/automation"])("mounted at %j", (prefix) => {
  it("the routes answer what the methods do", async () => {
    await listen({ prefix });
    const { status, body } = await ask("POST", `${prefix}/v1/events?wait=true`, { id: "evt-1", ...created });
    expect({ status, body }).toEqual({ status: 202, body: { data: [{ id: "evt-1", status: "accepted", executions: [] }] } });
    const made = await ask("POST", `${prefix}/v1/field-updates`, { name: "close", module: "invoices", field: "status", value: "closed" });
    expect(made.status).toBe(201);
    const rule = { name: "r", module: "invoices", trigger: { type: "event", on: ["created"] } };
    const conditions = [{ immediateActions: [{ type: "fieldUpdate" as const, name: "close" }] }];
    const { id } = await rulewright.workflowRules.create({ ...rule, trigger: { type: "event", on: ["created"] }, conditions });
    await rulewright.emit({ ...created, record: { invoice_id: "2" } }, { wait: true });
    const same = async (path: string, method: Promise<unknown>): Promise<void> => {
      expect((await ask("GET", `${prefix}/v1/${path}`)).body).toEqual(JSON.parse(JSON.stringify(await method)));
    };
    await same("events?limit=2", rulewright.events.list({ limit: 2 }));
    await same("events/evt-1", rulewright.events.get("evt-1"));
    await same("events/evt-1/explain", rulewright.events.explain("evt-1"));
    await same("executions?module=invoices", rulewright.executions.list({ module: "invoices" }));
    await same("action-runs?status=succeeded&type=fieldUpdate", rulewright.actionRuns.list({ status: "succeeded", type: "fieldUpdate" }));
    await same("field-updates?active=true", rulewright.fieldUpdates.list({ active: true }));
    await same(`workflow-rules/${id}`, rulewright.workflowRules.get(id));
    await same(`workflow-rules/${id}/versions`, rulewright.workflowRules.versions(id));
    await same("modules?limit=3", rulewright.modules.list({ limit: 3 }));
    await same("modules/estimates", rulewright.modules.get("estimates"));
    await same("organization", rulewright.organization.get());
    await same("limits", rulewright.limits.get());
    await same("usage?day=2026-11-20", rulewright.usage("2026-11-20"));
    await same("notifications?unread=true", rulewright.notifications.list({ unread: true }));
    await same("modules/invoices/records", rulewright.records.list("invoices"));
    await same("modules/invoices/records/1", rulewright.records.get("invoices", "1"));
  });

  it("refuses the same filters as the methods, in the same words", async () => {
    await listen({ prefix });
    // As callers without types give them.
    const lists: readonly [string, { list(query: never): Promise<unknown> }, Readonly<Record<string, string>>][] = [
      ["events", rulewright.events, { origin: "nobody" }],
      ["events", rulewright.events, { modul: "invoices" }],
      ["executions", rulewright.executions, { from: "yesterday" }],
      ["action-runs", rulewright.actionRuns, { status: "done", limit: "0" }],
      ["notifications", rulewright.notifications, { unread: "perhaps" }],
      ["workflow-rules", rulewright.workflowRules, { active: "1" }],
      ["modules", rulewright.modules, { limit: "500" }],
    ];
    for (const [path, methods, query] of lists) {
      const { status, body } = await ask("GET", `${prefix}/v1/${path}?${new URLSearchParams(query).toString()}`);
      expect(status).toBe(400);
      await expect(methods.list(query as never)).rejects.toMatchObject({ code: body.code, message: body.message, issues: body.issues });
    }
  });

  it("errors are Rulewright's, with the host's request id, and a path that is not there names those that are", async () => {
    await listen({ prefix });
    const missing = await ask("GET", `${prefix}/v1/events/none`);
    expect({ status: missing.status, body: missing.body }).toEqual({
      status: 404,
      body: { code: "not_found", message: "There is no event none", requestId: "host-1" },
    });
    expect(missing.headers.get("x-request-id")).toBe("host-1");
    expect((await ask("POST", `${prefix}/v1/events`, "{")).body).toMatchObject({ code: "malformed_json" });
    expect((await ask("DELETE", `${prefix}/v1/events/x`)).body).toMatchObject({
      code: "not_found",
      message: `${prefix}/v1/events/x has no DELETE; it has GET, HEAD`,
    });
    expect((await ask("POST", `${prefix}/v1/events`, { ...created, module: "nothing" })).body).toMatchObject({ code: "validation_failed" });
  });

  it("a Location leads to what was made", async () => {
    await listen({ prefix });
    const { status, headers } = await ask("POST", `${prefix}/v1/modules/invoices/records`, { invoice_id: "5" });
    expect(status).toBe(201);
    expect((await ask("GET", headers.get("location") ?? "")).body).toEqual({ invoice_id: "5" });
  });

  it("describes its routes where they are", async () => {
    await listen({ prefix });
    const { status, body } = await ask("GET", `${prefix}/openapi.json`, undefined, { authorization: "" });
    expect(status).toBe(200);
    expect(Object.keys(body.paths)).toContain(`${prefix}/v1/events`);
    expect(body.components.schemas.Event).toBeDefined();
  });
});

describe("who may", () => {
  it.each([
    ["no key", { authorization: "" }],
    ["another key", { authorization: `Bearer ${KEY}x` }],
  ])("%s is refused, also where there is no route", async (_what, headers) => {
    await listen({ prefix: "/automation" });
    for (const path of ["/automation/v1/events", "/automation/v1/nothing"])
      expect((await ask("GET", path, undefined, headers)).body).toMatchObject({ code: "unauthenticated" });
  });

  it("is asked of the host's function, with the request", async () => {
    await listen({ authenticate: async ({ headers }) => headers["x-user"] === "charles" });
    expect((await ask("GET", "/v1/events", undefined, { "x-user": "charles" })).status).toBe(200);
    expect((await ask("GET", "/v1/events")).body).toMatchObject({ code: "unauthenticated" });
  });

  it("a function that answers something else than true lets nobody in, one that throws is an error of ours", async () => {
    await listen({ authenticate: (({ headers }: { headers: object }) => headers) as unknown as () => boolean });
    expect((await ask("GET", "/v1/events")).status).toBe(401);
  });

  it.each([
    [{ authenticate: undefined }, "authenticate"],
    [{ authenticate: "short" }, "authenticate"],
    [{ rulewright: {} }, "rulewright"],
  ])("%j is refused when it is mounted", async (wrong, path) => {
    // As a caller without types gives it.
    host.register(rulewrightRoutes, { rulewright, authenticate: KEY, ...wrong } as RulewrightRoutesOptions);
    await expect(host.ready()).rejects.toMatchObject({ code: "validation_failed", issues: [{ path }] });
  });
});

describe("the host", () => {
  it("keeps its own parsers, checks, errors, answers and not-found", async () => {
    host.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, text, done) => done(null, String(text).split(",")));
    host.setErrorHandler((error, _request, reply) => reply.code(418).send({ host: error instanceof Error ? error.message : "?" }));
    host.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: "nothing here" }));
    const response = { 200: { type: "object", properties: { kept: { type: "number" } } } };
    host.post(
      "/host",
      { schema: { body: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] }, response } },
      async (request) => ({
        kept: Object(request.body).n,
        dropped: true,
      }),
    );
    host.post("/csv", async (request) => request.body);
    await listen();
    // Coerced by ajv, cut by the response schema.
    expect((await ask("POST", "/host", { n: "7" })).body).toEqual({ kept: 7 });
    expect((await ask("POST", "/host", {})).body).toEqual({ host: "body must have required property 'n'" });
    expect((await ask("POST", "/csv", "a,b", { "content-type": "text/csv" })).body).toEqual(["a", "b"]);
    expect((await ask("GET", "/nothing")).body).toEqual({ host: "nothing here" });
    // And ours stay ours.
    expect((await ask("POST", "/v1/events", "a,b", { "content-type": "text/csv" })).body).toMatchObject({ code: "unsupported_media_type" });
    expect((await ask("GET", "/v1/nothing")).body).toMatchObject({ code: "not_found" });
  });

  it("may check with zod itself, and describe its own routes", async () => {
    host.setValidatorCompiler(validatorCompiler);
    await host.register(swagger, { openapi: { info: { title: "Host", version: "1" } }, transform: jsonSchemaTransform });
    host.after(() => {
      host.get("/host", { schema: { querystring: z.object({ n: z.coerce.number() }) } }, async (request) => request.query);
    });
    await listen({ prefix: "/automation" });
    expect((await ask("GET", "/host?n=7")).body).toEqual({ n: 7 });
    expect((await ask("GET", "/automation/v1/events?limit=x")).body).toMatchObject({ code: "validation_failed" });
    expect(Object.keys(host.swagger().paths ?? {})).toEqual(["/host"]);
    expect(Object.keys((await ask("GET", "/automation/openapi.json")).body.paths)).not.toContain("/host");
  });

  it("has hooks that hold for these routes, and its refusals keep their status", async () => {
    host.addHook("onRequest", async (request) => {
      if (request.headers["x-blocked"]) throw Object.assign(new Error("slow down"), { statusCode: 429 });
      if (request.headers["x-broken"]) throw new Error("a password");
    });
    await listen();
    expect(await ask("GET", "/v1/events", undefined, { "x-blocked": "1" })).toMatchObject({
      status: 429,
      body: { code: "rate_limited", message: "slow down" },
    });
    const broken = await ask("GET", "/v1/events", undefined, { "x-broken": "1" });
    expect({ status: broken.status, text: JSON.stringify(broken.body) }).toEqual({
      status: 500,
      text: expect.not.stringContaining("password"),
    });
  });

  it("may mount two", async () => {
    const other = await openRulewright({ store: "sqlite::memory:", logLevel: "silent" });
    host.register(rulewrightRoutes, { rulewright: other, authenticate: KEY, prefix: "/other" });
    await listen({ prefix: "/automation" });
    await ask("POST", "/other/v1/events", { id: "evt-1", ...created });
    expect((await ask("GET", "/other/v1/events")).body.data).toHaveLength(1);
    expect((await ask("GET", "/automation/v1/events")).body.data).toEqual([]);
    await other.close();
  });
});

it("closing waits for requests under way, and answers later ones that it is closed", async () => {
  await listen();
  const emitting = ask("POST", "/v1/events?wait=true", created);
  const first = await emitting;
  expect(first.status).toBe(202);
  await rulewright.close();
  expect(await ask("GET", "/v1/events")).toMatchObject({
    status: 503,
    body: { code: "overloaded", message: "This Rulewright was closed" },
  });
});

it("adds nothing to the names that a host keeps in zod's registry", async () => {
  const ours = [...z.globalRegistry._idmap.keys()];
  await listen({ prefix: "/automation" });
  await ask("GET", "/automation/openapi.json", undefined, { authorization: "" });
  expect([...z.globalRegistry._idmap.keys()]).toEqual(ours);
  expect(ours).not.toContain("Event");
});

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RulewrightError } from "../../src/model/errors.ts";
import { ErrorAnswer, HealthAnswer, ReadyAnswer } from "../../src/rest/answers.ts";
import { JSON_TYPE, KEY, paid, testServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeEach(async () => {
  server = await testServer({ bodyLimit: 100_000 });
});
afterEach(() => server.close());

describe("keys", () => {
  it.each([
    ["none", undefined],
    ["an empty one", ""],
    ["another scheme", `Basic ${KEY}`],
    ["no scheme", KEY],
    ["a wrong key", `Bearer ${KEY}x`],
    ["two keys", `Bearer ${KEY} ${KEY}`],
  ])("answers 401 to %s on every keyed route, also those that are not there", async (_what, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    for (const url of ["/v1/events", "/%761/events", "/v1/events/x", "/v1/usage", "/v1/nothing", "/v1/modules/invoices/records"]) {
      const answer = await server.app.inject({ method: "GET", url, headers });
      expect([url, answer.statusCode, answer.headers["www-authenticate"]]).toEqual([url, 401, "Bearer"]);
      expect(ErrorAnswer.parse(answer.json()).code).toBe("unauthenticated");
    }
  });

  it("takes the scheme in any case", async () => {
    expect((await server.send("GET", "/v1/events", undefined, { authorization: `bearer ${KEY}` })).status).toBe(200);
  });
});

describe("refusals", () => {
  it.each([
    ["no body", undefined, {}, 400, "malformed_json"],
    ["an empty body", "", JSON_TYPE, 400, "malformed_json"],
    ["broken JSON", '{"module": }', JSON_TYPE, 400, "malformed_json"],
    ["repeated keys", '{"module":"invoices","module":"bills"}', JSON_TYPE, 400, "malformed_json"],
    ["a deep body", "[".repeat(90_000), JSON_TYPE, 400, "malformed_json"],
    ["a prototype", '{"__proto__":{"module":"invoices"}}', JSON_TYPE, 400, "malformed_json"],
    ["text", "{}", { "content-type": "text/plain" }, 415, "unsupported_media_type"],
    ["a form", "a=b", { "content-type": "application/x-www-form-urlencoded" }, 415, "unsupported_media_type"],
    ["no type", "{}", { "content-type": "" }, 415, "unsupported_media_type"],
    ["a broken type", "{}", { "content-type": "json" }, 415, "unsupported_media_type"],
    ["a packed body", "{}", { ...JSON_TYPE, "content-encoding": "gzip" }, 415, "unsupported_media_type"],
    ["a large body", `"${"x".repeat(100_000)}"`, JSON_TYPE, 413, "payload_too_large"],
  ])("%s", async (_what, payload, headers, status, code) => {
    for (const [method, url] of [
      ["POST", "/v1/events"],
      ["POST", "/v1/modules/invoices/records"],
      ["PUT", "/v1/modules/invoices/records/1"],
      ["PATCH", "/v1/modules/invoices/records/1"],
    ] as const) {
      const answer = await server.app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${KEY}`, ...headers },
        ...(payload !== undefined && { payload }),
      });
      expect([url, answer.statusCode, ErrorAnswer.parse(answer.json()).code]).toEqual([url, status, code]);
      expect(answer.json().requestId).toBe(answer.headers["x-request-id"]);
    }
  });

  it.each([
    ["GET", "/", "There is no route GET /; /openapi.json lists those that there are"],
    ["GET", "/v1/nothing", "There is no route GET /v1/nothing; /openapi.json lists those that there are"],
    ["GET", "/v1/events/", "There is no event "],
    ["DELETE", "/v1/events?x=1", "/v1/events has no DELETE; it has POST, GET, HEAD"],
    ["GET", "/v1/action-runs/a/retry", "/v1/action-runs/a/retry has no GET; it has POST"],
    ["POST", "/v1/modules/m/records/1", "/v1/modules/m/records/1 has no POST; it has GET, HEAD, PUT, PATCH, DELETE"],
  ] as const)("%s %s is not found: %s", async (method, url, message) => {
    expect(await server.send(method, url)).toMatchObject({ status: 404, body: { code: "not_found", message } });
  });

  it("says nothing about what is our own fault, and logs it all", async () => {
    await server.close();
    server = await testServer({
      wrap: (engine) => ({ ...engine, emitOne: () => Promise.reject(new Error("secret detail")) }),
    });
    const { status, body } = await server.send("POST", "/v1/events", paid("1"));
    expect(status).toBe(500);
    expect(ErrorAnswer.parse(body)).toMatchObject({ code: "internal_error", message: expect.not.stringContaining("secret") });
    expect(server.logged).toEqual([
      {
        details: {
          err: expect.objectContaining({ message: "secret detail" }),
          requestId: body["requestId"],
          method: "POST",
          url: "/v1/events",
        },
        message: "a request failed unexpectedly",
      },
    ]);
  });

  it.each([
    ["overloaded", 503],
    ["rate_limited", 429],
  ] as const)("%s says when to come again", async (code, expected) => {
    await server.close();
    server = await testServer({
      wrap: (engine) => ({ ...engine, emitOne: () => Promise.reject(new RulewrightError(code, "later", { retryAfter: 7 })) }),
    });
    const { status, headers, body } = await server.send("POST", "/v1/events", paid("1"));
    expect([status, headers["retry-after"], body["code"]]).toEqual([expected, "7", code]);
    expect(server.logged).toEqual([]);
  });
});

describe("health", () => {
  it("is alive and ready without a key", async () => {
    const health = await server.app.inject("/healthz");
    expect(HealthAnswer.parse(health.json())).toEqual({ status: "ok", version: "1.2.3" });
    const ready = await server.app.inject("/readyz");
    expect([ready.statusCode, ReadyAnswer.parse(ready.json())]).toEqual([200, { status: "ready" }]);
  });

  it("is not ready when the store does not answer", async () => {
    await server.close();
    server = await testServer({ wrap: (engine) => ({ ...engine, ready: () => Promise.reject(new Error("locked")) }) });
    const ready = await server.app.inject("/readyz");
    expect([ready.statusCode, ErrorAnswer.parse(ready.json()).code]).toEqual([503, "overloaded"]);
  });
});

describe("garbage", () => {
  const routes = [
    ["POST", "/v1/events"],
    ["POST", "/v1/events?wait=true"],
    ["POST", "/v1/action-runs/x/retry"],
    ["POST", "/v1/action-runs/x/cancel"],
    ["POST", "/v1/notifications/x/read"],
    ["POST", "/v1/modules/invoices/records"],
    ["PUT", "/v1/modules/invoices/records/1"],
    ["PATCH", "/v1/modules/invoices/records/1"],
    ["DELETE", "/v1/modules/invoices/records/1"],
  ] as const;
  const json = fc.jsonValue({ maxDepth: 4 });
  // Close enough to an event to get past the first checks.
  const event = fc.record(
    {
      id: fc.oneof(fc.string(), json),
      module: fc.oneof(fc.constantFrom("invoices", "bills", "__proto__", "toString"), json),
      type: fc.oneof(fc.constantFrom("created", "edited", "deleted", "constructor"), json),
      record: fc.oneof(
        fc.record(
          { invoice_id: fc.oneof(fc.string({ unit: "binary" }), json), status: fc.oneof(fc.constant("paid"), json), total: json },
          { requiredKeys: [] },
        ),
        json,
      ),
      previous: json,
      occurredAt: fc.oneof(
        fc.date().map(String),
        fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
        json,
      ),
      actor: json,
      origin: json,
    },
    { requiredKeys: ["module", "type", "record"] },
  );
  const body = fc
    .oneof(json, event, fc.array(event, { maxLength: 4 }), fc.object({ maxDepth: 3 }))
    .map((value) => JSON.stringify(value) ?? "");
  const text = fc.oneof({ weight: 4, arbitrary: body }, { weight: 1, arbitrary: fc.string({ unit: "binary" }) });

  it.each(routes)("%s %s never answers 5xx, and every refusal is in the contract's shape", async (method, url) => {
    await fc.assert(
      fc.asyncProperty(text, async (payload) => {
        const { status, body: answer } = await server.send(method, url, payload);
        expect(status).toBeLessThan(500);
        if (status >= 400) ErrorAnswer.parse(answer);
      }),
      { numRuns: 150 },
    );
  });

  it("never answers 5xx to any path, query or header", async () => {
    const part = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }).map(encodeURIComponent),
      fc.constantFrom("%00", "%2e%2e", "%", "..", "*", ":id", "''"),
    );
    const urls = fc.oneof(
      part.map((id) => `/v1/events/${id}`),
      part.map((id) => `/v1/executions/${id}`),
      part.map((id) => `/v1/modules/invoices/records/${id}`),
      part.map((module) => `/v1/modules/${module}/records`),
      fc
        .tuple(fc.constantFrom("cursor", "record", "rule", "module", "event", "limit", "from"), part)
        .map(([key, value]) => `/v1/action-runs?${key}=${value}`),
      fc
        .array(fc.oneof(fc.integer(), fc.string(), fc.double()), { maxLength: 3 })
        .map((keys) => `/v1/action-runs?cursor=${Buffer.from(JSON.stringify(keys)).toString("base64url")}`),
      part.map((path) => `/${path}`),
    );
    await fc.assert(
      fc.asyncProperty(urls, async (url) => {
        const { status, body: answer } = await server.send("GET", url);
        expect(status).toBeLessThan(500);
        if (status >= 400) ErrorAnswer.parse(answer);
      }),
      { numRuns: 500 },
    );
  });
});

import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWebhookHandler } from "../../../src/actions/webhook/handler.ts";
import { zohoSignature } from "../../../src/actions/webhook/signature.ts";
import type { ActionInput } from "../../../src/actions/action.ts";
import type { Webhook } from "../../../src/model/actions/webhook.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { createHttpClient, type HttpClient } from "../../../src/outbound/http.ts";
import { createSecretBox } from "../../../src/outbound/secrets.ts";
import { listenHttp, type Listener, type Received } from "../../outbound/listener.ts";
import { input, webhook, type WebhookSpec } from "./make.ts";

const SECRET = "zohobooks1234";
const box = createSecretBox("a key of thirty-two characters, or more");
const RECORD = { invoice_id: "90300", invoice_number: "INV-1", total: "12000.0", customer_id: "7" };

type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string } | "silence";

let server: Listener & { readonly received: Received[] };
let http: HttpClient;
let answer: Answer = {};
let env: Record<string, string> = {};

beforeEach(async () => {
  [answer, env] = [{}, {}];
  server = await listenHttp((_, response) => {
    if (answer !== "silence") response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? "ok");
  });
  http = createHttpClient({ allow: ["127.0.0.0/8"], ports: [server.port], userAgent: "Rulewright/0.1.0" });
});
afterEach(async () => {
  http.close();
  await server.close();
});

const handler = () => createWebhookHandler({ http, secrets: box, env: (name) => env[name], timeoutMs: 200 });
const define = (spec: Partial<WebhookSpec> = {}, path = "/hook"): Webhook =>
  webhook({ url: `http://127.0.0.1:${server.port}${path}`, ...spec });

async function send(
  spec: Partial<WebhookSpec> = {},
  { path = "/hook", ...more }: Partial<ActionInput<Webhook>> & { readonly path?: string } = {},
) {
  const result = await handler().run(input(define(spec, path), more));
  return { result, received: server.received.at(-1) };
}

describe("what a receiver sees", () => {
  it.each(["POST", "PUT", "DELETE"] as const)("%s with the default payload", async (method) => {
    const { result, received } = await send({ method }, { now: 1_700_000_000_999 });
    expect(result).toEqual({ outcome: "succeeded", response: { status: 200, body: "ok" } });
    expect(received).toMatchObject({ method, url: "/hook" });
    expect(JSON.parse(received?.body ?? "")).toEqual({ invoice: RECORD });
    expect(received?.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      connection: "keep-alive",
      "content-type": "application/json",
      "content-length": String(received?.body.length),
      "user-agent": "Rulewright/0.1.0",
      "webhook-id": "run_01JDABCDEF0123456789ABCDEF",
      "webhook-timestamp": "1700000000",
    });
  });

  it("parameters behind the query of the URL, each escaped", async () => {
    const parameters = [
      { name: "to ken", value: "a b&c" },
      { name: "who", value: "${CONTACT.CONTACT_NAME}" },
      { name: "n", value: "${INVOICE.NOTE}" },
    ];
    expect((await send({ parameters }, { path: "/hook?source=books" })).received?.url).toBe(
      "/hook?source=books&to%20ken=a%20b%26c&who=Jos%C3%A9%20%26%20S%C3%B6hne&n=",
    );
    expect((await send({ parameters: parameters.slice(0, 1) })).received?.url).toBe("/hook?to%20ken=a%20b%26c");
  });

  it("the SMS gateways of the seed", async () => {
    const path =
      "/send?username=%username%&msisdn=${CONTACT.CONTACT_MOBILE_PHONE}&message=Hello%20${CONTACT.CONTACT_NAME}.Total%20${INVOICE.INVOICE_TOTAL}#f";
    expect((await send({}, { path })).received?.url).toBe(
      "/send?username=%username%&msisdn=%2B91%2099&message=Hello%20Jos%C3%A9%20%26%20S%C3%B6hne.Total%2012000.0",
    );
    const xml =
      '<message mobilenumber="${CONTACT.CONTACT_MOBILE_PHONE}" to="${CONTACT.CONTACT_NAME}"><![CDATA[${INVOICE.INVOICE_TOTAL}]]></message>';
    const { received } = await send({ parameters: [{ name: "data", value: xml }] });
    expect(new URL(received?.url ?? "", "http://x").searchParams.get("data")).toBe(
      '<message mobilenumber="+91 99" to="José &amp; Söhne"><![CDATA[12000.0]]></message>',
    );
  });

  it("the user's own headers", async () => {
    const headers = [
      { name: "X-Source", value: "rulewright" },
      { name: "X-Who", value: "${CONTACT.CONTACT_NAME}" },
      { name: "content-type", value: "application/vnd.erp+json" },
      { name: "User-Agent", value: "mine" },
    ];
    expect((await send({ headers })).received?.headers).toMatchObject({
      "x-source": "rulewright",
      "x-who": "Jos%C3%A9 & S%C3%B6hne",
      "content-type": "application/vnd.erp+json",
      "user-agent": "mine",
    });
  });

  it.each([
    [
      '{"text": "${INVOICE.NOTE} is overdue", "total": ${INVOICE.TOTAL}}',
      "application/json",
      '{"text": "a\\"b\\n&<c is overdue", "total": 12000.0}',
    ],
    ["${JSONString}", "application/json", '{"invoice":{"note":"a\\"b\\n&<c","total":"12000.0"}}'],
    ["<n>${INVOICE.NOTE}</n>", "application/xml", '<n>a"b\n&amp;&lt;c</n>'.replaceAll('"', "&quot;")],
    ["n=${INVOICE.NOTE}", "application/x-www-form-urlencoded; charset=utf-8", "n=a%22b%0A%26%3Cc"],
    ["n ${INVOICE.NOTE}", "text/plain", 'n a"b\n&<c'],
  ])("raw %s as %s", async (content, contentType, expected) => {
    const { received } = await send({ body: { type: "raw", content, contentType } }, { record: { note: 'a"b\n&<c', total: "12000.0" } });
    expect([received?.headers["content-type"], received?.body]).toEqual([contentType, expected]);
  });

  it("a form", async () => {
    const parameters = [
      { name: "msg", value: "Hello ${CONTACT.CONTACT_NAME}+" },
      { name: "payload", value: '{"text": "${INVOICE.NOTE}"}' },
    ];
    const { received } = await send({ body: { type: "formUrlEncoded", parameters } }, { record: { customer_id: "7", note: '"' } });
    expect(received?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect([...new URLSearchParams(received?.body)]).toEqual([
      ["msg", "Hello José & Söhne+"],
      ["payload", '{"text": "\\""}'],
    ]);
  });
});

describe("signatures", () => {
  const sealed = { sealed: box.seal(SECRET) };

  it.each([
    ["sealed", sealed],
    ["from the environment", { env: "ERP_WEBHOOK_SECRET" }],
    ["as it is", SECRET],
  ])("with a secret %s are verified", async (_, secret) => {
    env = { ERP_WEBHOOK_SECRET: SECRET };
    const { received } = await send(
      {
        secret,
        parameters: [
          { name: "z", value: "1" },
          { name: "name", value: "${CONTACT.CONTACT_NAME}" },
        ],
      },
      { path: "/hook?b=x+y%2Bz" },
    );
    const headers = received?.headers as Record<string, string>; // none of them was sent twice
    expect(new Verifier(SECRET, { format: "raw" }).verify(received?.body ?? "", headers)).toEqual({ invoice: RECORD });
    expect(headers["x-zoho-webhook-signature"]).toBe(
      zohoSignature(
        SECRET,
        [
          ["b", "x y+z"],
          ["name", "José & Söhne"],
          ["z", "1"],
        ],
        received?.body ?? "",
      ),
    );
  });

  it("of a form sign its pairs and no body", async () => {
    const { received } = await send(
      {
        secret: sealed,
        body: {
          type: "formUrlEncoded",
          parameters: [
            { name: "addon_description", value: "Monthly addon" },
            { name: "quantity", value: "1" },
          ],
        },
      },
      { path: "/hook?customer_name=Brandon&status=active" },
    );
    expect(received?.headers["x-zoho-webhook-signature"]).toBe("ot4oa/qSu4b+fJ2qfM3l3smnROwi1ShrSzpnjODaV9A=");
  });

  it("of the seed's first example", async () => {
    const { received } = await send(
      { secret: sealed, body: { type: "raw", content: '{"created_date":"2019-03-06","event_id":"5675"}' } },
      { path: "/hook?subscription_id=90343&name=basic" },
    );
    expect(received?.headers["x-zoho-webhook-signature"]).toBe("18S+Qh61ZAdH85huPytV7s0cFHk8dr/Qt9Xwe14MePQ=");
  });

  it("need a secret", async () => {
    const { received } = await send();
    expect(Object.keys(received?.headers ?? {}).filter((name) => name.includes("signature"))).toEqual([]);
  });

  it.each([
    ["in the environment", { env: "ERP_WEBHOOK_SECRET" }, /environment variable ERP_WEBHOOK_SECRET is not set/],
    [
      "that was sealed with another key",
      { sealed: createSecretBox("another key of thirty-two characters").seal(SECRET) },
      /another RULEWRIGHT_SECRET_KEY/,
    ],
  ])("wait for a secret %s", async (_, secret, error) => {
    const { result } = await send({ secret });
    expect(result).toMatchObject({
      outcome: "failed",
      error: expect.stringMatching(error),
      retry: true,
      freeze: { contentType: "application/json" },
    });
    expect(server.received).toEqual([]);
  });
});

describe("an answer", () => {
  it.each([200, 201, 202, 204, 299])("%i is success", async (status) => {
    answer = { status, body: "" };
    expect((await send()).result).toEqual({ outcome: "succeeded", response: { status, body: "" } });
  });

  it.each([
    [301, "301 Moved Permanently: redirects are not followed, the webhook needs the final URL"],
    [302, "302 Found: redirects are not followed, the webhook needs the final URL"],
    [304, "304 Not Modified: redirects are not followed, the webhook needs the final URL"],
    [400, "400 Bad Request"],
    [401, "401 Unauthorized: it does not accept the webhook's credentials"],
    [404, "404 Not Found"],
    [429, "429 Too Many Requests"],
    [500, "500 Internal Server Error"],
    [599, "599"],
  ])("%i is tried again", async (status, text) => {
    answer = { status, body: status === 304 ? "" : "why" };
    const { result, received } = await send();
    expect(result).toEqual({
      outcome: "failed",
      error: `127.0.0.1:${server.port} answered ${text}`,
      retry: true,
      response: { status, body: status === 304 ? "" : "why" },
      freeze: { body: received?.body, contentType: "application/json" },
    });
  });

  it("410 ends the run", async () => {
    answer = { status: 410, headers: { "Retry-After": "60" } };
    expect((await send()).result).toEqual({
      outcome: "failed",
      error: expect.stringContaining("410 Gone"),
      retry: false,
      response: { status: 410, body: "ok" },
    });
  });

  it("may say when to come back", async () => {
    answer = { status: 503, headers: { "Retry-After": "120" } };
    expect((await send()).result).toMatchObject({ retry: true, retryAfterMs: 120_000 });
  });

  it("is kept up to 16 KB, in whole characters", async () => {
    answer = { body: `a${"é".repeat(30_000)}` };
    const { result } = await send();
    expect(result).toMatchObject({ outcome: "succeeded", response: { status: 200, body: `a${"é".repeat(8_191)}` } });
  });

  it("that does not come is a time-out", async () => {
    answer = "silence";
    expect((await send()).result).toMatchObject({
      outcome: "failed",
      error: expect.stringMatching(/no complete answer within 0.2 s/),
      retry: true,
      response: null,
      freeze: { contentType: "application/json" },
    });
  });
});

it("ends a run that may not go where it wants, or that has no URL, at once", async () => {
  const run = (url: string, record: JsonObject = RECORD) => handler().run(input(webhook({ url }), { record }));
  const refused = (error: RegExp) => ({ outcome: "failed", error: expect.stringMatching(error), retry: false, response: null });
  expect(await run(`http://10.0.0.1:${server.port}/`)).toEqual(refused(/10\.0\.0\.1 leads to an address/));
  expect(await run("http://127.0.0.1:1/")).toEqual(refused(/port 1/));
  expect(await run("nowhere")).toEqual(refused(/not a URL/));
  for (const note of [".", "..", "%2e%2E"]) {
    const result = await run(`http://127.0.0.1:${server.port}/invoices/\${INVOICE.NOTE}/close`, { note });
    expect(result).toMatchObject(note.startsWith("%") ? { outcome: "succeeded" } : refused(/change where it leads/));
  }
  expect(server.received.map(({ url }) => url)).toEqual(["/invoices/%252e%252E/close"]);
});

it("sends the same bytes again, signed anew, with the URL, headers and secret of now", async () => {
  answer = { status: 500 };
  const first = await send({ secret: SECRET });
  if (first.result.outcome !== "failed") throw new Error("expected a failure");
  answer = {};
  const second = await send(
    { secret: "another12345", headers: [{ name: "X-New", value: "1" }], body: { type: "raw", content: "{}" } },
    { path: "/moved", attempt: 2, frozen: first.result.freeze ?? null, record: { total: "1" }, now: Date.now() + 5_000 },
  );
  expect(second.result.outcome).toBe("succeeded");
  expect([second.received?.url, second.received?.body, second.received?.headers["x-new"]]).toEqual(["/moved", first.received?.body, "1"]);
  expect(second.received?.headers["webhook-id"]).toBe(first.received?.headers["webhook-id"]);
  expect(second.received?.headers["webhook-timestamp"]).not.toBe(first.received?.headers["webhook-timestamp"]);
  const headers = second.received?.headers as Record<string, string>; // none of them was sent twice
  expect(() => new Verifier("another12345", { format: "raw" }).verify(second.received?.body ?? "", headers)).not.toThrow();
});

it("stops with its attempt, to be tried again", async () => {
  answer = "silence";
  const stop = new AbortController();
  const running = handler().run(input(define(), { signal: stop.signal }));
  await vi.waitUntil(() => server.received.length === 1);
  stop.abort();
  expect(await running).toMatchObject({ outcome: "failed", retry: true, error: expect.stringContaining("stopping") });
});

it("asks for the contact only where something names it", async () => {
  const lookup = vi.fn<ActionInput<Webhook>["lookup"]>(async () => null);
  await send({}, { lookup });
  expect(lookup).not.toHaveBeenCalled();
  const { received } = await send({ body: { type: "raw", content: '{"n": "${CONTACT.CONTACT_NAME}"}' } }, { lookup });
  expect([lookup.mock.calls, received?.body]).toEqual([[["contacts", "7"]], '{"n": ""}']);
});

it("uses one definition object for many records", async () => {
  const one = handler();
  const definition = define({
    parameters: [{ name: "n", value: "${INVOICE.INVOICE_NUMBER}" }],
    headers: [{ name: "X-N", value: "${INVOICE.INVOICE_NUMBER}" }],
    secret: SECRET,
  });
  for (const number of ["A", "B"]) await one.run(input(definition, { record: { invoice_number: number } }));
  expect(server.received.map(({ url, headers, body }) => [url, headers["x-n"], body])).toEqual([
    ["/hook?n=A", "A", '{"invoice":{"invoice_number":"A"}}'],
    ["/hook?n=B", "B", '{"invoice":{"invoice_number":"B"}}'],
  ]);
  expect(server.connections()).toBe(1);
});

it("says how often and when it is tried", () => {
  expect([handler().attempts(webhook()), handler().attempts(webhook({ retry: { attempts: 1 } })), handler().delayAfter(1)]).toEqual([
    10, 1, 5_000,
  ]);
});

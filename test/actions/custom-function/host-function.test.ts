import { afterEach, expect, it } from "vitest";
import type { ActionInput } from "../../../src/actions/action.ts";
import { createCustomFunctionHandler, type HostFunction } from "../../../src/actions/custom-function/handler.ts";
import { compileTemplate } from "../../../src/actions/placeholders/placeholders.ts";
import { CustomFunction } from "../../../src/model/actions/custom-function.ts";
import { CATALOGUE } from "../../../src/model/catalogue.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { resolveModules } from "../../../src/model/module.ts";
import { Organization } from "../../../src/model/organization.ts";
import { createHttpClient } from "../../../src/outbound/http.ts";
import type { MailMessage } from "../../../src/outbound/mail.ts";
import { listenHttp } from "../../outbound/listener.ts";

const modules = resolveModules(CATALOGUE, []);
const invoices = modules.get("invoices") ?? expect.unreachable("the catalogue has invoices");
const organization = Organization.parse({ name: "Zylker" });
const unused = (): never => expect.unreachable("this function has no use for this");

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Spec = {
  readonly name?: string;
  readonly language?: string;
  readonly code?: string;
  readonly parameters?: readonly object[];
  readonly connections?: readonly string[];
};

function define(spec: Spec = {}): CustomFunction {
  return CustomFunction.parse({ name: "apply-late-fee", module: "invoices", language: "host", ...spec });
}

async function prepare(functions: Record<string, HostFunction>, { expires = false } = {}) {
  const receiver = await listenHttp(({ url }, response) => response.writeHead(201).end(JSON.stringify({ url })));
  const http = createHttpClient({ allow: ["127.0.0.0/8"], ports: [receiver.port], userAgent: "test" });
  closing.push(
    () => http.close(),
    () => receiver.close(),
  );
  const mails: MailMessage[] = [];
  const logged: string[] = [];
  const handler = createCustomFunctionHandler({
    functions,
    http,
    mailer: {
      send: async (mail) => {
        mails.push(mail);
        return { accepted: mail.to, rejected: [] };
      },
    },
    log: {
      info: (_, line) => logged.push(`info ${line}`),
      warn: (_, line) => logged.push(`warn ${line}`),
      error: (_, line) => logged.push(`error ${line}`),
    },
    expand: compileTemplate,
    deadline: (_, expire) => {
      if (expires) queueMicrotask(expire);
      return () => undefined;
    },
  });
  const run = (spec?: Spec) => handler.run(inputFor(define(spec)));
  return { handler, run, receiver, mails, logged };
}

function inputFor(definition: CustomFunction): ActionInput<CustomFunction> {
  return {
    definition,
    runId: "run_1",
    attempt: 1,
    now: 0,
    organization,
    module: invoices,
    modules,
    rule: null,
    event: null,
    record: { invoice_id: "90300", invoice_number: "INV-1" },
    recordId: "90300",
    previous: { invoice_number: "INV-0" },
    user: null,
    frozen: null,
    lookup: unused,
    template: unused,
    notify: unused,
    updateRecord: unused,
    records: { get: async (module, id): Promise<JsonObject> => ({ module, id }), query: unused, create: unused, update: unused },
    signal: new AbortController().signal,
  };
}

it("tells a function the record, the one before, the organization's map and its expanded parameters", async () => {
  const { run } = await prepare({
    applyLateFee: ({ record, previous, organization: map, user, parameters }) => [record, previous, map["name"], user, parameters],
  });
  const result = await run({ parameters: [{ name: "number", value: "no. ${INVOICE.INVOICE_NUMBER}" }] });
  expect(result).toEqual({
    outcome: "succeeded",
    response: {
      result: [{ invoice_id: "90300", invoice_number: "INV-1" }, { invoice_number: "INV-0" }, "Zylker", null, { number: "no. INV-1" }],
    },
  });
});

it.each(["apply-late-fee", "applyLateFee"])("finds %s as applyLateFee", async (name) => {
  const { run } = await prepare({ applyLateFee: () => 1 });
  expect(await run({ name })).toMatchObject({ outcome: "succeeded", response: { result: 1 } });
});

it("ends the run where there is no such function, and names those there are", async () => {
  const { run } = await prepare({ one: () => 1, two: () => 2 });
  expect(await run()).toMatchObject({ outcome: "failed", retry: false, error: expect.stringMatching(/"apply-late-fee".*one, two/) });
});

it("lends the guarded client", async () => {
  const { run, receiver } = await prepare({
    applyLateFee: async ({ parameters }, { http }) => {
      const got = await http.get(`${parameters["base"]}/a`, { parameters: { q: "x y" } });
      const put = await http.request({ method: "PUT", url: `${parameters["base"]}/b`, headers: { "X-One": "1" }, body: { total: 1 } });
      return [got.status, got.json, put.body];
    },
  });
  const result = await run({ parameters: [{ name: "base", value: `http://127.0.0.1:${receiver.port}` }] });
  expect(result).toMatchObject({ outcome: "succeeded", response: { result: [201, { url: "/a?q=x+y" }, '{"url":"/b"}'] } });
  expect(receiver.received.map(({ method, body }) => [method, body])).toEqual([
    ["GET", ""],
    ["PUT", '{"total":1}'],
  ]);
  expect(receiver.received[1]?.headers).toMatchObject({ "x-one": "1", "content-type": "application/json" });
});

it("does not lend more than the guard allows", async () => {
  const { run } = await prepare({ applyLateFee: (_, { http }) => http.get("http://10.0.0.1/") });
  expect(await run()).toMatchObject({ outcome: "failed", error: expect.stringContaining("the function failed") });
});

it("lends the records and the mailer", async () => {
  const { run, mails } = await prepare({
    applyLateFee: async (_, { records, mail }) => {
      await mail.send({ to: "a@b.example", subject: "Fee", html: "<b>5</b>", text: "5" });
      return records.get("invoices", "7");
    },
  });
  expect(await run()).toMatchObject({ outcome: "succeeded", response: { result: { module: "invoices", id: "7" } } });
  expect(mails).toMatchObject([{ to: ["a@b.example"], subject: "Fee", html: "<b>5</b>", text: "5" }]);
});

it("keeps what is logged, up to a bound, also where the function fails", async () => {
  const { run, logged } = await prepare({
    applyLateFee: (_, { log }) => {
      log.info("a", { b: 1 });
      log.warn("careful");
      log.error("x".repeat(5000));
      for (let line = 0; line < 500; line++) log.info(line);
      throw new Error("no fee today");
    },
  });
  const result = await run();
  expect(result).toMatchObject({ outcome: "failed", retry: true, error: expect.stringContaining("no fee today") });
  expect(logged.slice(0, 2)).toEqual(["info a { b: 1 }", "warn careful"]);
  const lines = result.outcome === "failed" ? result.response?.["log"] : null;
  expect(lines).toHaveLength(101);
  expect(lines).toMatchObject({ 0: "a { b: 1 }", 1: "warn: careful", 2: expect.stringMatching(/^error: x{900,1000}$/) });
});

it("fails an attempt whose time is over and says that the function may still be running; its tools work no more", async () => {
  let late: Promise<unknown> = Promise.resolve();
  let wake = (): void => undefined;
  const { run } = await prepare(
    {
      applyLateFee: (_, { records }) => {
        late = new Promise<void>((resolve) => (wake = resolve)).then(() => records.get("invoices", "7"));
        return late;
      },
    },
    { expires: true },
  );
  expect(await run()).toMatchObject({ outcome: "failed", error: expect.stringMatching(/5 s.*still be running/) });
  wake();
  await expect(late).rejects.toThrow("time is over");
});

it("cuts a long result at 16 KB", async () => {
  const { run } = await prepare({ applyLateFee: () => "x".repeat(20_000) });
  const result = await run();
  expect(result.outcome === "succeeded" && result.response?.["result"]).toHaveLength(16_384);
});

it.each<[Spec, string[]]>([
  [{}, []],
  [{ code: "x" }, ["code"]],
  [{ language: "javascript", code: "x" }, []],
  [{ language: "javascript" }, ["code"]],
  [{ connections: ["erp"] }, ["connections.0"]],
  [{ parameters: [{ name: "a", value: "${INVOICE.NUMBR}" }] }, ["parameters.0.value"]],
])("check of %j finds mistakes at %j", async (spec, paths) => {
  const { handler } = await prepare({ applyLateFee: () => 1 });
  const issues = handler.check(define(spec), {
    organization,
    module: invoices,
    modules,
    template: () => null,
    templates: [],
    connections: [],
  });
  expect(issues.map(({ path }) => path)).toEqual(paths);
});

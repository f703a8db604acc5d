import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NamedKind } from "../../src/engine/definitions/view.ts";
import { KINDS } from "../../src/model/definition.ts";
import { ErrorAnswer } from "../../src/rest/answers.ts";
import { EXAMPLES } from "../../src/rest/definition-examples.ts";
import { DEFINITION_KINDS } from "../../src/rest/definition-kinds.ts";
import { definitionSchemas } from "../../src/rest/definition-schemas.ts";
import { copyOf, liveServer, ruleOf, save, type LiveServer } from "./live.ts";
import { testServer } from "./support.ts";
import { testEngine } from "../support/engine.ts";

let server: LiveServer;
beforeEach(async () => {
  server = await liveServer();
});
afterEach(() => server.close());

/** Keys to change of a document of each kind, and another value for the last. */
const CHANGES: { readonly [K in NamedKind]: readonly [first: object, second: object] } = {
  WorkflowRule: [{ description: "one" }, { description: "two" }],
  EmailTemplate: [{ text: "one" }, { text: "two" }],
  EmailAlert: [{ replyTo: "one@zylker.example" }, { replyTo: "two@zylker.example" }],
  InAppNotification: [{ message: "one" }, { message: "two" }],
  FieldUpdate: [{ value: "2030-01-01" }, { value: "2031-01-01" }],
  Webhook: [{ method: "PUT" }, { method: "DELETE" }],
  CustomFunction: [{ timeoutSeconds: 9 }, { timeoutSeconds: 10 }],
  Schedule: [{ catchUp: "all" }, { catchUp: "skip" }],
  Connection: [{ token: { env: "ONE" } }, { token: { env: "TWO" } }],
};

async function saveExamples(): Promise<void> {
  // The table is written with all nine kinds, in the order in which one refers to another.
  for (const kind of Object.keys(EXAMPLES) as NamedKind[]) await save(server, pathOf(kind), EXAMPLES[kind]);
}

function pathOf(kind: NamedKind): string {
  return DEFINITION_KINDS.find((of) => of.kind === kind)?.path ?? "";
}

describe("the nine kinds", () => {
  it.each(DEFINITION_KINDS)("$path: from the first save to the last", async ({ kind, path, one }) => {
    await saveExamples();
    const { answer, version } = definitionSchemas(kind, one);
    const [first, second] = CHANGES[kind];
    const document = { ...EXAMPLES[kind], name: "another" };
    const at = new Date(server.app.clock.now()).toISOString();

    const made = await server.send("POST", `/v1/${path}`, document);
    expect([made.status, made.body]).toEqual([
      201,
      {
        ...KINDS[kind].parse(document),
        id: expect.stringMatching(/^[a-z]{3}_/),
        version: 1,
        active: true,
        managedBy: "api",
        createdAt: at,
        updatedAt: at,
        ...(kind === "WorkflowRule" && { order: 2 }),
      },
    ]);
    const own = `/v1/${path}/${String(made.body["id"])}`;
    expect(made.headers).toMatchObject({ location: own, etag: '"1"' });
    expect(await server.send("GET", own)).toMatchObject({ status: 200, body: made.body, headers: { etag: '"1"' } });
    expect(answer.parse(made.body)).toEqual(made.body);
    expect(await server.send("POST", `/v1/${path}`, document)).toMatchObject({ status: 409, body: { code: "conflict" } });

    const { module } = KINDS[kind].parse(document) as { module?: string };
    const names = async (query: string) => (await server.all(`/v1/${path}${query}`)).map(({ name }) => String(name));
    const both = kind === "WorkflowRule" ? [EXAMPLES[kind].name, "another"] : ["another", EXAMPLES[kind].name];
    expect(await names("")).toEqual(both);
    expect(await names("?active=true")).toEqual(both);
    expect(await names("?active=false")).toEqual([]);
    expect(await names(`?module=${module ?? "invoices"}`)).toEqual(module === undefined ? [] : both);
    expect(await names("?module=bills")).toEqual([]);

    server.app.clock.moveBy(1000);
    const replaced = await server.send("PUT", own, { ...document, ...first });
    expect([replaced.status, replaced.headers["etag"], replaced.body]).toEqual([
      200,
      '"2"',
      { ...copyOf(made.body), ...first, version: 2, updatedAt: new Date(server.app.clock.now()).toISOString() },
    ]);
    // What GET gave can be sent back, and says nothing new.
    expect(await server.send("PUT", own, replaced.body)).toMatchObject({ status: 200, body: replaced.body });
    const patched = await server.send("PATCH", own, second);
    expect([patched.status, patched.body]).toEqual([200, { ...copyOf(replaced.body), ...second, version: 3 }]);
    const [key = ""] = Object.keys(second);
    const taken = await server.send("PATCH", own, { [key]: null });
    // A key without a default has to be there.
    const isNeeded = key === "value" || key === "token";
    const without = { ...KINDS[kind].parse(isNeeded ? document : { ...document, [key]: undefined }), ...givenOf(taken.body), version: 4 };
    expect(isNeeded ? [taken.status, taken.body["code"]] : taken.body).toEqual(isNeeded ? [400, "validation_failed"] : without);

    const versions = await server.all(`${own}/versions`);
    const latest = Number((await server.send("GET", own)).body["version"]);
    expect(versions.map((each) => each["version"])).toEqual(Array.from({ length: latest }, (_, index) => latest - index));
    for (const each of versions) expect(version.parse(each)).toEqual(each);
    expect(versions.at(-1)).toEqual({ ...KINDS[kind].parse(document), version: 1, createdAt: at });

    const back = await server.send("POST", `${own}/rollback`, { version: 2 });
    expect([back.status, back.headers["etag"], back.body]).toEqual([
      200,
      `"${latest + 1}"`,
      { ...copyOf(replaced.body), version: latest + 1, updatedAt: back.body["updatedAt"] },
    ]);
    expect(await server.send("POST", `${own}/rollback`, { version: 99 })).toMatchObject({ status: 404, body: { code: "not_found" } });

    expect(await server.send("DELETE", own)).toMatchObject({ status: 204, body: null });
    for (const [method, rest, body] of [
      ["GET", "", undefined],
      ["PUT", "", document],
      ["PATCH", "", second],
      ["DELETE", "", undefined],
      ["GET", "/versions", undefined],
      ["POST", "/rollback", { version: 1 }],
    ] as const)
      expect(await server.send(method, own + rest, body)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await names("")).toEqual([EXAMPLES[kind].name]);
  });

  it("have ids of their own: one kind's id is not found among another's", async () => {
    await saveExamples();
    const id = String((await server.all("/v1/webhooks"))[0]?.["id"]);
    for (const { path } of DEFINITION_KINDS)
      expect((await server.send("GET", `/v1/${path}/${id}`)).status).toBe(path === "webhooks" ? 200 : 404);
  });

  it.each(DEFINITION_KINDS)("$path: says what its routes do not take", async ({ path }) => {
    for (const [method, url, body, message] of [
      ["GET", `/v1/${path}?name=x`, undefined, 'name: unknown key "name"'],
      ["GET", `/v1/${path}?limit=0`, undefined, 'limit: expected a whole number from 1 to 200, got "0"'],
      ["GET", `/v1/${path}?active=yes`, undefined, 'active: expected one of true, false, got "yes"'],
      ["GET", `/v1/${path}/x?limit=1`, undefined, 'limit: unknown key "limit"'],
      ["POST", `/v1/${path}?x=1`, {}, 'x: unknown key "x"'],
      ["PUT", `/v1/${path}/x?x=1`, {}, 'x: unknown key "x"'],
      ["DELETE", `/v1/${path}/x`, { a: 1 }, "This route takes no body"],
      ["POST", `/v1/${path}/x/rollback`, {}, "version: expected a whole number from 1, got nothing"],
      ["POST", `/v1/${path}/x/rollback`, { version: 1, to: 1 }, 'to: unknown key "to"'],
      ["POST", `/v1/${path}`, undefined, "Expected a JSON body, got none"],
      ["PATCH", `/v1/${path}/x`, undefined, "Expected a JSON body, got none"],
    ] as const) {
      const answer = await server.send(method, url, body);
      expect([method, url, answer.status, ErrorAnswer.parse(answer.body).message]).toEqual([method, url, 400, message]);
    }
  });
});

/** What the engine adds to a document. */
function givenOf(view: object): object {
  const given = ["id", "version", "active", "managedBy", "order", "createdAt", "updatedAt"];
  return Object.fromEntries(Object.entries(view).filter(([key]) => given.includes(key)));
}

describe("what uses what", () => {
  it("an action that rules use is not deleted, and the answer names them", async () => {
    await saveExamples();
    const id = await save(server, "webhooks", { name: "used", module: "invoices", url: "https://erp.example/" });
    const rule = await save(server, "workflow-rules", ruleOf("webhook", "used"));
    const answer = await server.send("DELETE", `/v1/webhooks/${id}`);
    expect([answer.status, ErrorAnswer.parse(answer.body)]).toEqual([
      409,
      {
        code: "conflict",
        message: 'webhook "used" is in use: workflow rule "runs used" would not work any more; change it first',
        issues: [
          {
            path: "conditions.0.immediateActions.0.name",
            message: `workflow rule "runs used" (${rule}): unknown Webhook of module invoices "used"`,
          },
        ],
        requestId: answer.headers["x-request-id"],
      },
    ]);
    await server.send("DELETE", `/v1/workflow-rules/${rule}`);
    expect((await server.send("DELETE", `/v1/webhooks/${id}`)).status).toBe(204);
  });

  it.each(["email-templates", "email-alerts", "connections", "custom-functions"])("one of %s in use is not deleted", async (path) => {
    await saveExamples();
    const [first] = await server.all(`/v1/${path}`);
    expect(await server.send("DELETE", `/v1/${path}/${String(first?.["id"])}`)).toMatchObject({ status: 409, body: { code: "conflict" } });
  });
});

describe("If-Match on a definition of version 3", () => {
  it.each([
    ["PUT", '"3"', 200],
    ["PUT", '"2"', 412],
    ["PUT", '"2", "3"', 200],
    ["PUT", "*", 200],
    ["PUT", 'W/"3"', 412],
    ["PUT", "3", 400],
    ["PATCH", '"3"', 200],
    ["PATCH", '"1"', 412],
    ["DELETE", '"3"', 204],
    ["DELETE", '"4"', 412],
  ] as const)("%s %s: %i", async (method, tag, status) => {
    const document = { name: "a", module: "invoices", url: "https://erp.example/" };
    const id = await save(server, "webhooks", document);
    for (const description of ["two", "three"]) await server.send("PATCH", `/v1/webhooks/${id}`, { description });
    const body = method === "DELETE" ? undefined : { ...document, description: "four" };
    const answer = await server.send(method, `/v1/webhooks/${id}`, body, { "if-match": tag });
    const now = await server.send("GET", `/v1/webhooks/${id}`);
    expect([answer.status, now.headers["etag"]]).toEqual([status, { 200: '"4"', 204: undefined, 400: '"3"', 412: '"3"' }[status]]);
    expect(answer.body?.["code"]).toBe({ 200: undefined, 204: undefined, 400: "validation_failed", 412: "precondition_failed" }[status]);
  });

  it.each([["PUT"], ["PATCH"], ["DELETE"]] as const)(
    "%s sees what another process has written, which this one has not heard of",
    async (method) => {
      const document = { name: "a", module: "invoices", url: "https://erp.example/" };
      const mine = await testServer();
      const made = await mine.send("POST", "/v1/webhooks", document);
      const id = String(made.body["id"]);
      const other = await testEngine({ store: mine.store });
      await other.engine.definitions.patch("default", "Webhook", id, { description: "theirs" });
      await other.engine.stop(0);
      expect(await mine.send("GET", `/v1/webhooks/${id}`)).toMatchObject({ headers: { etag: '"1"' } });
      const answer = await mine.send(method, `/v1/webhooks/${id}`, method === "DELETE" ? undefined : document, { "if-match": '"1"' });
      expect([answer.status, answer.body["code"]]).toEqual([412, "precondition_failed"]);
      expect(await mine.send("GET", `/v1/webhooks/${id}`)).toMatchObject({ headers: { etag: '"2"' }, body: { description: "theirs" } });
      await mine.close();
    },
  );

  it("is another one once it is switched off, so that what was read before does not start it again", async () => {
    await save(server, "webhooks", { name: "used", module: "invoices", url: "https://erp.example/" });
    const id = await save(server, "workflow-rules", ruleOf("webhook", "used"));
    const before = await server.send("GET", `/v1/workflow-rules/${id}`);
    await server.send("POST", `/v1/workflow-rules/${id}/deactivate`);
    const answer = await server.send("PUT", `/v1/workflow-rules/${id}`, before.body, { "if-match": String(before.headers["etag"]) });
    expect([answer.status, answer.body["code"]]).toEqual([412, "precondition_failed"]);
    expect((await server.send("GET", `/v1/workflow-rules/${id}`)).body).toMatchObject({ active: false });
  });

  it("asks nothing of what is not there: 404", async () => {
    expect((await server.send("DELETE", "/v1/webhooks/none", undefined, { "if-match": "*" })).status).toBe(404);
  });
});

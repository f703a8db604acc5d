import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeEach(async () => {
  server = await testServer();
});
afterEach(() => server.close());

const all = "/v1/modules/invoices/records";
const one = `${all}/1`;

describe("records", () => {
  it("creates, with the id in Location and the revision as ETag", async () => {
    const made = await server.send("POST", all, { invoice_id: "a/b ü", total: 1 });
    expect([made.status, made.body]).toEqual([201, { invoice_id: "a/b ü", total: 1 }]);
    expect(made.headers).toMatchObject({ etag: '"1"', location: "/v1/modules/invoices/records/a%2Fb%20%C3%BC" });
    const read = await server.send("GET", String(made.headers["location"]));
    expect([read.status, read.body, read.headers["etag"]]).toEqual([200, made.body, '"1"']);
    const named = await server.send("POST", "/v1/modules/customers/records", { contact_name: "Bo" });
    expect(named.body).toEqual({ contact_id: expect.stringMatching(/^rec_/), contact_name: "Bo" });
    expect(named.headers["location"]).toBe(`/v1/modules/contacts/records/${String(named.body["contact_id"])}`);
    expect(await server.send("POST", all, { invoice_id: "a/b ü" })).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  it("replaces, changes and deletes, each an event of origin api", async () => {
    expect(await server.send("PUT", one, { total: 1 })).toMatchObject({
      status: 201,
      body: { invoice_id: "1", total: 1 },
      headers: { etag: '"1"' },
    });
    expect(await server.send("PUT", one, { status: "sent" })).toMatchObject({
      status: 200,
      body: { invoice_id: "1", status: "sent" },
      headers: { etag: '"2"' },
    });
    expect(await server.send("PATCH", one, { total: 2 })).toMatchObject({
      status: 200,
      body: { invoice_id: "1", status: "sent", total: 2 },
      headers: { etag: '"3"' },
    });
    expect(await server.send("DELETE", one)).toMatchObject({ status: 204, body: null });
    expect(await server.send("GET", one)).toMatchObject({ status: 404, body: { code: "not_found" } });
    const { body } = await server.send("GET", "/v1/events?origin=api");
    expect(body["data"]?.map((event) => event["type"])).toEqual(["deleted", "edited", "edited", "created"]);
  });

  it.each([
    ["PUT", '"3"', 200],
    ["PUT", '"2"', 412],
    ["PUT", '"2", "3"', 200],
    ["PUT", "*", 200],
    ["PUT", 'W/"3"', 412],
    ["PUT", '"abc"', 412],
    ["PUT", '"03"', 412],
    ["PUT", "3", 400],
    ["PUT", '"3', 400],
    ["PUT", "", 400],
    ["PATCH", '"3"', 200],
    ["PATCH", '"2"', 412],
    ["PATCH", "*", 200],
    ["DELETE", '"3"', 204],
    ["DELETE", '"4"', 412],
    ["DELETE", "*", 204],
  ] as const)("%s with If-Match %s on revision 3: %i", async (method, tag, status) => {
    for (const total of [1, 2, 3]) await server.send("PUT", one, { total });
    const answer = await server.send(method, one, method === "DELETE" ? undefined : { total: 4 }, { "if-match": tag });
    const now = await server.send("GET", one);
    // Refused: as it was; else whatever comes after revision 3.
    const revision = { 200: '"4"', 204: undefined, 400: '"3"', 412: '"3"' }[status];
    expect([answer.status, now.headers["etag"]]).toEqual([status, revision]);
    expect(answer.body?.["code"]).toBe({ 200: undefined, 204: undefined, 400: "validation_failed", 412: "precondition_failed" }[status]);
  });

  it("says what an If-Match looks like where it is none", async () => {
    const { status, body } = await server.send("PATCH", "/v1/modules/invoices/records/1", { total: 1 }, { "if-match": "3" });
    expect({ status, issues: body["issues"] }).toEqual({
      status: 400,
      issues: [{ path: "If-Match", message: 'expected an ETag with its quotes, such as "3", or several with commas between them, or *' }],
    });
  });

  it.each(["PUT", "PATCH", "DELETE"] as const)("%s with If-Match * asks that the record be there", async (method) => {
    expect((await server.send(method, one, method === "DELETE" ? undefined : {}, { "if-match": "*" })).status).toBe(412);
    expect((await server.send("GET", one)).status).toBe(404);
  });

  it("lets one of many writers with the same ETag through", async () => {
    await server.send("PUT", one, { total: 0 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => server.send("PATCH", one, { total: i + 1 }, { "if-match": '"1"' })),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(19).fill(412)]);
    expect((await server.send("GET", one)).headers["etag"]).toBe('"2"');
  });

  it("loses none of many writers that ask for any ETag", async () => {
    await server.send("PUT", one, {});
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => server.send("PATCH", one, { [`k${i}`]: i }, { "if-match": "*" })),
    );
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(Object.keys((await server.send("GET", one)).body)).toHaveLength(21);
  });

  it.each([
    ["POST", all, "[]", 400, "validation_failed"],
    ["POST", all, '"x"', 400, "validation_failed"],
    ["PUT", one, "null", 400, "validation_failed"],
    ["PUT", one, { invoice_id: "2" }, 400, "validation_failed"],
    ["PATCH", one, { invoice_id: 2 }, 400, "validation_failed"],
    ["PATCH", one, {}, 404, "not_found"],
    ["DELETE", one, undefined, 404, "not_found"],
    ["DELETE", one, { why: "x" }, 400, "validation_failed"],
    ["GET", one, undefined, 404, "not_found"],
    ["GET", "/v1/modules/invoicez/records", undefined, 404, "not_found"],
    ["POST", "/v1/modules/invoicez/records", {}, 404, "not_found"],
    ["PUT", "/v1/modules/__proto__/records/1", {}, 404, "not_found"],
    ["PUT", "/v1/modules/constructor/records/1", {}, 404, "not_found"],
    ["GET", `${all}/${"x".repeat(2000)}`, undefined, 404, "not_found"],
    ["GET", `${all}/%ff`, undefined, 400, "validation_failed"],
  ] as const)("%s %s with %j: %i %s", async (method, url, body, status, code) => {
    const answer = await server.send(method, url, body);
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect(answer.body["requestId"]).toBe(answer.headers["x-request-id"]);
  });
});

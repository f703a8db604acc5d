import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { page } from "../../src/rest/answers.ts";
import { EmittedAnswer, EventAnswer } from "../../src/rest/log-answers.ts";
import { paid, testServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeEach(async () => {
  server = await testServer();
});
afterEach(() => server.close());

describe("POST /v1/events", () => {
  it("takes one event, with a new id where it has none", async () => {
    const { status, body } = await server.send("POST", "/v1/events", paid("1"));
    expect(status).toBe(202);
    expect(EmittedAnswer.parse(body).data).toEqual([{ id: expect.stringMatching(/^evt_/), status: "accepted" }]);
  });

  it("waits for the immediate actions when asked to", async () => {
    const { status, body } = await server.send("POST", "/v1/events?wait=true", paid("1", { id: "evt-1" }));
    expect(status).toBe(202);
    const [one] = EmittedAnswer.parse(body).data;
    expect(one?.executions).toMatchObject([
      {
        event: "evt-1",
        rule: { name: "paid", version: 1 },
        record: "1",
        condition: 1,
        runs: [{ status: "succeeded" }, { status: "succeeded" }, { status: "scheduled" }],
      },
    ]);
  });

  it("says duplicate for the same again, 409 for the same id with other content", async () => {
    await server.send("POST", "/v1/events", paid("1", { id: "evt-1" }));
    const again = await server.send("POST", "/v1/events?wait=false", paid("1", { id: "evt-1" }));
    expect([again.status, again.body]).toEqual([202, { data: [{ id: "evt-1", status: "duplicate" }] }]);
    const other = await server.send("POST", "/v1/events", paid("2", { id: "evt-1" }));
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ code: "idempotency_conflict", issues: [{ path: "id" }], requestId: other.headers["x-request-id"] });
  });

  it("stores each event of an array for itself; a conflict is a status", async () => {
    await server.send("POST", "/v1/events", paid("1", { id: "a" }));
    const { status, body } = await server.send("POST", "/v1/events", [
      paid("1", { id: "a" }),
      paid("9", { id: "a" }),
      paid("2", { id: "b" }),
    ]);
    expect(status).toBe(202);
    expect(body["data"]).toEqual([
      { id: "a", status: "duplicate" },
      { id: "a", status: "conflict" },
      { id: "b", status: "accepted" },
    ]);
  });

  it("takes 1,000 events and not 1,001", async () => {
    const many = Array.from({ length: 1001 }, (_, i) => ({ module: "quotes", type: "created", record: { quote_id: `q${i}` } }));
    const refused = await server.send("POST", "/v1/events", many);
    expect([refused.status, refused.body["message"]]).toEqual([400, "Expected 1 to 1000 events, got 1001"]);
    const taken = await server.send("POST", "/v1/events", many.slice(1));
    expect([taken.status, EmittedAnswer.parse(taken.body).data.length]).toEqual([202, 1000]);
  });

  it("refuses a whole array for one bad element and says which", async () => {
    const bad = { module: "invoices", type: "created", record: [] };
    const { status, body } = await server.send("POST", "/v1/events", [paid("1"), bad, paid("2")]);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "validation_failed", issues: [{ path: "1.record" }] });
    expect((await server.send("GET", "/v1/events")).body["data"]).toEqual([]);
  });

  it.each([
    ["a string", '"created"', ""],
    ["null", "null", ""],
    ["a number", "5", ""],
    ["no events", "[]", ""],
    ["an array in an array", "[[]]", "0"],
    ["a record in a string", '{"module":"invoices","type":"created","record":"{}"}', "record"],
    ["a number as a module", '{"module":1,"type":"created","record":{"invoice_id":"1"}}', "module"],
    ["an unknown module", '{"module":"invoice","type":"created","record":{"invoice_id":"1"}}', "module"],
    ["an unknown type", '{"module":"invoices","type":"create","record":{"invoice_id":"1"}}', "type"],
    ["no record id", '{"module":"invoices","type":"created","record":{}}', "record.invoice_id"],
    ["an id with a space", '{"id":"a b","module":"invoices","type":"created","record":{"invoice_id":"1"}}', "id"],
    ["a reserved origin", '{"origin":"fieldUpdate","module":"invoices","type":"created","record":{"invoice_id":"1"}}', "origin"],
    [
      "a far future",
      '{"occurredAt":"2027-01-01T00:00:00Z","module":"invoices","type":"created","record":{"invoice_id":"1"}}',
      "occurredAt",
    ],
  ])("refuses %s", async (_what, event, path) => {
    const { status, body } = await server.send("POST", "/v1/events", event);
    expect(status).toBe(400);
    expect(body["code"]).toBe("validation_failed");
    expect(body["issues"]?.[0]?.["path"]).toBe(path);
  });

  it("refuses an unknown key by its name", async () => {
    const { status, body } = await server.send("POST", "/v1/events", paid("1", { modul: "x" }));
    expect([status, body["code"]]).toEqual([400, "validation_failed"]);
    expect(body["message"]).toContain("modul");
  });
});

describe("GET /v1/events", () => {
  it("shows one", async () => {
    await server.send("POST", "/v1/events", paid("1", { id: "evt-1", actor: { id: "u1" }, origin: "user", previous: { invoice_id: "1" } }));
    const { status, body } = await server.send("GET", "/v1/events/evt-1");
    expect(status).toBe(200);
    expect(EventAnswer.parse(body)).toEqual({
      id: "evt-1",
      module: "invoices",
      type: "created",
      record: { invoice_id: "1", status: "paid", total: "12000.0" },
      previous: { invoice_id: "1" },
      occurredAt: "2026-11-20T09:00:00.000Z",
      storedAt: "2026-11-20T09:00:00.000Z",
      actor: { id: "u1" },
      origin: "user",
    });
  });

  it.each([
    ["module=customers", ["c"]],
    ["module=contacts&type=created", ["c"]],
    ["type=edited", ["b"]],
    ["record=1", ["b", "a"]],
    ["origin=import", ["b"]],
    ["module=invoices&origin=api", ["a"]],
    ["record=none", []],
  ])("filters by %s", async (filter, ids) => {
    await server.send("POST", "/v1/events", paid("1", { id: "a" }));
    await server.send("POST", "/v1/events", paid("1", { id: "b", type: "edited", origin: "import" }));
    await server.send("POST", "/v1/events", { id: "c", module: "customers", type: "created", record: { contact_id: "9" }, origin: "user" });
    const { body } = await server.send("GET", `/v1/events?${filter}`);
    expect(
      page(EventAnswer)
        .parse(body)
        .data.map((event) => event.id),
    ).toEqual(ids);
  });

  it("is the feed of what rules changed", async () => {
    await server.send("POST", "/v1/events?wait=true", { module: "bills", type: "created", record: { bill_id: "1", notes: "" } });
    const { body } = await server.send("GET", "/v1/events?origin=fieldUpdate");
    expect(body["data"]).toMatchObject([{ type: "edited", record: { bill_id: "1", notes: "seen" }, previous: { notes: "" } }]);
  });
});

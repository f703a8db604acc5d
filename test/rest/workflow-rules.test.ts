import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { liveServer, save, type LiveServer } from "./live.ts";

let server: LiveServer;
beforeEach(async () => {
  server = await liveServer();
  await save(server, "webhooks", { name: "erp", module: "invoices", url: `http://127.0.0.1:${server.app.receiver.port}/` });
});
afterEach(() => server.close());

const erp = { type: "webhook", name: "erp" };
const rule = (name: string) => ({
  name,
  module: "invoices",
  trigger: { type: "event", on: ["created"] },
  conditions: [{ immediateActions: [erp], timeBasedActions: [{ execute: { after: { days: 1 } }, actions: [erp] }] }],
});
const event = (id: string) => ({ id: `evt-${id}`, module: "invoices", type: "created", record: { invoice_id: id } });

async function firedBy(id: string): Promise<readonly string[]> {
  const { body } = await server.send("POST", "/v1/events?wait=true", event(id));
  return (body["data"]?.[0]?.["executions"] ?? []).map((execution) => String(execution["rule"]?.["name"]));
}

it("a rule made by REST fires at once, and its next version from then on", async () => {
  const id = await save(server, "workflow-rules", rule("a"));
  const { body } = await server.send("POST", "/v1/events?wait=true", event("1"));
  expect(body["data"]?.[0]?.["executions"]).toMatchObject([
    { rule: { id, name: "a", version: 1 }, runs: [{ status: "succeeded" }, { status: "scheduled" }] },
  ]);
  expect(server.app.receiver.received.map(({ body: sent }) => sent)).toEqual(['{"invoice":{"invoice_id":"1"}}']);
  await server.send("PATCH", `/v1/workflow-rules/${id}`, { name: "b" });
  const next = await server.send("POST", "/v1/events?wait=true", event("2"));
  expect(next.body["data"]?.[0]?.["executions"]).toMatchObject([{ rule: { id, name: "b", version: 2 } }]);
  await server.send("DELETE", `/v1/workflow-rules/${id}`);
  expect(await firedBy("3")).toEqual([]);
});

describe("deactivated", () => {
  it.each([
    ["with no body", undefined, "scheduled"],
    ["with an empty body", {}, "scheduled"],
    ["keeping its pending runs", { pendingRuns: "keep" }, "scheduled"],
    ["cancelling its pending runs", { pendingRuns: "cancel" }, "cancelled"],
  ])("%s", async (_what, body, status) => {
    const id = await save(server, "workflow-rules", rule("a"));
    await firedBy("1");
    const answer = await server.send("POST", `/v1/workflow-rules/${id}/deactivate`, body);
    expect(answer).toMatchObject({ status: 200, body: { id, active: false, version: 1 }, headers: { etag: '"1-inactive"' } });
    const { body: runs } = await server.send("GET", "/v1/action-runs");
    expect(runs["data"]?.map((run) => run["status"]).toSorted()).toEqual([status, "succeeded"].toSorted());
    expect(await firedBy("2")).toEqual([]);
    expect(await server.send("POST", `/v1/workflow-rules/${id}/activate`)).toMatchObject({ status: 200, body: { active: true } });
    expect(await firedBy("3")).toEqual(["a"]);
  });

  it.each([
    ["deactivate", { pendingRuns: "drop" }, 'pendingRuns: expected one of keep, cancel, got "drop"'],
    ["deactivate", { pending: "keep" }, 'pending: unknown key "pending"'],
    ["deactivate", "null", "expected a mapping, got null"],
    ["activate", { pendingRuns: "keep" }, "This route takes no body"],
    ["clone", [], "expected a mapping of the keys to change"],
    ["clone", { nmae: "b" }, 'nmae: unknown key "nmae"'],
  ])("%s refuses %j", async (route, body, message) => {
    const id = await save(server, "workflow-rules", rule("a"));
    const answer = await server.send("POST", `/v1/workflow-rules/${id}/${route}`, body);
    expect([answer.status, answer.body["message"]]).toEqual([400, message]);
  });
});

it("a deleted rule's pending runs are cancelled", async () => {
  const id = await save(server, "workflow-rules", rule("a"));
  await firedBy("1");
  await server.send("DELETE", `/v1/workflow-rules/${id}`);
  const { body } = await server.send("GET", "/v1/action-runs?status=cancelled");
  expect(body["data"]).toMatchObject([{ rule: { id } }]);
});

describe("clone", () => {
  it("is a copy that does not run yet", async () => {
    const id = await save(server, "workflow-rules", rule("a"));
    const first = await server.send("POST", `/v1/workflow-rules/${id}/clone`);
    expect(first).toMatchObject({
      status: 201,
      headers: { etag: '"1-inactive"', location: `/v1/workflow-rules/${String(first.body["id"])}` },
      body: { name: "a copy", active: false, version: 1, order: 2, managedBy: "api" },
    });
    expect(await server.send("GET", String(first.headers["location"]))).toMatchObject({ status: 200, body: first.body });
    const second = await server.send("POST", `/v1/workflow-rules/${id}/clone`, { name: "b", active: true, description: "d" });
    expect(second).toMatchObject({ status: 201, body: { name: "b", active: true, description: "d", order: 3 } });
    expect(await firedBy("1")).toEqual(["a", "b"]);
    expect(await server.send("POST", `/v1/workflow-rules/${id}/clone`, { name: "b" })).toMatchObject({ status: 409 });
    expect(await server.send("POST", "/v1/workflow-rules/none/clone")).toMatchObject({ status: 404 });
  });
});

describe("order", () => {
  it("is the one in which they run", async () => {
    const a = await save(server, "workflow-rules", rule("a"));
    const b = await save(server, "workflow-rules", rule("b"));
    const c = await save(server, "workflow-rules", rule("c"));
    const { status, body } = await server.send("PUT", "/v1/workflow-rules/order", { module: "invoices", ids: [c, a, b] });
    expect([status, body["data"]?.map(({ id, order }) => [id, order])]).toEqual([
      200,
      [
        [c, 1],
        [a, 2],
        [b, 3],
      ],
    ]);
    expect((await server.all("/v1/workflow-rules")).map(({ id }) => id)).toEqual([c, a, b]);
    expect(await firedBy("1")).toEqual(["c", "a", "b"]);
    expect((await server.send("GET", `/v1/workflow-rules/${a}`)).headers["etag"]).toBe('"1"');
  });

  it.each([
    ["one is missing", (a: string) => ({ module: "invoices", ids: [a] }), "ids"],
    ["one is another's", (a: string, b: string) => ({ module: "invoices", ids: [a, b, "x"] }), "ids.2"],
    ["one stands twice", (a: string, b: string) => ({ module: "invoices", ids: [a, b, a] }), "ids.2"],
    ["the module is left out", (a: string, b: string) => ({ ids: [a, b] }), "module"],
    ["ids are no list", (a: string) => ({ module: "invoices", ids: a }), "ids"],
  ])("%s: 400", async (_what, bodyOf, path) => {
    const body = bodyOf(await save(server, "workflow-rules", rule("a")), await save(server, "workflow-rules", rule("b")));
    const answer = await server.send("PUT", "/v1/workflow-rules/order", body);
    expect([answer.status, answer.body["issues"]?.[0]?.["path"]]).toEqual([400, path]);
  });
});

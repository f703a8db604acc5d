import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KINDS } from "../../src/model/definition.ts";
import { Limits } from "../../src/model/organization.ts";
import { ModuleAnswer } from "../../src/rest/modules.ts";
import { LimitsAnswer, OrganizationAnswer } from "../../src/rest/settings.ts";
import { liveServer, save, type LiveServer } from "./live.ts";

let server: LiveServer;
beforeEach(async () => {
  server = await liveServer();
});
afterEach(() => server.close());

describe("the organization", () => {
  it("has defaults, is saved as a whole, and keeps its limits where none are given", async () => {
    const first = await server.send("GET", "/v1/organization");
    expect([first.status, first.body]).toEqual([200, { ...KINDS.Organization.parse({}), managedBy: "default" }]);
    expect(OrganizationAnswer.parse(first.body)).toEqual(first.body);
    await server.send("PUT", "/v1/limits", { webhooksPerDay: 7 });
    const body = { name: "Zylker", timeZone: "Asia/Kolkata", currencyCode: "INR" };
    const saved = await server.send("PUT", "/v1/organization", body);
    expect([saved.status, saved.body]).toEqual([
      200,
      { ...KINDS.Organization.parse({ ...body, limits: { webhooksPerDay: 7 } }), managedBy: "api" },
    ]);
    expect((await server.send("GET", "/v1/organization")).body).toEqual(saved.body);
    // What GET gave can be sent back.
    expect((await server.send("PUT", "/v1/organization", saved.body)).body).toEqual(saved.body);
  });

  it.each([
    ["/v1/organization", { timeZone: "Mars/Olympus" }, "timeZone", 'expected an IANA time zone such as Asia/Kolkata, got "Mars/Olympus"'],
    ["/v1/organization", { timezone: "UTC" }, "timezone", 'unknown key "timezone"'],
    ["/v1/organization", [], "", "expected a mapping, got an empty list"],
    ["/v1/limits", { webhooksPerDay: -1 }, "webhooksPerDay", "expected a whole number from 0, got -1"],
    ["/v1/limits", { webhooks: 1 }, "webhooks", 'unknown key "webhooks"'],
  ])("%s refuses %j", async (path, body, at, message) => {
    const answer = await server.send("PUT", path, body);
    expect([answer.status, answer.body["issues"]?.[0]]).toMatchObject([400, { path: at, message }]);
    expect((await server.send("GET", "/v1/organization")).body["managedBy"]).toBe("default");
  });
});

describe("limits", () => {
  it("are saved as a whole; those left out have their defaults", async () => {
    expect((await server.send("GET", "/v1/limits")).body).toEqual(Limits.parse({}));
    await server.send("PUT", "/v1/limits", { conditionsPerRule: 3 });
    const saved = await server.send("PUT", "/v1/limits", { webhooksPerDay: 7 });
    expect([saved.status, saved.body]).toEqual([200, Limits.parse({ webhooksPerDay: 7 })]);
    expect(LimitsAnswer.parse(saved.body)).toEqual(saved.body);
    expect((await server.send("GET", "/v1/limits")).body).toEqual(saved.body);
    expect((await server.send("GET", "/v1/usage")).body["webhook"]).toEqual({ used: 0, limit: 7 });
  });

  it("hold for what is saved after them", async () => {
    await server.send("PUT", "/v1/limits", { rulesPerModule: 1 });
    await save(server, "in-app-notifications", { name: "n", module: "bills", title: "t", recipients: [{ everyone: true }] });
    const rule = (name: string) => ({
      name,
      module: "bills",
      trigger: { type: "event", on: ["created"] },
      conditions: [{ immediateActions: [{ type: "inAppNotification", name: "n" }] }],
    });
    await save(server, "workflow-rules", rule("a"));
    expect(await server.send("POST", "/v1/workflow-rules", rule("b"))).toMatchObject({ status: 422, body: { code: "limit_exceeded" } });
  });
});

describe("modules", () => {
  it("are listed by name, page by page", async () => {
    const whole = await server.send("GET", "/v1/modules?limit=200");
    const names = whole.body["data"]?.map(({ name }) => String(name)) ?? [];
    expect([names.includes("invoices"), names.toSorted(), whole.body["nextCursor"]]).toEqual([true, names, null]);
    expect((await server.all("/v1/modules")).map(({ name }) => name)).toEqual(names);
    for (const module of whole.body["data"] ?? []) expect(ModuleAnswer.parse(module)).toEqual(module);
  });

  it("are found by alias, too", async () => {
    const { body } = await server.send("GET", "/v1/modules/estimates");
    expect(body).toMatchObject({ name: "quotes", aliases: ["estimates"], builtIn: true, managedBy: "catalogue" });
    const unknown = await server.send("GET", "/v1/modules/invoice");
    expect([unknown.status, unknown.body["message"]]).toEqual([404, 'There is no module "invoice"; did you mean "invoices"?']);
  });

  it("of one's own take events and records at once", async () => {
    const body = { label: "Sites", fields: [{ name: "area", type: "decimal" }], triggers: ["handed_over"] };
    const saved = await server.send("PUT", "/v1/modules/sites", body);
    expect([saved.status, saved.body]).toEqual([
      200,
      { name: "sites", ...body, singular: "site", aliases: [], idFields: ["site_id", "id"], builtIn: false, managedBy: "api" },
    ]);
    expect((await server.send("PUT", "/v1/modules/sites", saved.body)).body).toEqual(saved.body);
    expect((await server.send("POST", "/v1/modules/sites/records", { site_id: "1", area: 2 })).status).toBe(201);
    expect((await server.send("POST", "/v1/events", { module: "sites", type: "handed_over", record: { site_id: "1" } })).status).toBe(202);
  });

  it("that are built in take more fields", async () => {
    await server.send("PUT", "/v1/modules/invoices", { fields: [{ name: "cf_stage", type: "picklist", options: ["draft", "done"] }] });
    const { body } = await server.send("GET", "/v1/modules/invoices");
    const names = body["fields"]?.map(({ name }) => String(name)) ?? [];
    expect([names.includes("total"), names.includes("cf_stage"), body["builtIn"], body["managedBy"]]).toEqual([true, true, true, "api"]);
  });

  it.each([
    ["/v1/modules/Sites", { fields: [] }, "name"],
    ["/v1/modules/sites", { fields: [{ name: "area", type: "number" }] }, "fields.0.type"],
    ["/v1/modules/sites", { field: [] }, "field"],
    ["/v1/modules/sites", "1", ""],
  ])("PUT %s refuses %j", async (path, body, at) => {
    const answer = await server.send("PUT", path, body);
    expect([answer.status, answer.body["issues"]?.[0]?.["path"]]).toEqual([400, at]);
  });
});

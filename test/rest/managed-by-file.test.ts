import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { onCreated } from "../end-to-end/application.ts";
import { liveServer, save, type LiveServer } from "./live.ts";

const BELL = `---
kind: InAppNotification
name: bell
module: invoices
title: A new invoice
recipients: [{ everyone: true }]
`;
const ORGANIZATION = `---
kind: Organization
users: [{ id: u1, name: Charles, email: charles@zylker.example }]
`;
const MODULE = `---
kind: Module
name: projects
fields: [{ name: budget, type: currency }]
`;
const FILES = BELL + onCreated("inAppNotification", "bell") + ORGANIZATION + MODULE;

let server: LiveServer;
let rule: string;
let bell: string;
beforeEach(async () => {
  server = await liveServer({ rules: () => FILES });
  rule = `/v1/workflow-rules/${String((await server.all("/v1/workflow-rules"))[0]?.["id"])}`;
  bell = `/v1/in-app-notifications/${String((await server.all("/v1/in-app-notifications"))[0]?.["id"])}`;
});
afterEach(() => server.close());

async function fired(id: string): Promise<number> {
  const event = { module: "invoices", type: "created", record: { invoice_id: id } };
  const { body } = await server.send("POST", "/v1/events?wait=true", event);
  return body["data"]?.[0]?.["executions"]?.length ?? -1;
}

describe("what came from a file", () => {
  it("is shown as such and cannot be changed here", async () => {
    for (const [own, kind] of [
      [rule, "workflow rule"],
      [bell, "in-app notification"],
    ] as const) {
      const before = await server.send("GET", own);
      expect(before.body["managedBy"]).toBe("file");
      for (const [method, path, body] of [
        ["PUT", own, before.body],
        ["PATCH", own, { name: "other" }],
        ["DELETE", own, undefined],
        ["POST", `${own}/rollback`, { version: 1 }],
      ] as const) {
        const { status, body: refused } = await server.send(method, path, body);
        expect([status, refused["code"]]).toEqual([409, "managed_by_file"]);
        expect(refused["message"]).toMatch(new RegExp(`^${kind} "bell" comes from a rule file: change it there`));
      }
      expect((await server.send("GET", own)).body).toEqual(before.body);
    }
  });

  it("keeps its name to itself", async () => {
    const { status, body } = await server.send("POST", "/v1/in-app-notifications", {
      name: "bell",
      module: "invoices",
      title: "t",
      recipients: [{ everyone: true }],
    });
    expect([status, body["code"], body["message"]]).toEqual([
      409,
      "conflict",
      'There is already an in-app notification "bell": it comes from a rule file',
    ]);
  });

  it("is the organization and its limits, and a module", async () => {
    expect((await server.send("GET", "/v1/organization")).body["managedBy"]).toBe("file");
    for (const [path, body] of [
      ["/v1/organization", { name: "Other" }],
      ["/v1/limits", { emailAlertsPerDay: 1 }],
      ["/v1/modules/projects", { fields: [] }],
    ] as const)
      expect(await server.send("PUT", path, body)).toMatchObject({ status: 409, body: { code: "managed_by_file" } });
  });

  it("can be used by what is made here", async () => {
    await save(server, "workflow-rules", {
      name: "mine",
      module: "invoices",
      trigger: { type: "event", on: ["created"] },
      conditions: [{ immediateActions: [{ type: "inAppNotification", name: "bell" }] }],
    });
    expect(await fired("1")).toBe(2);
  });
});

describe("a rule from a file", () => {
  it("stops and starts here, which holds until its document changes", async () => {
    expect(await fired("1")).toBe(1);
    const stopped = await server.send("POST", `${rule}/deactivate`);
    expect(stopped).toMatchObject({ status: 200, body: { active: false, version: 1, managedBy: "file" } });
    expect(await fired("2")).toBe(0);
    expect((await server.all("/v1/workflow-rules?active=false")).length).toBe(1);
    await server.app.apply(() => FILES);
    expect(await fired("3")).toBe(0);
    expect(await server.send("POST", `${rule}/activate`)).toMatchObject({ status: 200, body: { active: true } });
    expect(await fired("4")).toBe(1);
    await server.send("POST", `${rule}/deactivate`, {});
    await server.app.apply(() => FILES.replace("kind: WorkflowRule", "kind: WorkflowRule\ndescription: changed"));
    expect(await fired("5")).toBe(1);
    expect((await server.send("GET", rule)).body).toMatchObject({ active: true, version: 2, description: "changed" });
  });

  it("can be copied, and the copy is one's own", async () => {
    const copy = await server.send("POST", `${rule}/clone`);
    expect(copy).toMatchObject({ status: 201, body: { name: "bell copy", active: false, managedBy: "api", version: 1 } });
  });
});

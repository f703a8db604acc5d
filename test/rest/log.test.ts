import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { page } from "../../src/rest/answers.ts";
import { ActionRunAnswer, ExecutionAnswer, ListedExecutionAnswer, NotificationAnswer, UsageAnswer } from "../../src/rest/log-answers.ts";
import { paid, testServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeEach(async () => {
  server = await testServer();
});
afterEach(() => server.close());

const runs = async (filters = "") => page(ActionRunAnswer).parse((await server.send("GET", `/v1/action-runs${filters}`)).body).data;

describe("executions and action runs", () => {
  it("lists executions with the ids of their runs and shows one with its runs whole", async () => {
    await server.send("POST", "/v1/events?wait=true", paid("1", { id: "evt-1" }));
    const [listed] = page(ListedExecutionAnswer).parse((await server.send("GET", "/v1/executions")).body).data;
    const one = await server.send("GET", `/v1/executions/${listed?.id}`);
    expect(one.status).toBe(200);
    const execution = ExecutionAnswer.parse(one.body);
    expect(execution.runs.map((run) => run.id)).toEqual(listed?.runs);
    const run = await server.send("GET", `/v1/action-runs/${listed?.runs[0]}`);
    expect(ActionRunAnswer.parse(run.body)).toEqual(execution.runs[0]);
  });

  it("filters", async () => {
    await server.send("POST", "/v1/events?wait=true", paid("1", { id: "evt-1" }));
    const [run] = await runs();
    const rule = run?.rule?.id ?? "";
    const table: [string, number][] = [
      ["", 3],
      ["?status=scheduled", 1],
      ["?status=succeeded&type=webhook", 1],
      ["?type=inAppNotification", 1],
      ["?type=emailAlert", 0],
      ["?module=invoices&record=1&event=evt-1", 3],
      ["?module=bills", 0],
      ["?record=2", 0],
      [`?rule=${rule}`, 3],
      ["?rule=paid", 0],
      ["?from=2026-11-20T09:00:00Z", 3],
      ["?to=2026-11-20T09:00:00Z", 0],
      ["?to=2026-11-20T14:30:00.001%2B05:30", 3],
      ["?status=scheduled&from=2026-12-04T09:00:00Z&to=2026-12-04T09:00:00.001Z", 1],
      ["?status=scheduled&to=2026-12-04T09:00:00Z", 0],
    ];
    for (const [filters, count] of table) expect([filters, (await runs(filters)).length]).toEqual([filters, count]);
  });

  it("retries a failed run under the same id, and says why another cannot be", async () => {
    server.results.push({ outcome: "failed", error: "HTTP 500", retry: true, response: null });
    await server.send("POST", "/v1/events?wait=true", paid("1"));
    const [failed] = await runs("?status=failed");
    const retried = await server.send("POST", `/v1/action-runs/${failed?.id}/retry`);
    expect([retried.status, ActionRunAnswer.parse(retried.body).id]).toEqual([200, failed?.id]);
    await server.engine.idle();
    expect((await server.send("GET", `/v1/action-runs/${failed?.id}`)).body).toMatchObject({
      status: "succeeded",
      attempts: [{ error: "HTTP 500" }, { outcome: "succeeded" }],
    });
    const refused = await server.send("POST", `/v1/action-runs/${failed?.id}/retry`, {});
    expect([refused.status, refused.body["code"]]).toEqual([409, "conflict"]);
    expect(refused.body["message"]).toContain("succeeded");
  });

  it("cancels what has not started", async () => {
    await server.send("POST", "/v1/events?wait=true", paid("1"));
    const [waiting] = await runs("?status=scheduled");
    const cancelled = await server.send("POST", `/v1/action-runs/${waiting?.id}/cancel`);
    expect([cancelled.status, cancelled.body["status"]]).toEqual([200, "cancelled"]);
    expect((await server.send("POST", `/v1/action-runs/${waiting?.id}/cancel`)).status).toBe(409);
  });

  it.each(["retry", "cancel"])("refuses a body that %s would drop", async (verb) => {
    const { status, body } = await server.send("POST", `/v1/action-runs/x/${verb}`, { at: "tomorrow" });
    expect([status, body["code"]]).toEqual([400, "validation_failed"]);
  });
});

describe("usage and notifications", () => {
  it("tells the day's usage", async () => {
    await server.send("POST", "/v1/events?wait=true", paid("1"));
    const today = await server.send("GET", "/v1/usage");
    expect(UsageAnswer.parse(today.body)).toEqual({
      day: "2026-11-20",
      timeZone: "UTC",
      emailAlert: { used: 0, limit: 500 },
      webhook: { used: 1, limit: 500 },
      customFunction: { used: 0, limit: 500 },
    });
    expect((await server.send("GET", "/v1/usage?day=2026-11-19")).body).toMatchObject({ day: "2026-11-19", webhook: { used: 0 } });
  });

  it("rings the bell until it is read", async () => {
    await server.send("POST", "/v1/events?wait=true", paid("1"));
    const list = async (filters: string) =>
      page(NotificationAnswer).parse((await server.send("GET", `/v1/notifications${filters}`)).body).data;
    const [note] = await list("?user=u1&unread=true");
    expect(note).toMatchObject({ user: "u1", title: "Paid", module: "invoices", record: "1", read: false });
    const read = await server.send("POST", `/v1/notifications/${note?.id}/read`);
    expect([read.status, NotificationAnswer.parse(read.body).read]).toEqual([200, true]);
    expect(await list("?user=u1&unread=true")).toEqual([]);
    expect(await list("?unread=false")).toHaveLength(1);
    expect(await list("?user=u2")).toEqual([]);
  });
});

describe("list parameters", () => {
  const lists = ["/v1/events", "/v1/executions", "/v1/action-runs", "/v1/notifications", "/v1/modules/invoices/records"];

  it.each(lists)("walks every row of %s exactly once", async (list) => {
    for (let i = 0; i < 7; i++) await server.send("POST", "/v1/events?wait=true", paid(`r${i}`));
    const all = (await server.send("GET", `${list}?limit=200`)).body["data"] ?? [];
    expect(all.length).toBeGreaterThanOrEqual(7);
    const walked: unknown[] = [];
    let cursor = "";
    do {
      const { status, body } = await server.send("GET", `${list}?limit=3${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      walked.push(...(body["data"] ?? []));
      cursor = String(body["nextCursor"] ?? "");
    } while (cursor !== "");
    expect(walked).toEqual(all);
  });

  it.each(
    lists.flatMap((list) =>
      [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=1e2",
        "limit=ten",
        "limit=",
        "limit=5&limit=6",
        "cursor=",
        "cursor=%00",
        "cursor=abc",
        "cursor=WyJ4Il0&limit=1&x",
        "page=2",
        "__proto__=1",
      ].map((parameters) => [list, parameters] as const),
    ),
  )("%s refuses %s", async (list, parameters) => {
    const { status, body } = await server.send("GET", `${list}?${parameters}`);
    expect([status, body["code"]]).toEqual([400, "validation_failed"]);
  });

  it.each([
    ["/v1/action-runs?status=done", "status", "scheduled, running, retrying, succeeded, failed, skipped, cancelled"],
    ["/v1/action-runs?type=mail", "type", "emailAlert, inAppNotification, fieldUpdate, webhook, customFunction"],
    ["/v1/executions?status=", "status", "scheduled, running"],
    ["/v1/executions?from=yesterday", "from", "ISO 8601"],
    ["/v1/executions?from=2026-02-30T00:00:00Z", "from", "ISO 8601"],
    ["/v1/executions?to=2026-11-20T09:00:00+05:30", "to", "%2B"],
    ["/v1/events?origin=me", "origin", "user, api, fieldUpdate, function, sync, import"],
    ["/v1/notifications?unread=1", "unread", "true, false"],
    ["/v1/usage?day=20-11-2026", "day", "2026-11-20"],
    ["/v1/usage?day=2026-02-30", "day", "2026-11-20"],
    ["/v1/events?wait=true", "wait", 'unknown key "wait"'],
    ["/v1/events/evt-1?full=1", "full", 'unknown key "full"'],
  ])("%s says what was expected", async (url, path, expected) => {
    const { status, body } = await server.send("GET", url);
    expect(status).toBe(400);
    expect(body["issues"]?.[0]?.["path"]).toBe(path);
    expect(body["message"]).toContain(expected);
  });
});

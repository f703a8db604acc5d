import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { page } from "../../src/rest/answers.ts";
import { ActionRunAnswer } from "../../src/rest/log-answers.ts";
import { CalendarAnswer } from "../../src/rest/upcoming-answers.ts";
import { liveServer, save, type LiveServer } from "./live.ts";

let server: LiveServer;
let ids: { readonly overdue: string; readonly nightly: string };
beforeEach(async () => {
  server = await liveServer({ start: "2026-11-20T09:00:00.000Z", functions: { sync: () => null } });
  await server.send("PUT", "/v1/organization", { name: "Zylker", timeZone: "Europe/Berlin" });
  await save(server, "field-updates", { name: "note-it", module: "invoices", field: "notes", value: "noted" });
  const actions = [{ type: "fieldUpdate", name: "note-it" }];
  await save(server, "workflow-rules", {
    name: "reminder",
    module: "invoices",
    trigger: { type: "event", on: ["created"] },
    conditions: [{ timeBasedActions: [{ execute: { before: { days: 3 }, of: "due_date", at: "09:00" }, actions }] }],
  });
  const overdue = await save(server, "workflow-rules", {
    name: "overdue",
    module: "invoices",
    trigger: { type: "date", field: "due_date", when: { after: { days: 3 } }, at: "09:00" },
    conditions: [{ criteria: [{ field: "status", comparator: "notEqual", value: "paid" }], immediateActions: actions }],
  });
  await save(server, "custom-functions", { name: "sync", module: "contacts", language: "host" });
  const recurrence = { frequency: "weekly", on: { weekday: "monday" } };
  const nightly = await save(server, "schedules", { name: "weekly", function: "sync", recurrence, startsAt: "2026-11-20T18:00" });
  ids = { overdue, nightly };
  await server.app.engine.idle();
});
afterEach(() => server.close());

const created = (id: string, due_date: string | null, status = "sent") =>
  server.app.emit({ module: "invoices", type: "created", record: { invoice_id: id, status, due_date } });

describe("GET /v1/upcoming", () => {
  it("has what is planned, what dates will bring and the times of schedules, in the order in which it is due", async () => {
    await created("1", "2026-11-24");
    await created("2", "2026-11-24", "paid");
    await created("3", null);
    const { status, body } = await server.send("GET", "/v1/upcoming");
    const [first, second] = CalendarAnswer.parse(body).data;
    const rule = { id: ids.overdue, name: "overdue", version: 1 };
    const note = { module: "invoices", action: { type: "fieldUpdate", name: "note-it" } };
    const planned = { dueAt: "2026-11-21T08:00:00.000Z", ...note, rule: { name: "reminder" }, run: expect.stringMatching(/^run_/) };
    expect([first, second]).toMatchObject([
      { ...planned, record: "1" },
      { ...planned, record: "2" },
    ]);
    expect([status, { ...Object(body), data: body["data"]?.slice(2) }]).toEqual([
      200,
      {
        data: [
          {
            dueAt: "2026-11-23T17:00:00.000Z",
            rule: null,
            schedule: { id: ids.nightly, name: "weekly" },
            record: null,
            module: "contacts",
            action: { type: "customFunction", name: "sync" },
            run: null,
          },
          { dueAt: "2026-11-27T08:00:00.000Z", rule, record: "1", ...note, run: null },
        ],
        nextCursor: null,
        cutAt: null,
      },
    ]);
    expect((await server.send("GET", `/v1/action-runs/${first?.run ?? ""}`)).body).toMatchObject({ dueAt: first?.dueAt, record: "1" });
  });

  it.each([
    ["?days=1", 1, null],
    ["?days=366", 50, "2027-10-25T16:00:00.000Z"],
    ["?days=366&limit=200", 54, null],
    ["?limit=1", 1, "2026-11-23T17:00:00.000Z"],
    ["?days=366&limit=2", 2, "2026-11-27T08:00:00.000Z"],
  ])("with %s: %i, cut at %s", async (query, count, cutAt) => {
    await created("1", "2026-11-24");
    const { data, ...rest } = CalendarAnswer.parse((await server.send("GET", `/v1/upcoming${query}`)).body);
    // In a year and a day: 52 Mondays, the reminder, and what the date brings.
    expect([data.length, rest.cutAt]).toEqual([count, cutAt]);
    expect(data.map(({ dueAt }) => dueAt)).toEqual(data.map(({ dueAt }) => dueAt).toSorted((a, b) => a.localeCompare(b)));
  });

  it("is empty where nothing is to come", async () => {
    await server.send("DELETE", `/v1/schedules/${ids.nightly}`);
    expect((await server.send("GET", "/v1/upcoming?days=366")).body).toEqual({ data: [], nextCursor: null, cutAt: null });
  });

  it.each([
    ["?days=0", 'days: expected a whole number from 1 to 366, got "0"'],
    ["?days=367", 'days: expected a whole number from 1 to 366, got "367"'],
    ["?days=1.5", 'days: expected a whole number from 1 to 366, got "1.5"'],
    ["?limit=201", 'limit: expected a whole number from 1 to 200, got "201"'],
    ["?cursor=x", 'cursor: unknown key "cursor"'],
  ])("refuses %s", async (query, message) => {
    const { status, body } = await server.send("GET", `/v1/upcoming${query}`);
    expect([status, body["code"], body["message"]]).toEqual([400, "validation_failed", message]);
  });
});

describe("GET /v1/action-runs?status=scheduled", () => {
  const runs = async (query = "") => {
    const { status, body } = await server.send("GET", `/v1/action-runs?status=scheduled${query}`);
    expect(status).toBe(200);
    return page(ActionRunAnswer)
      .parse(body)
      .data.map(({ record, dueAt, reason }) => [record, dueAt, reason]);
  };

  it("is in due order, those that wait for a date last, and each where it has moved to", async () => {
    await created("late", "2026-12-31");
    await created("parked", null);
    await created("soon", "2026-12-10");
    const soon = ["soon", "2026-12-07T08:00:00.000Z", null];
    const late = ["late", "2026-12-28T08:00:00.000Z", null];
    const parked = ["parked", null, "dateEmpty"];
    expect(await runs()).toEqual([soon, late, parked]);
    expect((await server.all("/v1/action-runs?status=scheduled")).map(({ record }) => record)).toEqual(["soon", "late", "parked"]);

    const patch = (id: string, due_date: string | null) => server.send("PATCH", `/v1/modules/invoices/records/${id}`, { due_date });
    await patch("late", "2026-11-30");
    await patch("parked", "2026-12-20");
    await patch("soon", null);
    const moved = [
      ["late", "2026-11-27T08:00:00.000Z", null],
      ["parked", "2026-12-17T08:00:00.000Z", null],
      ["soon", null, "dateEmpty"],
    ];
    expect(await runs()).toEqual(moved);
    expect(await runs("&from=2026-11-27T08:00:00Z&to=2026-12-17T08:00:00Z")).toEqual(moved.slice(0, 1));
    expect(await runs("&from=2026-11-27T08:00:00.001Z")).toEqual(moved.slice(1, 2));
    expect(await runs("&record=soon")).toEqual(moved.slice(2));

    server.app.clock.moveTo("2026-11-27T08:00:00.000Z");
    await server.app.engine.idle();
    expect(await runs()).toEqual(moved.slice(1));
    expect((await server.send("GET", "/v1/action-runs?status=succeeded")).body["data"]).toMatchObject([{ record: "late" }]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActionRunAnswer } from "../../src/rest/log-answers.ts";
import { TicksAnswer } from "../../src/rest/upcoming-answers.ts";
import { liveServer, save, type LiveServer } from "./live.ts";

let server: LiveServer;
let calls: number;
beforeEach(async () => {
  calls = 0;
  server = await liveServer({
    start: "2026-11-20T09:00:00.000Z",
    functions: {
      count: () => (calls += 1),
      echo: ({ record }) => record,
      refuse: () => {
        throw new Error("the books are closed");
      },
    },
  });
  await server.send("PUT", "/v1/organization", { name: "Zylker", timeZone: "Asia/Kolkata" });
  for (const name of ["count", "echo", "refuse"]) await save(server, "custom-functions", { name, module: "contacts", language: "host" });
});
afterEach(() => server.close());

/** The contract's, section 1. */
const MONTH_END = {
  name: "month-end-discount",
  function: "count",
  recurrence: { frequency: "monthly", every: 1, on: { day: "last" } },
  startsAt: "2026-12-01T18:00",
};
const made = (more: object = {}) => save(server, "schedules", { ...MONTH_END, ...more });

describe("GET /v1/schedules/{id}/upcoming", () => {
  const ticks = async (id: string, query = "") => {
    const { status, body } = await server.send("GET", `/v1/schedules/${id}/upcoming${query}`);
    expect(status).toBe(200);
    return TicksAnswer.parse(body).data;
  };

  it("has the next ten times, as in the contract", async () => {
    const all = await ticks(await made());
    expect(all).toHaveLength(10);
    expect(all.slice(0, 3)).toEqual(["2026-12-31T12:30:00.000Z", "2027-01-31T12:30:00.000Z", "2027-02-28T12:30:00.000Z"]);
  });

  it.each([
    ["?count=1", ["2026-12-31T12:30:00.000Z"]],
    ["?count=2&from=2028-02-01T00:00:00Z", ["2028-02-29T12:30:00.000Z", "2028-03-31T12:30:00.000Z"]],
    ["?count=1&from=2027-01-31T18:00:00%2B05:30", ["2027-01-31T12:30:00.000Z"]],
    ["?count=1&from=2001-01-01T00:00:00Z", ["2026-12-31T12:30:00.000Z"]],
  ])("with %s: %j", async (query, expected) => {
    expect(await ticks(await made(), query)).toEqual(expected);
  });

  it("has 200 at most, and none where it is off or has ended", async () => {
    expect(await ticks(await made(), "?count=200")).toHaveLength(200);
    expect(await ticks(await made({ name: "off", active: false }))).toEqual([]);
    expect(await ticks(await made({ name: "ending", expires: { on: "2026-12-31" } }))).toEqual(["2026-12-31T12:30:00.000Z"]);
    const past = { recurrence: { frequency: "daily" }, startsAt: "2026-10-01T18:00", expires: { on: "2026-10-02" } };
    expect(await ticks(await made({ name: "ended", ...past }))).toEqual([]);
  });

  it.each([
    ["?count=0", 'count: expected a whole number from 1 to 200, got "0"'],
    ["?count=201", 'count: expected a whole number from 1 to 200, got "201"'],
    ["?count=ten", 'count: expected a whole number from 1 to 200, got "ten"'],
    ["?from=tomorrow", /^from: expected an ISO 8601 instant such as 2026-11-20T09:00:00Z .*, got "tomorrow"$/],
    ["?limit=5", /^limit: unknown key "limit"/],
  ])("refuses %s", async (query, message) => {
    const { status, body } = await server.send("GET", `/v1/schedules/${await made()}/upcoming${query}`);
    expect([status, body["code"]]).toEqual([400, "validation_failed"]);
    expect(body["message"]).toMatch(typeof message === "string" ? new RegExp(`^${message}$`) : message);
  });

  it("is 404 for what is not there", async () => {
    expect(await server.send("GET", "/v1/schedules/none/upcoming")).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});

describe("POST /v1/schedules/{id}/execute", () => {
  it.each([
    ["no body", undefined],
    ["an empty one", {}],
    ["an empty record", { record: {} }],
  ] as const)("with %s runs it now and answers with the action run", async (_what, sent) => {
    const id = await made();
    const { status, body } = await server.send("POST", `/v1/schedules/${id}/execute`, sent);
    expect(status).toBe(200);
    const run = ActionRunAnswer.parse(body);
    expect(run).toMatchObject({
      execution: null,
      rule: null,
      schedule: { id, name: "month-end-discount" },
      record: null,
      module: "contacts",
      action: { type: "customFunction", name: "count" },
      status: "succeeded",
      attempts: [{ number: 1, outcome: "succeeded", response: { result: 1 } }],
    });
    expect(calls).toBe(1);
    expect((await server.send("GET", `/v1/action-runs/${run.id}`)).body).toEqual(body);
    expect((await server.send("GET", `/v1/action-runs?rule=${id}`)).body["data"]).toEqual([body]);
    expect((await server.send("GET", "/v1/executions")).body["data"]).toEqual([]);
    expect((await server.send("GET", "/v1/usage")).body).toMatchObject({ customFunction: { used: 1 } });
    expect((await server.send("GET", `/v1/events/${run.event}`)).body).toMatchObject({ type: "schedule", origin: "clock", record: {} });
    expect((await server.send("GET", `/v1/events/${run.event}/explain`)).body).toEqual({ data: [] });
  });

  it("gives its function the record that is sent", async () => {
    const { body } = await server.send("POST", `/v1/schedules/${await made({ function: "echo" })}/execute`, {
      record: { contact_id: "1001" },
    });
    expect(body["attempts"]).toMatchObject([{ outcome: "succeeded", response: { result: { contact_id: "1001" } } }]);
  });

  it("says in the run why it failed", async () => {
    const { status, body } = await server.send("POST", `/v1/schedules/${await made({ function: "refuse" })}/execute`);
    expect([status, body["status"], body["attempts"]?.[0]?.["error"]]).toEqual([
      200,
      "failed",
      expect.stringContaining("the books are closed"),
    ]);
  });

  it("runs one that is off, and changes nothing of its times", async () => {
    const off = await made({ name: "off", active: false });
    expect((await server.send("POST", `/v1/schedules/${off}/execute`)).body).toMatchObject({ status: "succeeded" });
    const once = await made({ expires: { after: 1 } });
    await server.send("POST", `/v1/schedules/${once}/execute`);
    expect((await server.send("GET", `/v1/schedules/${once}/upcoming`)).body).toEqual({ data: ["2026-12-31T12:30:00.000Z"] });
  });

  it("over quota it is skipped and says so", async () => {
    await server.send("PUT", "/v1/limits", { customFunctionsPerDay: 0 });
    const { body } = await server.send("POST", `/v1/schedules/${await made()}/execute`);
    expect(ActionRunAnswer.parse(body)).toMatchObject({ status: "skipped", reason: "quotaExceeded", attempts: [] });
  });

  it.each([
    ["none", undefined, 404, "not_found"],
    ["", { record: "1001" }, 400, "validation_failed"],
    ["", { records: {} }, 400, "validation_failed"],
    ["", [], 400, "validation_failed"],
  ] as const)("refuses what it cannot do: %j with %j", async (id, body, status, code) => {
    const answer = await server.send("POST", `/v1/schedules/${id || (await made())}/execute`, body);
    expect([answer.status, answer.body["code"], calls]).toEqual([status, code, 0]);
  });
});

it("runs of its times are executions with a schedule and without a rule", async () => {
  const id = await made();
  server.app.clock.moveTo("2026-12-31T12:30:00.000Z");
  await server.app.engine.idle();
  const { body } = await server.send("GET", "/v1/executions");
  expect(body["data"]).toMatchObject([{ rule: null, schedule: { id, name: "month-end-discount" }, record: null, module: "contacts" }]);
  const { body: whole } = await server.send("GET", `/v1/executions/${String(body["data"]?.[0]?.["id"])}`);
  expect(ActionRunAnswer.parse(whole["runs"]?.[0])).toMatchObject({ execution: whole["id"], rule: null, status: "succeeded" });
});

it("an eleventh is over the limit: 422", async () => {
  for (let n = 1; n <= 10; n++) await made({ name: `s${n}` });
  const { status, body } = await server.send("POST", "/v1/schedules", MONTH_END);
  expect([status, body]).toMatchObject([422, { code: "limit_exceeded", message: "expected at most 10 schedules, this is one more" }]);
});

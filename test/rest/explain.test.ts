import { afterEach, beforeEach, expect, it } from "vitest";
import { EventExplanationAnswer, ExplanationAnswer } from "../../src/rest/explain-answers.ts";
import { liveServer, save, type LiveServer } from "./live.ts";

let server: LiveServer;
let rule: string;
beforeEach(async () => {
  server = await liveServer();
  await server.send("PUT", "/v1/organization", { name: "Zylker", timeZone: "Asia/Kolkata" });
  await save(server, "email-templates", { name: "thank-you", module: "invoices", subject: "Thank you", html: "<p>Thank you</p>" });
  for (const name of ["thank-you", "coupon-reminder"])
    await save(server, "email-alerts", { name, module: "invoices", template: "thank-you", recipients: [{ field: "email" }] });
  const big = { title: "Sale", recipients: [{ everyone: true }] };
  await save(server, "in-app-notifications", { name: "big-sale", module: "invoices", ...big });
  rule = await save(server, "workflow-rules", {
    name: "thank-you-with-coupon",
    module: "invoices",
    trigger: { type: "event", on: ["created", "edited"] },
    conditions: [
      {
        criteria: [
          { field: "status", comparator: "equal", value: "paid" },
          { field: "total", comparator: "greaterEqual", value: 500 },
        ],
        pattern: "1 AND 2",
        immediateActions: [{ type: "emailAlert", name: "thank-you" }],
        timeBasedActions: [
          { execute: { after: { days: 14 }, of: "trigger", at: "09:00" }, actions: [{ type: "emailAlert", name: "coupon-reminder" }] },
        ],
      },
      { immediateActions: [{ type: "inAppNotification", name: "big-sale" }] },
    ],
  });
});
afterEach(() => server.close());

const record = { invoice_id: "90300", status: "paid", total: "12000.0" };
/** The contract's, section 3. */
const EXPLANATION = {
  fires: true,
  reason: null,
  condition: 1,
  conditions: [
    {
      condition: 1,
      matched: true,
      pattern: "1 AND 2",
      criteria: [
        { number: 1, field: "status", comparator: "equal", expected: "paid", actual: "paid", matched: true },
        { number: 2, field: "total", comparator: "greaterEqual", expected: 500, actual: "12000.0", matched: true },
      ],
    },
    { condition: 2, matched: null, pattern: null, criteria: [] },
  ],
  plan: [
    { action: { type: "emailAlert", name: "thank-you" }, dueAt: "2026-11-20T09:00:00.000Z" },
    { action: { type: "emailAlert", name: "coupon-reminder" }, dueAt: "2026-12-04T03:30:00.000Z" },
  ],
};

it("explains a rule on a record as in the contract, to the letter, and does nothing", async () => {
  const answer = await server.send("POST", `/v1/workflow-rules/${rule}/explain`, { record, at: "2026-11-20T09:00:00Z" });
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([200, JSON.stringify(EXPLANATION)]);
  expect(ExplanationAnswer.parse(answer.body)).toEqual(EXPLANATION);
  for (const path of ["/v1/events", "/v1/executions", "/v1/modules/invoices/records"])
    expect((await server.send("GET", path)).body["data"]).toEqual([]);
});

it.each([
  ["a type that it does not look at", { record, type: "deleted" }, "eventTypeDiffers"],
  ["an origin that it does not look at", { record, origin: "import" }, "originNotListed"],
])("%s: %s", async (_what, trial, reason) => {
  const { body } = await server.send("POST", `/v1/workflow-rules/${rule}/explain`, trial);
  expect([body["fires"], body["reason"], body["condition"], body["plan"]]).toEqual([false, reason, 1, []]);
});

it("says which criterion said no, and which condition matched instead", async () => {
  const trial = { record: { ...record, total: 10 }, previous: record, type: "edited" };
  const { body } = await server.send("POST", `/v1/workflow-rules/${rule}/explain`, trial);
  expect(body["condition"]).toBe(2);
  expect(body["conditions"]?.map(({ matched, criteria }) => [matched, criteria?.map((each) => each["matched"])])).toEqual([
    [false, [true, false]],
    [true, []],
  ]);
});

it("explains a stored event for every rule of its module", async () => {
  const event = { id: "evt-1", module: "invoices", type: "created", record, occurredAt: "2026-11-20T09:00:00Z" };
  const idle = await save(server, "workflow-rules", {
    name: "deleted ones",
    module: "invoices",
    trigger: { type: "event", on: ["deleted"] },
    conditions: [{ immediateActions: [{ type: "inAppNotification", name: "big-sale" }] }],
  });
  expect((await server.send("POST", "/v1/events?wait=true", event)).status).toBe(202);
  const { status, body } = await server.send("GET", "/v1/events/evt-1/explain");
  expect([status, body["data"]?.map((each) => each["rule"])]).toEqual([
    200,
    [
      { id: rule, name: "thank-you-with-coupon", version: 1 },
      { id: idle, name: "deleted ones", version: 1 },
    ],
  ]);
  expect(EventExplanationAnswer.parse(body)).toEqual(body);
  const { plan: _later, ...expected } = EXPLANATION;
  expect(body["data"]?.[0]).toMatchObject(expected);
  expect(body["data"]?.[1]).toMatchObject({ fires: false, reason: "eventTypeDiffers" });
});

it.each([
  [{}, "record: expected a JSON object"],
  [{ record: "90300" }, 'record: expected a JSON object, got "90300"'],
  [{ record, typ: "created" }, 'typ: unknown key "typ"'],
  [{ record, at: "tomorrow" }, 'at: expected an ISO 8601 instant such as 2026-11-20T09:00:00Z, got "tomorrow"'],
  [{ record, type: "create" }, 'type: expected one of created, edited, deleted, submitted, approved, rejected, got "create"'],
])("refuses %j", async (trial, message) => {
  const { status, body } = await server.send("POST", `/v1/workflow-rules/${rule}/explain`, trial);
  expect([status, body["code"], body["message"]]).toEqual([400, "validation_failed", message]);
});

it("is 404 for what is not there", async () => {
  expect((await server.send("POST", "/v1/workflow-rules/none/explain", { record })).status).toBe(404);
  expect((await server.send("GET", "/v1/events/none/explain")).status).toBe(404);
  expect((await server.send("GET", "/v1/events/none/explain?x=1")).status).toBe(400);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMPARATORS } from "../../src/model/criterion.ts";
import { ErrorAnswer } from "../../src/rest/answers.ts";
import { liveServer, ruleOf, save, type LiveServer } from "./live.ts";

let server: LiveServer;
beforeAll(async () => {
  server = await liveServer();
  await save(server, "webhooks", { name: "erp", module: "invoices", url: "https://erp.example/" });
  await save(server, "email-templates", { name: "thanks", module: "invoices", subject: "s", html: "<p>h</p>" });
  await save(server, "workflow-rules", ruleOf("webhook", "erp"));
});
afterAll(() => server.close());

const trigger = { type: "event", on: ["created"] };
const conditions = [{ immediateActions: [{ type: "webhook", name: "erp" }] }];
const rule = { name: "new", module: "invoices", trigger, conditions };
const criteria = (...all: object[]) => ({ ...rule, conditions: [{ ...conditions[0], criteria: all }] });
const status = { field: "status", comparator: "equal", value: "paid" };
const webhook = { name: "w", module: "invoices", url: "https://erp.example/" };
const alert = { name: "a", module: "invoices", template: "thanks", recipients: [{ field: "email" }] };

describe("a wrong body", () => {
  it.each([
    ["workflow-rules", [], "", "expected a mapping, got an empty list"],
    ["workflow-rules", '"text"', "", 'expected a mapping, got "text"'],
    ["workflow-rules", {}, "name", "expected text of 1 to 100 characters, got nothing"],
    [
      "workflow-rules",
      { ...rule, kind: "WorkflowRule" },
      "kind",
      'unknown key "kind"; known keys: name, description, module, active, trigger, evaluation, grace, conditions',
    ],
    ["workflow-rules", { ...rule, nmae: "x" }, "nmae", 'unknown key "nmae"; did you mean "name"?'],
    [
      "workflow-rules",
      { ...rule, id: "mine" },
      "id",
      'unknown key "id"; known keys: name, description, module, active, trigger, evaluation, grace, conditions',
    ],
    ["workflow-rules", { ...rule, module: "invoice" }, "module", 'unknown module "invoice"; did you mean "invoices"?'],
    ["workflow-rules", { ...rule, active: "yes" }, "active", 'expected true or false, got "yes"'],
    ["workflow-rules", { ...rule, conditions: [] }, "conditions", "expected a list of 1 or more, got an empty list"],
    [
      "workflow-rules",
      { ...rule, conditions: [{}] },
      "conditions.0",
      "expected at least one action in immediateActions or timeBasedActions",
    ],
    [
      "workflow-rules",
      { ...rule, trigger: { type: "event", on: ["create"] } },
      "trigger.on.0",
      'unknown event type "create"; did you mean "created"?',
    ],
    ["workflow-rules", { ...rule, trigger: { on: ["created"] } }, "trigger.type", "expected one of event, date, got nothing"],
    [
      "workflow-rules",
      { ...rule, grace: { hour: 1 } },
      "grace",
      'expected one of minutes, hours, days, weeks, months with a whole number from 0 to 100000, got { hour }; did you mean "hours"?',
    ],
    [
      "workflow-rules",
      criteria({ ...status, comparator: "equals" }),
      "conditions.0.criteria.0.comparator",
      `expected one of ${COMPARATORS.join(", ")}, got "equals"; did you mean "equal"?`,
    ],
    [
      "workflow-rules",
      criteria({ ...status, comparator: "greaterThan" }),
      "conditions.0.criteria.0.comparator",
      "expected a comparator that picklist fields take, got greaterThan; one of equal, notEqual, contains, notContains, startsWith, endsWith, in, notIn, isEmpty, isNotEmpty, matches, changed, changedFrom, changedTo",
    ],
    [
      "workflow-rules",
      criteria({ ...status, field: "total" }),
      "conditions.0.criteria.0.value",
      'expected a number such as 12000.50, got "paid"',
    ],
    [
      "workflow-rules",
      { ...rule, conditions: [{ ...conditions[0], criteria: [status], pattern: "1 AND 2" }] },
      "conditions.0.pattern",
      `expected a criterion's number from 1 to 1 at column 7, found "2"`,
    ],
    [
      "workflow-rules",
      { ...rule, conditions: [{ immediateActions: [{ type: "webhook", name: "erq" }] }] },
      "conditions.0.immediateActions.0.name",
      'unknown Webhook of module invoices "erq"; did you mean "erp"?',
    ],
    [
      "workflow-rules",
      { ...rule, conditions: [{ immediateActions: [{ type: "mail", name: "erp" }] }] },
      "conditions.0.immediateActions.0.type",
      'expected one of emailAlert, inAppNotification, fieldUpdate, webhook, customFunction, got "mail"',
    ],
    [
      "email-alerts",
      { ...alert, recipients: [] },
      "recipients",
      "expected at least one of recipients, additionalRecipients, got an empty list",
    ],
    ["email-alerts", { ...alert, template: "thank" }, "template", 'unknown template of module invoices "thank"; did you mean "thanks"?'],
    ["email-alerts", { ...alert, from: "billing" }, "from", 'expected an email address, got "billing"'],
    [
      "email-templates",
      { name: "t", module: "invoices", subject: "{{record.total", html: "h" },
      "subject",
      "line 1, column 1: this tag is not closed with }}",
    ],
    [
      "in-app-notifications",
      { name: "n", module: "invoices", title: "t", recipients: ["everyone"] },
      "recipients.0",
      'expected { role }, { user } or { everyone: true }, got "everyone"',
    ],
    ["field-updates", { name: "f", module: "invoices", field: "status" }, "value", "expected either value or updateWithEmptyValue: true"],
    [
      "field-updates",
      { name: "f", module: "invoices", field: "total", value: "much" },
      "value",
      'expected a number such as 12000.50 for total, got "much"',
    ],
    ["webhooks", { ...webhook, url: "erp.example" }, "url", "expected a URL such as https://erp.example/hooks"],
    [
      "webhooks",
      { ...webhook, url: "https://erp.example/${INVOICE.NUMBR}" },
      "url",
      'unknown placeholder ${INVOICE.NUMBR}: INVOICE has no field "NUMBR"',
    ],
    ["webhooks", { ...webhook, secret: "short" }, "secret", "expected 12 to 50 letters and digits, or { env: NAME }, got 5 characters"],
    [
      "webhooks",
      { ...webhook, authorization: { type: "connection", connection: "erp" } },
      "authorization.connection",
      'unknown connection "erp"',
    ],
    [
      "webhooks",
      { ...webhook, body: { type: "raw", content: "{" } },
      "body.content",
      "expected JSON; give another contentType if this is meant to be something else",
    ],
    [
      "custom-functions",
      { name: "c", module: "invoices", language: "python" },
      "language",
      'expected one of javascript, host, got "python"',
    ],
    [
      "custom-functions",
      { name: "c", module: "invoices", language: "javascript" },
      "code",
      "expected the code of a function of language javascript; a rule file may also name it as file: <path>",
    ],
    [
      "schedules",
      { name: "s", function: "none", recurrence: { frequency: "daily" }, startsAt: "2026-12-01T18:00" },
      "function",
      'unknown CustomFunction "none"',
    ],
    [
      "schedules",
      { name: "s", function: "f", recurrence: { frequency: "hourly" }, startsAt: "tomorrow" },
      "recurrence.frequency",
      'expected one of daily, weekly, monthly, yearly, got "hourly"',
    ],
    [
      "connections",
      { name: "c", type: "bearer", token: "a-literal-token" },
      "token",
      "expected { env: NAME }, the environment variable that holds it, got 15 characters",
    ],
  ] as const)("%s %j: %s", async (path, body, at, message) => {
    const answer = await server.send("POST", `/v1/${path}`, body);
    const { code, issues = [] } = ErrorAnswer.parse(answer.body);
    const [first] = issues;
    expect([answer.status, code, first?.path, `${first?.message}${first?.hint === undefined ? "" : `; ${first.hint}`}`]).toEqual([
      400,
      "validation_failed",
      at,
      message,
    ]);
  });

  it("over a limit is 422 limit_exceeded, with how many there may be", async () => {
    const many = { ...rule, conditions: Array.from({ length: 11 }, () => conditions[0]) };
    const { status: code, body } = await server.send("POST", "/v1/workflow-rules", many);
    expect([code, ErrorAnswer.parse(body)]).toMatchObject([
      422,
      { code: "limit_exceeded", issues: [{ path: "conditions", message: "expected at most 10 conditions, got 11" }] },
    ]);
  });

  it("is told by PUT and PATCH as it is by POST", async () => {
    const id = await save(server, "webhooks", webhook);
    for (const [method, body] of [
      ["PUT", { ...webhook, method: "GET" }],
      ["PATCH", { method: "GET" }],
    ] as const)
      expect(await server.send(method, `/v1/webhooks/${id}`, body)).toMatchObject({
        status: 400,
        body: { issues: [{ path: "method", message: 'expected one of POST, PUT, DELETE, got "GET"' }] },
      });
    expect(await server.send("PATCH", `/v1/webhooks/${id}`, [])).toMatchObject({ status: 400, body: { code: "validation_failed" } });
  });
});

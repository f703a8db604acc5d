import { expect, it } from "vitest";
import { ErrorAnswer } from "../../src/rest/answers.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { faultyStore } from "../support/faulty-store.ts";
import { paid, testServer } from "./support.ts";

const EVENT = { module: "bills", type: "created", record: { bill_id: "1" } };
const WEBHOOK = { name: "w", module: "invoices", url: "https://erp.example/" };

it.each<[method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, body?: unknown]>([
  ["GET", "/readyz"],
  ["POST", "/v1/events", EVENT],
  ["POST", "/v1/events?wait=true", [EVENT, EVENT]],
  ["GET", "/v1/events"],
  ["GET", "/v1/executions"],
  ["GET", "/v1/action-runs/run_x"],
  ["POST", "/v1/action-runs/run_x/retry"],
  ["POST", "/v1/action-runs/run_x/cancel"],
  ["GET", "/v1/modules/invoices/records"],
  ["PUT", "/v1/modules/invoices/records/1", { invoice_id: "1" }],
  ["PATCH", "/v1/modules/invoices/records/1", { notes: "x" }],
  ["DELETE", "/v1/modules/invoices/records/1"],
  ["POST", "/v1/webhooks", WEBHOOK],
  ["PUT", "/v1/limits", { webhooksPerDay: 1 }],
  ["GET", "/v1/usage"],
  ["GET", "/v1/notifications"],
])("%s %s says 503 and when to come back while the store is away", async (method, url, body) => {
  const faulty = faultyStore(openSqliteStore(":memory:"));
  const server = await testServer({ store: faulty.store });
  faulty.goAway();
  const { status, headers, body: answer } = await server.send(method, url, body);
  expect({ status, code: answer["code"] }).toEqual({ status: 503, code: "overloaded" });
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  ErrorAnswer.parse(answer);
  // No request is a defect of ours, so none is logged as one.
  expect(server.logged).toEqual([]);
  faulty.comeBack();
  expect((await server.send("GET", "/readyz")).status).toBe(200);
  expect((await server.send("POST", "/v1/events", paid("1"))).status).toBe(202);
  await server.close();
});

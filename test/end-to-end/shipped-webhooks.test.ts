import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Received } from "../outbound/listener.ts";
import { invoice, startApplication, type TestApplication } from "./application.ts";
import { expectZohoSignature, verifyStandard } from "./receiver-checks.ts";
import { runsInWords, shippedRules } from "./shipped-rules.ts";

const ERP_SECRET = "erpSecretOf24Characters0";
const CRM_SECRET = "crmSecretOf24Characters0";

let app: TestApplication | null = null;
beforeEach(() => {
  vi.stubEnv("ERP_WEBHOOK_SECRET", ERP_SECRET);
  vi.stubEnv("CRM_WEBHOOK_SECRET", CRM_SECRET);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await app?.close();
  app = null;
});

async function start(name: string): Promise<TestApplication> {
  return (app = await startApplication({ rules: shippedRules(name) }));
}

/** The one request that came since the last look. */
function next({ receiver: { received } }: TestApplication): Received {
  const [request, ...more] = received.splice(0);
  if (!request || more.length > 0) throw new Error(`expected one request, got ${more.length + (request ? 1 : 0)}`);
  return request;
}

function expectSigned(request: Received, secret: string): void {
  verifyStandard(request, secret);
  expectZohoSignature(request, secret);
  expect(() => verifyStandard({ ...request, body: `${request.body} ` }, secret)).toThrow("No matching signature");
}

describe("tell-the-erp.yaml", () => {
  it.each([
    ["created", "POST", "/api/invoices?source=books"],
    ["edited", "PUT", "/api/invoices/INV%2F2026%2F87"],
    ["deleted", "DELETE", "/api/invoices/INV%2F2026%2F87"],
  ])("%s: a signed %s of the whole invoice to %s", async (type, method, url) => {
    const t = await start("tell-the-erp");
    const event = invoice({ invoice_id: "INV/2026/87", cf_region: "Süd" });
    await t.emit({ ...event, type });
    const request = next(t);
    expect(request).toMatchObject({
      method,
      url,
      headers: { "content-type": "application/json", "x-organization": "12345678", "webhook-id": expect.stringMatching(/^run_/) },
    });
    expect(JSON.parse(request.body)).toEqual({ invoice: Object(event).record });
    expectSigned(request, ERP_SECRET);
  });

  it("what the ERP itself changed is not sent back to it, and a rejection is none of its business", async () => {
    const t = await start("tell-the-erp");
    await t.emit({ ...invoice(), type: "edited", origin: "sync" });
    await t.emit({ ...invoice(), type: "rejected" });
    expect(await runsInWords(t)).toEqual([]);
    expect(t.receiver.received).toEqual([]);
  });
});

describe("tell-the-chat.yaml", () => {
  it("an invoice that goes overdue is one line in the channel, once, whatever its customer is called", async () => {
    const t = await start("tell-the-chat");
    const open = { due_date: "2026-11-19", balance: "1000.50", currency_code: "INR", customer_name: 'José "Joe"\nSöhne \\' };
    await t.emit(invoice({ ...open, status: "sent" }));
    expect(t.receiver.received).toEqual([]);
    await t.emit({ ...invoice({ ...open, status: "overdue" }), type: "edited" });
    const request = next(t);
    expect(request).toMatchObject({ method: "POST", url: "/services/T000", headers: { "content-type": "application/json" } });
    expect(request.headers).not.toHaveProperty("webhook-signature");
    expect(JSON.parse(request.body)).toEqual({
      text: 'INV "87" of José "Joe"\nSöhne \\ is overdue since 2026-11-19: INR 1000.50 to pay',
    });
    await t.emit({ ...invoice({ ...open, status: "sent" }), type: "edited" });
    await t.emit({ ...invoice({ ...open, status: "overdue" }), type: "edited" });
    expect(t.receiver.received).toEqual([]);
  });
});

describe("tell-the-crm.yaml", () => {
  const CUSTOMER = {
    contact_id: "7605000000197147",
    contact_name: "José & Söhne + Co",
    contact_type: "customer",
    company_name: "Söhne",
    email: "jose@customer.example",
    mobile: "+91 99999",
    billing_address: { city: "Pleasanton", country: "USA" },
    notes: "first",
  };

  it("a new customer arrives as a signed form, with what is missing left empty", async () => {
    const t = await start("tell-the-crm");
    await t.emit({ module: "contacts", type: "created", record: CUSTOMER });
    const request = next(t);
    expect(request).toMatchObject({
      method: "POST",
      url: "/forms/customer?token=replace-this-token",
      headers: { "content-type": "application/x-www-form-urlencoded", "x-source": "Zylker" },
    });
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      customer_id: "7605000000197147",
      customer_name: "José & Söhne + Co",
      company: "Söhne",
      email: "jose@customer.example",
      phone: "",
      mobile: "+91 99999",
      country: "USA",
    });
    expectSigned(request, CRM_SECRET);
  });

  it("is told of an edit of what it has, and not of another one or of a vendor", async () => {
    const t = await start("tell-the-crm");
    await t.emit({ module: "contacts", type: "created", record: { ...CUSTOMER, contact_type: "vendor" } });
    await t.emit({ module: "contacts", type: "edited", record: { ...CUSTOMER, notes: "second" }, previous: CUSTOMER });
    expect(t.receiver.received).toEqual([]);
    const moved = { ...CUSTOMER, billing_address: { city: "Lyon", country: "France" } };
    await t.emit({ module: "contacts", type: "edited", record: moved, previous: CUSTOMER });
    expect(new URLSearchParams(next(t).body).get("country")).toBe("France");
  });
});

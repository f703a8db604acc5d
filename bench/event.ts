/** The API key of every server of the bench. */
export const KEY = "benchmark-key-of-32-characters-or-more";

export const HEADERS: Readonly<Record<string, string>> = { "content-type": "application/json", authorization: `Bearer ${KEY}` };

let n = 0;

/** An invoice of about 1 KB as the seed's sample map has it; each its own record. */
export function makeEventBody(): string {
  n += 1;
  const record = {
    invoice_id: `90${n}`,
    sent_at: performance.timeOrigin + performance.now(),
    status: "paid",
    total: "12000.0",
    balance: "0.0",
    sub_total: "12000.0",
    date: "2026-06-30",
    due_date: "2026-07-30",
    customer_id: "7605000000258011",
    customer_name: "Customer",
    currency_code: "INR",
    invoice_number: `INV-${n}`,
    notes: "Thanks for your business.",
    billing_address: { zip: "94588", country: "USA", address: "4910 Hopyard Rd", city: "Pleasanton", state: "CA", fax: "Fax Number" },
    shipping_address: { zip: "94588", country: "USA", address: "4910 Hopyard Rd", city: "Pleasanton", state: "CA", fax: "Fax Number" },
    custom_fields: [{ customfield_id: "7605000000336081", label: "AutoNumber", data_type: "autonumber", value: "INV-8" }],
  };
  return JSON.stringify({ module: "invoices", type: "created", record });
}

/** One rule that such an event matches, with one signed webhook. */
export function ruleFile(url: string): string {
  return `
kind: Organization
name: Bench
limits: { webhooksPerDay: 1000000000 }
---
kind: Webhook
name: hook
module: invoices
url: ${url}
secret: benchmarkSecret12345
---
kind: WorkflowRule
name: paid
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria:
      - { field: status, comparator: equal, value: paid }
      - { field: total, comparator: greaterEqual, value: 500 }
    immediateActions: [{ type: webhook, name: hook }]
`;
}

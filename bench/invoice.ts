import type { JsonObject } from "../src/model/json.ts";

/** Park and Miller: the same records in every run. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

/** JSON of an invoice with 33 keys; one in ten has a dirty and a missing field. */
export function makeInvoice(random: (below: number) => number): string {
  const pick = <T>(values: readonly T[]): T | undefined => values[random(values.length)];
  const amount = (): string => `${random(10_000)}.${random(10)}0`;
  const date = (): string => `2026-${String(random(12) + 1).padStart(2, "0")}-${String(random(28) + 1).padStart(2, "0")}`;
  const address = (): JsonObject => ({
    address: "6/35 Garden Lane",
    city: "New Delhi",
    zip: "624001",
    country: pick(["India", "Chile", "France", "Japan", "Kenya", "Peru", "Italy", "Spain"]) ?? "",
  });
  const invoice: Record<string, unknown> = {
    invoice_id: String(90_300 + random(1e6)),
    invoice_number: `INV-${random(1e5)}`,
    date: date(),
    status: pick(["sent", "overdue", "draft", "void", "paid", "Sent", "viewed", "partially_paid"]),
    due_date: date(),
    payment_terms: 15,
    payment_terms_label: "Net 15",
    reference_number: `REF-${random(1e4)}`,
    customer_id: String(random(1e6)),
    customer_name: pick(["Zylker", "Bowman Corp", "Acme", "Initech Labs", "Northwind", "Umbrella", "Globex", "Hooli"]),
    currency_id: "460000000000097",
    currency_code: pick(["EUR", "INR", "USD", "GBP", "JPY"]),
    exchange_rate: "1.0",
    discount: "0.0",
    is_discount_before_tax: true,
    discount_type: "item_level",
    is_inclusive_tax: false,
    sub_total: amount(),
    tax_total: amount(),
    total: amount(),
    payment_made: "0.0",
    credits_applied: "0.0",
    balance: amount(),
    write_off_amount: "0.0",
    shipping_charge: "0.0",
    salesperson_name: "Charles",
    is_emailed: random(4) > 0,
    notes: random(3) === 0 ? "Thanks for your business." : "",
    terms: "",
    billing_address: address(),
    shipping_address: address(),
    created_time: `${date()}T10:15:00+0530`,
    custom_fields: ["Region", "Channel", "Segment", "Route", "Source", "Grade"].map((label) => ({
      label,
      api_name: `cf_${label.toLowerCase()}`,
      value: pick(["North", "South", "East", "West", "Center", "None", "Any"]),
    })),
  };
  if (random(10) === 0) {
    invoice[pick(["status", "total", "balance", "due_date", "customer_name", "notes", "is_emailed"]) ?? ""] = pick([
      null,
      "",
      "garbage",
      "1,000",
      [],
    ]);
    delete invoice[pick(["total", "due_date", "currency_code", "notes", "reference_number"]) ?? ""];
  }
  return JSON.stringify(invoice);
}

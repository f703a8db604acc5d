import type { z } from "zod";
import type { NamedKind } from "../engine/definitions/view.ts";
import type { KINDS } from "../model/definition.ts";

/** Of a workflow rule. */
export const EXAMPLE_ID = "rul_01JD3Y2M8K0000000000000000";

/** A body of each kind for the OpenAPI document. Saved in this order, a new server takes every one of them as it stands. */
export const EXAMPLES: { readonly [K in NamedKind]: z.input<(typeof KINDS)[K]> } = {
  Connection: { name: "erp", type: "bearer", token: { env: "ERP_TOKEN" } },
  EmailTemplate: {
    name: "thank-you",
    module: "invoices",
    subject: "Thank you, {{record.customer_name}}",
    html: "<p>We have received {{formatMoney record.total}}.</p>",
  },
  EmailAlert: {
    name: "thank-you",
    module: "invoices",
    template: "thank-you",
    from: "billing@zylker.example",
    recipients: [{ field: "email" }],
  },
  InAppNotification: {
    name: "big-sale",
    module: "invoices",
    title: "Sale worth {{formatMoney record.total}}",
    message: "{{record.customer_name}} bought for {{formatMoney record.total}}",
    recipients: [{ everyone: true }],
  },
  FieldUpdate: { name: "extend-expiry", module: "quotes", field: "expiry_date", value: { days: 30, of: "date" } },
  Webhook: {
    name: "post-to-erp",
    module: "invoices",
    method: "POST",
    url: "https://erp.example/hooks/books",
    parameters: [{ name: "invoice", value: "${INVOICE.INVOICE_NUMBER}" }],
    secret: { env: "ERP_WEBHOOK_SECRET" },
    authorization: { type: "connection", connection: "erp" },
    body: { type: "default" },
  },
  CustomFunction: {
    name: "month-end-discount",
    module: "contacts",
    language: "javascript",
    code: "export default async ({ organization }, { log }) => { log.info(organization.name); };",
  },
  Schedule: {
    name: "month-end-discount",
    function: "month-end-discount",
    recurrence: { frequency: "monthly", every: 1, on: { day: "last" } },
    startsAt: "2026-12-01T18:00",
  },
  WorkflowRule: {
    name: "thank-you-with-coupon",
    description: "A paying customer gets a coupon, and a reminder to use it.",
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
        timeBasedActions: [{ execute: { after: { days: 14 }, at: "09:00" }, actions: [{ type: "emailAlert", name: "thank-you" }] }],
      },
      { immediateActions: [{ type: "inAppNotification", name: "big-sale" }] },
    ],
  },
};

import type { Kind } from "../../model/definition.ts";

/** The shortest useful document of each kind; together they are one set whose references fit. */
export const EXAMPLES: Readonly<Record<Kind, string>> = {
  Organization: `kind: Organization
name: Zylker
timeZone: Asia/Kolkata
users:
  - { id: "7605001", name: Charles, email: charles@zylker.example, roles: [admin] }
`,
  Module: `kind: Module
name: contracts
fields:
  - { name: ends_on, type: date }
  - { name: customer_id, type: lookup, module: contacts }
`,
  EmailTemplate: `kind: EmailTemplate
name: thank-you
module: invoices
subject: "Thank you, {{record.customer_name}}"
html: "<p>Your payment of {{formatMoney record.total}} is here.</p>"
`,
  EmailAlert: `kind: EmailAlert
name: thank-you
module: invoices
template: thank-you
recipients: [{ field: email }]
`,
  InAppNotification: `kind: InAppNotification
name: big-sale
module: invoices
title: "Sale worth {{formatMoney record.total}}"
recipients: [{ role: admin }]
`,
  FieldUpdate: `kind: FieldUpdate
name: extend-expiry
module: quotes
field: expiry_date
value: { days: 30, of: date }
`,
  Connection: `kind: Connection
name: erp
type: bearer
token: { env: ERP_TOKEN }
`,
  Webhook: `kind: Webhook
name: post-to-erp
module: invoices
url: https://erp.example/hooks/invoices
secret: { env: ERP_WEBHOOK_SECRET }
`,
  CustomFunction: `kind: CustomFunction
name: apply-late-fee
module: invoices
language: javascript
code: |
  export default async ({ record }, { records }) => {
    await records.update("invoices", record.invoice_id, { late_fee: "10.00" });
  };
`,
  WorkflowRule: `kind: WorkflowRule
name: thank-you
module: invoices
trigger: { type: event, on: [created, edited], repeat: firstTime }
conditions:
  - criteria: [{ field: status, comparator: equal, value: paid }]
    immediateActions: [{ type: emailAlert, name: thank-you }]
`,
  Schedule: `kind: Schedule
name: late-fees
function: apply-late-fee
recurrence: { frequency: monthly, on: { day: last } }
startsAt: "2026-12-01T18:00"
`,
};

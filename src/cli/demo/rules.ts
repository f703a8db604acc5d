/** The seed's scenarios as a user would write them; the demo puts its own receiver's address in. */
export function demoRules(receiver: string, secret: string): string {
  return `
kind: Organization
name: Zylker
email: billing@zylker.example
timeZone: Asia/Kolkata
currencyCode: INR
currencySymbol: Rs.
dateFormat: dd MMM yyyy
users:
  - { id: "7605001", name: Charles, email: charles@zylker.example, roles: [admin] }
limits: { webhooksPerDay: 2 }
---
kind: EmailTemplate
name: thank-you
module: invoices
subject: "Thank you, {{record.customer_name}}"
html: |
  <p>Dear {{record.customer_name}},</p>
  <p>thank you for your payment of {{formatMoney record.total}}. Here is a coupon for your next purchase: <b>THANKS-10</b>.</p>
  <p>{{organization.name}}</p>
---
kind: EmailAlert
name: thank-you
module: invoices
template: thank-you
from: billing@zylker.example
recipients: [{ field: email }]
---
kind: EmailAlert
name: coupon-reminder
module: invoices
template: thank-you
from: billing@zylker.example
recipients: [{ field: email }]
---
kind: InAppNotification
name: big-sale
module: invoices
title: "Sale worth {{formatMoney record.total}}"
message: "{{record.customer_name}} bought for {{formatMoney record.total}}"
recipients: [{ role: admin }]
---
kind: FieldUpdate
name: extend-expiry
module: quotes
field: expiry_date
value: "2015-06-30"
---
kind: Webhook
name: tell-the-erp
module: invoices
url: ${receiver}/hooks/books?source=books
secret: ${secret}
---
# A paying customer gets a coupon at once and a reminder to use it two weeks later.
kind: WorkflowRule
name: thank-you-with-coupon
module: invoices
trigger: { type: event, on: [created, edited], repeat: firstTime }
conditions:
  - criteria:
      - { field: status, comparator: equal, value: paid }
      - { field: total, comparator: greaterEqual, value: 500 }
    immediateActions:
      - { type: emailAlert, name: thank-you }
      - { type: webhook, name: tell-the-erp }
    timeBasedActions:
      - execute: { after: { days: 14 }, of: trigger, at: "09:00" }
        actions: [{ type: emailAlert, name: coupon-reminder }]
---
# Everybody in charge hears of a sale above the average.
kind: WorkflowRule
name: big-sale
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria: [{ field: total, comparator: greaterThan, value: 10000 }]
    immediateActions: [{ type: inAppNotification, name: big-sale }]
---
# A quote of 500 or more stays open until 30 June.
kind: WorkflowRule
name: extend-large-quotes
module: quotes
trigger: { type: event, on: [created, edited] }
conditions:
  - criteria: [{ field: total, comparator: greaterEqual, value: 500 }]
    immediateActions: [{ type: fieldUpdate, name: extend-expiry }]
`;
}

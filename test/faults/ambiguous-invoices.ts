import { firing, send, type Scenario } from "./ambiguous-scenario.ts";

const WEBHOOKS = 2;
const MAILS = 3;

const RULES = `
kind: Organization
users: [{ id: u0, name: U0, email: u0@example.com }, { id: u1, name: U1, email: u1@example.com }]
limits: { webhooksPerDay: ${WEBHOOKS}, emailAlertsPerDay: ${MAILS} }
---
kind: Webhook
name: tell
module: invoices
url: https://erp.example/hook
---
kind: FieldUpdate
name: one-day-more
module: invoices
field: due_date
value: { days: 1, of: due_date }
---
kind: EmailAlert
name: remind
module: invoices
template: reminder
from: billing@example.com
recipients: [{ field: email }]
---
kind: InAppNotification
name: moved
module: invoices
title: Moved
recipients: [{ everyone: true }]
---
kind: WorkflowRule
name: both
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: webhook, name: tell }, { type: fieldUpdate, name: one-day-more }, { type: emailAlert, name: remind }]
    timeBasedActions: [{ execute: { after: { hours: 1 } }, actions: [{ type: emailAlert, name: remind }] }]
---
kind: WorkflowRule
name: notice
module: invoices
trigger: { type: event, on: [edited], fields: { match: any, names: [due_date] } }
conditions: [{ immediateActions: [{ type: inAppNotification, name: moved }] }]
`;

const invoice = (id: string, type: "created" | "deleted") => ({
  id: `evt-${id}-${type}`,
  module: "invoices",
  type,
  origin: "user",
  record: { invoice_id: id, due_date: "2026-01-01", email: "customer@example.com" },
});

/**
 * Webhooks of which one fails once and one finds the day's quota used up, field updates with mails that wait for them and the edits that
 * they cause, mails an hour later that find the quota used up or the record deleted.
 */
export function invoices(): Scenario {
  const created = ["1", "2", "3"].map((id) => invoice(id, "created"));
  const deleted = [invoice("2", "deleted")];
  return {
    name: "invoices",
    puts: 0,
    async play(subject) {
      await subject.ask(({ apply }) => apply(RULES));
      await send(subject, created);
      await subject.quiet();
      await send(subject, deleted);
    },
    expected: () => ({
      acknowledged: new Map([...firing(created, "both"), ...firing(deleted)]),
      cascades: new Map([["invoices", ["notice"]]]),
      firstTime: new Map(),
      records: ["1", "3"].map((id) => ({ module: "invoices", id, holds: { due_date: "2026-01-02" } })),
      limits: { webhook: WEBHOOKS, emailAlert: MAILS },
    }),
  };
}

import type { Observed } from "./invariants.ts";
import type { Receivers } from "./receivers.ts";

/** An event as a caller sends it, and the rules that must fire for it. */
export type Sent = { readonly id: string; readonly body: string; readonly rules: readonly string[] };

/** A load that uses everything, and what must have become of it. */
export type Scenario = {
  /** The rules folder's only file. */
  rules(receivers: Pick<Receivers, "port">): string;
  /** Sent before anything is killed: the records that many events are about. */
  readonly first: readonly Sent[];
  readonly events: readonly Sent[];
  /** What is expected once all of them are acknowledged. */
  expected(receivers: Pick<Receivers, "webhooks" | "mails">): Observed;
};

/** Quotes that take many events each: their updates and first-time rules meet from several processes. */
const QUOTES = 25;
const USERS = 2;
const DAY_ONE = "2026-01-01";

type Share = { readonly kind: "invoice" | "invoiceWithMail" | "count" | "first"; readonly rules: readonly string[] };
const INVOICE: Share = { kind: "invoice", rules: ["both"] };
const MAILED: Share = { kind: "invoiceWithMail", rules: ["both", "mail"] };
const COUNT: Share = { kind: "count", rules: ["count"] };
const FIRST: Share = { kind: "first", rules: [] };
/** Of ten events. */
const SHARES = [MAILED, INVOICE, COUNT, INVOICE, INVOICE, FIRST, INVOICE, COUNT, INVOICE, INVOICE] as const;

/** So many events: of every ten, seven invoices with webhook, field update and notification, one of them mailed; three about shared quotes. */
export function mixedLoad(events: number): Scenario {
  const numbers = Array.from({ length: events }, (_, n) => n);
  const of = (...kinds: readonly Share["kind"][]): readonly number[] => numbers.filter((n) => kinds.includes(shareOf(n).kind));
  const invoices = of("invoice", "invoiceWithMail");
  const limit = Math.floor(invoices.length * 0.75);
  const first = Array.from({ length: QUOTES }, (_, quote) => quoteEvent(`quote-${quote}`, quote, "created"));
  const sent = numbers.map(sentBy);
  const counted = of("count");
  return {
    rules: ({ port }) => rulesFor(port, limit),
    first,
    events: sent,
    expected: ({ webhooks, mails }) => ({
      organization: "default",
      acknowledged: new Map([...first, ...sent].map(({ id, rules }) => [id, rules])),
      cascades: new Map([["invoices", ["notice"]]]),
      firstTime: new Map([["first", new Set(of("first").map((n) => String(quoteOf(n))))]]),
      records: [
        ...invoices.map((n) => ({ module: "invoices", id: String(n), holds: { due_date: dayAfter(1) } })),
        ...first.map((_, quote) => ({
          module: "quotes",
          id: String(quote),
          holds: { expiry_date: dayAfter(counted.filter((n) => quoteOf(n) === quote).length) },
        })),
      ],
      limits: { webhook: limit },
      webhooks,
      mails: mails(),
    }),
  };
}

function shareOf(n: number): Share {
  return SHARES[n % SHARES.length] ?? INVOICE;
}

function quoteOf(n: number): number {
  return Math.floor(n / SHARES.length) % QUOTES;
}

function sentBy(n: number): Sent {
  const { kind, rules } = shareOf(n);
  if (kind === "count" || kind === "first")
    return { ...quoteEvent(`evt-${n}`, quoteOf(n), kind === "count" ? "submitted" : "approved"), rules };
  const status = kind === "invoiceWithMail" ? "overdue" : "sent";
  const record = { invoice_id: String(n), due_date: DAY_ONE, status, email: "customer@example.com" };
  return { id: `evt-${n}`, body: JSON.stringify({ id: `evt-${n}`, module: "invoices", type: "created", record }), rules };
}

/** About a quote that is already stored: older than what is stored, so that it never undoes what updates have counted. */
function quoteEvent(id: string, quote: number, type: "created" | "submitted" | "approved"): Sent {
  const record = { quote_id: String(quote), expiry_date: DAY_ONE };
  const occurredAt = type === "created" ? "2026-01-01T00:00:01Z" : "2026-01-01T00:00:00Z";
  return { id, body: JSON.stringify({ id, module: "quotes", type, record, occurredAt }), rules: [] };
}

function dayAfter(days: number): string {
  return new Date(Date.parse(DAY_ONE) + days * 86_400_000).toISOString().slice(0, 10);
}

function rulesFor(port: number, webhooks: number): string {
  return `
kind: Organization
timeZone: ${zoneFarFromMidnight()}
users: [${Array.from({ length: USERS }, (_, n) => `{ id: u${n}, name: U${n}, email: u${n}@example.com, roles: [all] }`).join(", ")}]
limits: { webhooksPerDay: ${webhooks}, emailAlertsPerDay: 1000000 }
---
kind: Webhook
name: tell
module: invoices
url: http://127.0.0.1:${port}/hook
---
kind: FieldUpdate
name: one-day-more
module: invoices
field: due_date
value: { days: 1, of: due_date }
---
kind: FieldUpdate
name: quote-one-day-more
module: quotes
field: expiry_date
value: { days: 1, of: expiry_date }
---
kind: InAppNotification
name: moved
module: invoices
title: Moved
message: "{{record.due_date}}"
recipients: [{ role: all }]
---
kind: InAppNotification
name: approved
module: quotes
title: Approved
message: "{{record.quote_id}}"
recipients: [{ role: all }]
---
kind: EmailTemplate
name: reminder
module: invoices
subject: Reminder
html: <p>Due {{record.due_date}}</p>
---
kind: EmailAlert
name: remind
module: invoices
template: reminder
from: billing@example.com
recipients: [{ field: email }]
retry: { attempts: 10 }
---
kind: WorkflowRule
name: both
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: fieldUpdate, name: one-day-more }, { type: webhook, name: tell }]
---
kind: WorkflowRule
name: notice
module: invoices
trigger: { type: event, on: [edited], fields: { match: any, names: [due_date] } }
conditions:
  - immediateActions: [{ type: inAppNotification, name: moved }]
---
kind: WorkflowRule
name: mail
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria: [{ field: status, comparator: equal, value: overdue }]
    immediateActions: [{ type: emailAlert, name: remind }]
---
kind: WorkflowRule
name: count
module: quotes
trigger: { type: event, on: [submitted] }
conditions:
  - immediateActions: [{ type: fieldUpdate, name: quote-one-day-more }]
---
kind: WorkflowRule
name: first
module: quotes
trigger: { type: event, on: [approved], repeat: firstTime }
conditions:
  - immediateActions: [{ type: inAppNotification, name: approved }]
`;
}

/** The day's quota is looked at as one day's. */
export function zoneFarFromMidnight(): string {
  return new Date().getUTCHours() < 12 ? "Etc/GMT-6" : "Etc/GMT+6";
}

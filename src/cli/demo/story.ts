import type { Emitted } from "../../engine/emit.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Usage } from "../../engine/reading.ts";
import type { ActionRunView } from "../../engine/views.ts";
import type { Io } from "../io.ts";
import { createPaint } from "../paint.ts";
import type { MailServer } from "./mail-server.ts";
import type { WebhookReceiver } from "./webhook-receiver.ts";

export type Story = {
  readonly io: Pick<Io, "out" | "colours">;
  readonly engine: Engine;
  readonly organization: string;
  readonly mail: MailServer;
  readonly receiver: WebhookReceiver;
  emit(event: object): Promise<Emitted>;
};

/** What the demo came to: what arrived, what became of the runs, what is planned and what was used of the quotas. */
export type DemoSummary = {
  readonly mails: number;
  readonly webhooks: { readonly arrived: number; readonly signaturesValid: number };
  readonly runs: Readonly<Record<"succeeded" | "scheduled" | "skipped" | "failed", number>>;
  readonly skipped: readonly { readonly action: string; readonly record: string; readonly reason: string | null }[];
  readonly planned: readonly { readonly action: string; readonly record: string; readonly dueAt: string }[];
  readonly usage: Usage;
};

/** Tells the seed's scenarios one after the other and shows what really came out of each. */
export async function tell(story: Story): Promise<DemoSummary> {
  const { io, engine, emit } = story;
  const say = (text = ""): void => io.out(`${text}\n`);
  const paint = createPaint(io.colours);
  const heading = (text: string): void => say(`\n${paint.heading(text)}`);
  const event = async (given: object): Promise<Emitted> => {
    const emitted = await emit(given);
    await engine.idle();
    say(inWords(emitted));
    return emitted;
  };
  const invoice = {
    invoice_id: "90300",
    invoice_number: "INV-000087",
    status: "sent",
    total: "12000.0",
    customer_name: "Arun",
    email: "arun@customer.example",
  };

  say("Rulewright demo: a real mail server and a real webhook receiver on this machine, a real SQLite file, the rules below.");

  heading("1. Arun's invoice over Rs.12,000 is created. It is not paid yet.");
  await event({ id: "evt-created", module: "invoices", type: "created", record: invoice });
  await showNotifications(story, say);

  heading("2. Arun pays. He is thanked by mail with a coupon, the ERP is told, a reminder is planned for in two weeks.");
  await event({ id: "evt-paid", module: "invoices", type: "edited", record: { ...invoice, status: "paid" } });
  showMail(story, say);
  showWebhook(story, say);

  heading("3. The same event comes again, as after a lost answer. It is known; nothing happens twice.");
  await event({ id: "evt-paid", module: "invoices", type: "edited", record: { ...invoice, status: "paid" } });

  heading("4. A quote over 500 is created. Its expiry date moves to 30 June 2015.");
  await event({ module: "quotes", type: "created", record: { quote_id: "320001", total: "12000.0", expiry_date: "2015-06-03" } });
  const quote = await engine.records.find(story.organization, "quotes", "320001");
  say(`   the stored quote says expiry_date ${JSON.stringify(quote?.body["expiry_date"])}, revision ${quote?.revision}`);

  heading("5. Two more invoices are paid. The organization allows two webhooks a day in this demo.");
  await event({ module: "invoices", type: "created", record: { ...invoice, invoice_id: "90301", status: "paid", total: 800 } });
  await event({ module: "invoices", type: "created", record: { ...invoice, invoice_id: "90302", status: "paid", total: 900 } });

  heading("6. An invoice over Rs.480 is paid. The rule asks for at least 500.");
  await event({ module: "invoices", type: "created", record: { ...invoice, invoice_id: "90303", status: "paid", total: "480.00" } });

  heading("What the log says");
  const summary = await summarize(story);
  tellSummary(summary, say);
  return summary;
}

function inWords({ id, status, executions = [] }: Emitted): string {
  if (status !== "accepted") return `   event ${id}: ${status}`;
  if (executions.length === 0) return "   no rule fired";
  return executions
    .flatMap(({ rule, runs }) => [`   rule "${rule?.name}" fired`, ...runs.map((run) => `     ${runInWords(run)}`)])
    .join("\n");
}

function runInWords({ action, status, reason, dueAt }: ActionRunView): string {
  const when = status === "scheduled" && dueAt ? ` for ${dueAt}` : "";
  return `${action.type} "${action.name}": ${status}${when}${reason ? `, ${reason}` : ""}`;
}

async function showNotifications({ engine, organization }: Story, say: (text: string) => void): Promise<void> {
  const { data } = await engine.reading.notifications({ organization, unread: true }, { limit: 10, cursor: null });
  for (const { user, title, message } of data) say(`   the bell of user ${user}: "${title}" - ${message}`);
}

function showMail({ mail }: Story, say: (text: string) => void): void {
  const received = mail.mails.at(-1);
  if (!received) return say("   NO MAIL ARRIVED");
  const to = Array.isArray(received.to) ? received.to.map(({ text }) => text).join(", ") : received.to?.text;
  say("   the mail server received:");
  for (const line of [
    `From: ${received.from?.text}`,
    `To: ${to}`,
    `Subject: ${received.subject}`,
    `Message-ID: ${received.messageId}`,
    "",
    ...(received.text ?? "").trim().split("\n"),
  ])
    say(`   | ${line}`);
}

function showWebhook({ receiver }: Story, say: (text: string) => void): void {
  const hook = receiver.received.at(-1);
  if (!hook) return say("   NO WEBHOOK ARRIVED");
  say(`   the receiver got a ${hook.method} of ${hook.body.length} bytes, webhook-id ${String(hook.headers["webhook-id"])}`);
  say(`   its signature, checked with the standardwebhooks package: ${hook.verified ? "valid" : "NOT VALID"}`);
}

async function summarize({ engine, organization, mail, receiver }: Story): Promise<DemoSummary> {
  const { data } = await engine.reading.runs({ organization }, { limit: 200, cursor: null });
  const runs = data.map(({ action, record, status, reason, dueAt }) => ({
    action: `${action.type} "${action.name}"`,
    record,
    status,
    reason,
    dueAt: new Date(dueAt ?? 0).toISOString(),
  }));
  const count = (status: string): number => runs.filter((run) => run.status === status).length;
  return {
    mails: mail.mails.length,
    webhooks: { arrived: receiver.received.length, signaturesValid: receiver.received.filter(({ verified }) => verified).length },
    runs: { succeeded: count("succeeded"), scheduled: count("scheduled"), skipped: count("skipped"), failed: count("failed") },
    skipped: runs.filter(({ status }) => status === "skipped").map(({ action, record, reason }) => ({ action, record, reason })),
    planned: runs.filter(({ status }) => status === "scheduled").map(({ action, record, dueAt }) => ({ action, record, dueAt })),
    usage: await engine.reading.usage(organization, null),
  };
}

function tellSummary({ mails, webhooks, runs, skipped, planned, usage }: DemoSummary, say: (text: string) => void): void {
  say(`   ${mails} mails and ${webhooks.arrived} webhooks arrived (${webhooks.signaturesValid} with a valid signature)`);
  say(`   ${runs.succeeded} runs succeeded, ${runs.scheduled} are planned, ${runs.skipped} skipped, ${runs.failed} failed`);
  for (const { action, record, reason } of skipped) say(`   skipped: ${action} of invoice ${record}, because ${reason}`);
  for (const { action, record, dueAt } of planned) say(`   planned: ${action} of invoice ${record} for ${dueAt} (09:00 in Kolkata)`);
  const { emailAlert, webhook } = usage;
  say(`   used today: ${emailAlert.used} of ${emailAlert.limit} email alerts, ${webhook.used} of ${webhook.limit} webhooks`);
}

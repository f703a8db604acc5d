import type { Emitted } from "../../engine/emit.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ActionRunView } from "../../engine/views.ts";
import type { Io } from "../io.ts";
import type { MailServer } from "./mail-server.ts";
import type { WebhookReceiver } from "./webhook-receiver.ts";

export type Story = {
  readonly io: Io;
  readonly engine: Engine;
  readonly organization: string;
  readonly mail: MailServer;
  readonly receiver: WebhookReceiver;
  emit(event: object): Promise<Emitted>;
};

/** Tells the seed's scenarios one after the other and shows what really came out of each. */
export async function tell(story: Story): Promise<void> {
  const { io, engine, emit } = story;
  const say = (text = ""): void => io.out(`${text}\n`);
  const heading = (text: string): void => io.out(`\n${io.colours ? `\u001b[1m${text}\u001b[0m` : text}\n`);
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
  await summary(story, say);
}

function inWords({ id, status, executions = [] }: Emitted): string {
  if (status !== "accepted") return `   event ${id}: ${status}`;
  if (executions.length === 0) return "   no rule fired";
  return executions
    .flatMap(({ rule, runs }) => [`   rule "${rule.name}" fired`, ...runs.map((run) => `     ${runInWords(run)}`)])
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

async function summary({ engine, organization, mail, receiver }: Story, say: (text: string) => void): Promise<void> {
  const { data: runs } = await engine.reading.runs({ organization }, { limit: 200, cursor: null });
  const count = (status: string): number => runs.filter((run) => run.status === status).length;
  say(
    `   ${mail.mails.length} mails and ${receiver.received.length} webhooks arrived (${receiver.received.filter(({ verified }) => verified).length} with a valid signature)`,
  );
  say(`   ${count("succeeded")} runs succeeded, ${count("scheduled")} are planned, ${count("skipped")} skipped, ${count("failed")} failed`);
  for (const run of runs.filter(({ status }) => status === "skipped"))
    say(`   skipped: ${run.action.type} "${run.action.name}" of invoice ${run.record}, because ${run.reason}`);
  for (const run of runs.filter(({ status }) => status === "scheduled"))
    say(
      `   planned: ${run.action.type} "${run.action.name}" of invoice ${run.record} for ${new Date(run.dueAt ?? 0).toISOString()} (09:00 in Kolkata)`,
    );
  const usage = await engine.reading.usage(organization, null);
  say(
    `   used today: ${usage.emailAlert.used} of ${usage.emailAlert.limit} email alerts, ${usage.webhook.used} of ${usage.webhook.limit} webhooks`,
  );
}

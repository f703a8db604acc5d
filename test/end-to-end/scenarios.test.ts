import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { simpleParser, type ParsedMail } from "mailparser";
import { afterEach, expect, it } from "vitest";
import type { FunctionInput } from "../../src/actions/custom-function/handler.ts";
import { invoice, onCreated, startApplication, type Options, type TestApplication } from "./application.ts";

let app: TestApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

async function start(options: Options): Promise<TestApplication> {
  return (app = await startApplication(options));
}

const ORGANIZATION = `
kind: Organization
id: "12345678"
name: Zylker
timeZone: Asia/Kolkata
currencyCode: INR
currencySymbol: Rs.
users:
  - { id: "7605001", name: Charles, email: charles@zylker.example, roles: [admin] }
  - { id: "7605002", name: Dana, email: dana@zylker.example }
`;

const THANK_YOU = `${ORGANIZATION}
---
kind: EmailTemplate
name: thank-you
module: invoices
subject: "Thank you, {{record.customer_name}}"
html: |
  <p>Dear {{record.customer_name}},</p>
  <p>for your payment of {{formatMoney record.total}}: <b>{{organization.name}}-10</b></p>
text: "Your coupon: {{organization.name}}-10, {{record.customer_name}}"
---
kind: EmailAlert
name: thank-you
module: invoices
template: thank-you
from: billing@zylker.example
replyTo: sales@zylker.example
recipients: [{ field: email }, { role: admin }]
---
kind: WorkflowRule
name: thank-you-with-coupon
module: invoices
trigger: { type: event, on: [created, edited], repeat: firstTime }
conditions:
  - criteria:
      - { field: status, comparator: equal, value: paid }
      - { field: total, comparator: greaterEqual, value: 500 }
    immediateActions: [{ type: emailAlert, name: thank-you }]
    timeBasedActions:
      - execute: { after: { days: 14 }, of: trigger, at: "09:00" }
        actions: [{ type: emailAlert, name: thank-you }]
`;

/** What a recipient would see of a thank-you mail. */
function expectThankYou(mail: ParsedMail | undefined, runId: string | undefined): void {
  const to = [mail?.to ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address));
  expect({ from: mail?.from?.text, replyTo: mail?.replyTo?.text, to, subject: mail?.subject }).toEqual({
    from: "billing@zylker.example",
    replyTo: "sales@zylker.example",
    to: ["arun@customer.example", "charles@zylker.example"],
    subject: "Thank you, Arun & <Söhne>",
  });
  expect(mail?.messageId).toBe(`<${runId}@zylker.example>`);
  expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
  expect(mail?.text?.trim()).toBe("Your coupon: Zylker-10, Arun & <Söhne>");
  expect(mail?.html).toContain("<p>Dear Arun &amp; &lt;Söhne&gt;,</p>");
  expect(mail?.html).toMatch(/<p>for your payment of Rs\.\s?12,000\.00: <b>Zylker-10<\/b><\/p>/);
}

it("a paying customer is thanked by a mail with a coupon once, and reminded in two weeks at nine", async () => {
  const t = await start({ rules: () => THANK_YOU, start: "2026-11-20T09:00:00.000Z" });
  const paid = invoice({ customer_name: "Arun & <Söhne>" });
  await t.emit(invoice({ status: "sent" }));
  expect(t.mail.mails).toEqual([]);
  await t.emit({ ...paid, type: "edited" });
  await t.emit({ ...paid, type: "edited" });
  expect(t.mail.mails).toHaveLength(1);
  const thanked = (await t.runs()).find(({ timed }) => !timed);
  expect(thanked).toMatchObject({ status: "succeeded" });
  expectThankYou(t.mail.mails[0], thanked?.id);

  t.clock.moveTo("2026-12-04T03:29:59.999Z");
  await t.engine.idle();
  expect(t.mail.mails).toHaveLength(1);
  t.clock.moveTo("2026-12-04T03:30:00.000Z");
  await t.engine.idle();
  expect(t.mail.mails).toHaveLength(2);
  const reminded = (await t.runs()).find(({ timed }) => timed);
  expect(reminded).toMatchObject({ status: "succeeded" });
  expect(reminded?.id).not.toBe(thanked?.id);
  expectThankYou(t.mail.mails[1], reminded?.id);
});

it("without an SMTP server each mail is a file in the outbox beside the store", async () => {
  const t = await start({ rules: () => THANK_YOU, smtp: false });
  await t.emit(invoice({ customer_name: "Arun & <Söhne>" }));
  const thanked = (await t.runs()).find(({ timed }) => !timed);
  const outbox = join(t.data, "outbox");
  expect(await readdir(outbox)).toEqual([`${thanked?.id}.eml`]);
  expectThankYou(await simpleParser(await readFile(join(outbox, `${thanked?.id}.eml`))), thanked?.id);
  expect(t.mail.mails).toEqual([]);
});

it("a note stands under the bell of each recipient until it is read", async () => {
  const t = await start({
    rules: () => `${ORGANIZATION}
---
kind: InAppNotification
name: big-sale
module: invoices
title: "Sale worth {{formatMoney record.total}}"
message: "{{record.customer_name}} bought"
recipients: [{ role: admin }, { user: "7605001" }, { user: "7605002" }]
${onCreated("inAppNotification", "big-sale")}`,
  });
  await t.emit(invoice({ customer_name: "Arun & <Söhne>" }));
  const bell = async (user: string) =>
    (await t.engine.reading.notifications({ organization: "default", user, unread: true }, { limit: 10, cursor: null })).data;
  const notes = await bell("7605001");
  expect(notes).toMatchObject([
    {
      title: expect.stringMatching(/^Sale worth Rs\.\s?12,000\.00$/),
      message: "Arun & <Söhne> bought",
      module: "invoices",
      record: "90300",
    },
  ]);
  expect(await bell("7605002")).toHaveLength(1);
  await t.engine.reading.markRead("default", notes[0]?.id ?? "");
  expect([(await bell("7605001")).length, (await bell("7605002")).length]).toEqual([0, 1]);
});

it("a field update changes the stored record, and that is an event of its own", async () => {
  const t = await start({
    rules: () => `
kind: FieldUpdate
name: extend-expiry
module: quotes
field: expiry_date
value: "2015-06-30"
---
kind: WorkflowRule
name: extend-large-quotes
module: quotes
trigger: { type: event, on: [created, edited] }
conditions:
  - criteria: [{ field: total, comparator: greaterEqual, value: 500 }]
    immediateActions: [{ type: fieldUpdate, name: extend-expiry }]
`,
  });
  const quote = { quote_id: "320001", total: "12000.0", expiry_date: "2015-06-03" };
  await t.emit({ id: "evt-1", module: "estimates", type: "created", record: quote });
  await t.emit({ module: "quotes", type: "created", record: { ...quote, quote_id: "2", total: "499.99" } });
  expect(await t.engine.records.find("default", "quotes", "320001")).toMatchObject({
    revision: 2,
    body: { ...quote, expiry_date: "2015-06-30" },
  });
  expect((await t.engine.records.find("default", "quotes", "2"))?.body["expiry_date"]).toBe("2015-06-03");
  const { data: edits } = await t.engine.reading.events({ organization: "default", origin: "fieldUpdate" }, { limit: 10, cursor: null });
  expect(edits).toMatchObject([{ type: "edited", recordId: "320001", previous: quote, record: { expiry_date: "2015-06-30" } }]);
});

it("a function of the host is told of the record and has its tools", async () => {
  const told: FunctionInput[] = [];
  const t = await start({
    rules: () => `${ORGANIZATION}
---
kind: CustomFunction
name: apply-late-fee
module: invoices
language: host
parameters: [{ name: percent, value: "5" }, { name: number, value: "\${INVOICE.INVOICE_NUMBER}" }]
${onCreated("customFunction", "apply-late-fee")}`,
    functions: {
      async applyLateFee(input, { http, records, mail, log }) {
        told.push(input);
        const { status, body } = await http.request({ url: receiver, method: "POST", parameters: { q: "a b" }, body: { fee: 5 } });
        const task = await records.create("tasks", { task_id: "t-1", status: "open" });
        await records.update("invoices", "90300", { late_fee: 600 });
        const found = await records.query("tasks", { status: "open" });
        await mail.send({ to: "boss@zylker.example", subject: "Late fee", text: "5 %" });
        log.info("fee applied to", input.record["invoice_id"]);
        return { status, body, task, found: found.length, total: (await records.get("invoices", "90300"))?.["total"] ?? null };
      },
    },
  });
  const receiver = `http://127.0.0.1:${t.receiver.port}/fees`;
  await t.emit({ ...invoice(), actor: { id: "7605001" } });
  const [run] = await t.runs();
  expect(run?.attempts[0]?.error).toBeNull();
  expect(run).toMatchObject({ status: "succeeded", action: { type: "customFunction", name: "apply-late-fee" } });
  expect(run?.attempts[0]?.response).toMatchObject({
    result: { status: 200, body: "heard", task: { task_id: "t-1" }, found: 1, total: "12000.0" },
    log: ["fee applied to 90300"],
  });
  expect(told).toMatchObject([
    {
      record: { invoice_id: "90300" },
      previous: null,
      organization: { organization_id: "12345678", name: "Zylker" },
      user: { name: "Charles" },
      parameters: { percent: "5", number: 'INV "87"' },
    },
  ]);
  expect(t.receiver.received).toMatchObject([{ method: "POST", url: "/fees?q=a+b", body: '{"fee":5}' }]);
  expect(t.mail.mails).toMatchObject([{ subject: "Late fee", messageId: `<${run?.id}.1@zylker.example>` }]);
  expect((await t.engine.records.find("default", "invoices", "90300"))?.body["late_fee"]).toBe(600);
  expect(t.logged.join("")).toContain("fee applied to 90300");
});

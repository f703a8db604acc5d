import { afterEach, describe, expect, it } from "vitest";
import type { HostFunction } from "../../src/actions/custom-function/handler.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { startApplication, type Options, type TestApplication } from "./application.ts";

let t: TestApplication;
afterEach(() => t.close());

async function start(options: Options): Promise<void> {
  t = await startApplication(options);
}

async function moveTo(instant: string): Promise<void> {
  t.clock.moveTo(instant);
  await t.engine.idle();
}

const saved = (module: string, record: JsonObject) => t.emit({ module, type: "created", record });

/** Whom mails went to, and what they were about, in the order of the addresses. */
function mails(): readonly string[] {
  const sent = t.mail.mails.map(
    ({ to, subject }) =>
      `${[to]
        .flat()
        .map((address) => address?.text)
        .join()}: ${subject}`,
  );
  return sent.toSorted((a, b) => a.localeCompare(b));
}

/** A value of a record that is known to be text. */
function textOf(value: Json | undefined): string {
  if (typeof value !== "string") throw new Error(`expected text, got ${JSON.stringify(value)}`);
  return value;
}

const inZone = (timeZone: string): string => `kind: Organization\nname: Zylker\ntimeZone: ${timeZone}\n`;

describe("schedules, as in the seed", () => {
  it("on the last day of the month whoever bought for more than 1000 in it gets a discount", async () => {
    const monthEndDiscount: HostFunction = async ({ organization, parameters }, { records, mail }) => {
      const month = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Kolkata" }).format(t.clock.now()).slice(0, 7);
      const bought = new Map<string, number>();
      for (const { date, customer_id, total } of await records.query("invoices", { status: "paid" }))
        if (textOf(date).startsWith(month)) bought.set(textOf(customer_id), (bought.get(textOf(customer_id)) ?? 0) + Number(total));
      for (const [id, total] of bought) {
        if (total <= Number(parameters["amount"])) continue;
        const contact = await records.get("contacts", id);
        await mail.send({ to: textOf(contact?.["email"]), subject: "10% off your next purchase", text: textOf(organization["name"]) });
      }
    };
    await start({
      start: "2026-12-01T04:00:00.000Z",
      functions: { monthEndDiscount },
      rules: () => `${inZone("Asia/Kolkata")}---
kind: CustomFunction
name: month-end-discount
module: contacts
language: host
parameters: [{ name: amount, value: "1000" }]
---
kind: Schedule
name: month-end-discount
function: month-end-discount
recurrence: { frequency: monthly, every: 1, on: { day: last } }
startsAt: "2026-12-01T18:00"
`,
    });
    for (const id of ["arun", "dana"]) await saved("contacts", { contact_id: id, email: `${id}@customer.example` });
    let count = 0;
    const bought = (customer_id: string, date: string, total: string) =>
      saved("invoices", { invoice_id: String((count += 1)), customer_id, date, total, status: "paid" });
    await bought("arun", "2026-12-05", "600.00");
    await bought("arun", "2026-12-20", "400.01");
    await bought("dana", "2026-11-30", "5000.00");
    await bought("dana", "2026-12-24", "1000.00");
    await moveTo("2026-12-31T12:29:59Z");
    expect(mails()).toEqual([]);
    await moveTo("2026-12-31T12:30:00Z");
    expect(mails()).toEqual(["arun@customer.example: 10% off your next purchase"]);
    await bought("dana", "2027-02-01", "2000.00");
    await moveTo("2027-01-31T12:30:00Z");
    expect(mails()).toHaveLength(1);
    await moveTo("2027-02-28T12:30:00Z");
    expect(mails()).toEqual(["arun", "dana"].map((id) => `${id}@customer.example: 10% off your next purchase`));
    expect(await t.runs()).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }, { status: "succeeded" }]);
  });

  it("at 6 pm every day everything is synced to another application, over a clock change too", async () => {
    await start({
      start: "2026-10-30T12:00:00.000Z",
      functions: {
        syncContacts: async (_input, { http, records }) => {
          const body = { at: new Date(t.clock.now()).toISOString(), contacts: (await records.query("contacts", {})).length };
          return (await http.request({ url: `http://127.0.0.1:${t.receiver.port}/sync`, method: "POST", body })).status;
        },
      },
      rules: () => `${inZone("America/New_York")}---
kind: CustomFunction
name: sync-contacts
module: contacts
language: host
---
kind: Schedule
name: daily-sync
function: sync-contacts
recurrence: { frequency: daily }
startsAt: "2026-10-30T18:00"
`,
    });
    await saved("contacts", { contact_id: "1" });
    for (const day of ["30", "31"]) await moveTo(`2026-10-${day}T22:00:00Z`);
    await saved("contacts", { contact_id: "2" });
    await moveTo("2026-11-01T22:00:00Z");
    await moveTo("2026-11-01T23:00:00Z");
    expect(t.receiver.received.map(({ body }) => JSON.parse(body))).toEqual([
      { at: "2026-10-30T22:00:00.000Z", contacts: 1 },
      { at: "2026-10-31T22:00:00.000Z", contacts: 1 },
      { at: "2026-11-01T23:00:00.000Z", contacts: 2 },
    ]);
  });

  it("every four months managers hear whether they have reached their target", async () => {
    const mailTargets: HostFunction = async (_input, { records, mail }) => {
      for (const { manager, email, sales, target } of await records.query("salestargets", {})) {
        const subject = Number(sales) >= Number(target) ? `Congratulations, ${textOf(manager)}` : `You can do it, ${textOf(manager)}`;
        await mail.send({ to: textOf(email), subject, text: `${textOf(sales)} of ${textOf(target)}` });
      }
    };
    await start({
      start: "2026-11-20T09:00:00.000Z",
      functions: { mailTargets },
      rules: () => `${inZone("Europe/Berlin")}---
kind: Module
name: salestargets
fields: [{ name: sales, type: currency }, { name: target, type: currency }]
---
kind: CustomFunction
name: mail-targets
module: salestargets
language: host
---
kind: Schedule
name: targets
function: mail-targets
recurrence: { frequency: monthly, every: 4, on: { day: 1 } }
startsAt: "2026-12-01T09:00"
expires: { after: 2 }
`,
    });
    await saved("salestargets", { salestarget_id: "1", manager: "Asha", email: "asha@zylker.example", sales: "12", target: "10" });
    await saved("salestargets", { salestarget_id: "2", manager: "Ben", email: "ben@zylker.example", sales: "9", target: "10" });
    const first = ["asha@zylker.example: Congratulations, Asha", "ben@zylker.example: You can do it, Ben"];
    await moveTo("2026-12-01T08:00:00Z");
    expect(mails()).toEqual(first);
    await moveTo("2027-03-31T23:00:00Z");
    expect(mails()).toHaveLength(2);
    // Summer time: 09:00 is 07:00 in UTC.
    await moveTo("2027-04-01T07:00:00Z");
    expect(mails()).toHaveLength(4);
    await moveTo("2027-08-01T07:00:00Z");
    expect(mails()).toHaveLength(4);
  });
});

describe("dates of records", () => {
  const REMINDERS = `${inZone("Europe/Berlin")}---
kind: EmailTemplate
name: note
module: invoices
subject: "{{record.invoice_id}}: {{rule.name}}"
html: <p>{{record.balance}}</p>
---
kind: EmailAlert
name: note
module: invoices
template: note
recipients: [{ field: email }]
---
kind: WorkflowRule
name: due soon
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    timeBasedActions: [{ execute: { before: { days: 3 }, of: due_date, at: "09:00" }, actions: [{ type: emailAlert, name: note }] }]
---
kind: WorkflowRule
name: overdue
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 3 } }, at: "09:00", cycle: once }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: emailAlert, name: note }]
    timeBasedActions: [{ execute: { after: { weeks: 1 } }, actions: [{ type: emailAlert, name: note }] }]
`;
  const invoice = (id: string, due_date: string) => ({
    invoice_id: id,
    status: "sent",
    due_date,
    email: `${id}@customer.example`,
    balance: "5",
  });
  const edited = (record: JsonObject) => t.emit({ module: "invoices", type: "edited", record });

  it("three days before it is due and three days after, until it is paid, and a week later once more", async () => {
    await start({ rules: () => REMINDERS, start: "2026-11-20T09:00:00.000Z" });
    for (const id of ["a", "b", "c"]) await saved("invoices", invoice(id, "2026-12-01"));
    await edited({ ...invoice("a", "2026-12-01"), status: "paid" });
    await moveTo("2026-11-28T08:00:00Z");
    expect(mails()).toEqual(["b@customer.example: b: due soon", "c@customer.example: c: due soon"]);
    await edited(invoice("c", "2026-12-10"));
    await moveTo("2026-12-04T08:00:00Z");
    expect(mails().slice(0, 2)).toEqual(["b@customer.example: b: due soon", "b@customer.example: b: overdue"]);
    await edited({ ...invoice("b", "2026-12-01"), status: "paid" });
    await moveTo("2026-12-11T08:00:00Z");
    expect(mails()).toHaveLength(3);
    await moveTo("2026-12-13T08:00:00Z");
    await moveTo("2026-12-20T08:00:00Z");
    expect(mails().slice(2)).toEqual(["c: due soon", "c: overdue", "c: overdue"].map((subject) => `c@customer.example: ${subject}`));
    expect((await t.runs()).filter(({ reason }) => reason !== null).map(({ record, reason }) => [record, reason])).toEqual([
      ["b", "criteriaNotMet"],
      ["a", "criteriaNotMet"],
    ]);
  });

  it("a late fee on the day after which an invoice is overdue, once, unless it is paid", async () => {
    const applyLateFee: HostFunction = async ({ record, parameters }, { records }) => {
      const fee = (Number(record["total"]) * Number(parameters["percent"])) / 100;
      await records.update("invoices", textOf(record["invoice_id"]), { late_fee: fee.toFixed(2) });
    };
    await start({
      start: "2026-11-20T09:00:00.000Z",
      functions: { applyLateFee },
      rules: () => `${inZone("America/New_York")}---
kind: CustomFunction
name: apply-late-fee
module: invoices
language: host
parameters: [{ name: percent, value: "5" }]
---
kind: WorkflowRule
name: late-fee
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 1 } } }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: customFunction, name: apply-late-fee }]
`,
    });
    await saved("invoices", { ...invoice("1", "2026-11-30"), total: "200.00" });
    await saved("invoices", { ...invoice("2", "2026-11-30"), total: "200.00", status: "paid" });
    const fees = async () =>
      Promise.all(["1", "2"].map(async (id) => (await t.engine.records.find("default", "invoices", id))?.body["late_fee"] ?? null));
    await moveTo("2026-12-01T04:59:59Z");
    expect(await fees()).toEqual([null, null]);
    await moveTo("2026-12-01T05:00:00Z");
    expect(await fees()).toEqual(["10.00", null]);
    for (const month of ["01", "02"]) await moveTo(`2027-${month}-01T05:00:00Z`);
    expect(await t.runs()).toHaveLength(1);
  });

  it("a wish on every birthday, that of 29 February on the 28th in other years", async () => {
    await start({
      start: "2026-11-20T09:00:00.000Z",
      rules: () => `${inZone("Europe/Berlin")}---
kind: Module
name: contacts
fields: [{ name: cf_birthday, type: date }]
---
kind: EmailTemplate
name: wish
module: contacts
subject: Happy birthday
html: <p>Happy birthday</p>
---
kind: EmailAlert
name: wish
module: contacts
template: wish
recipients: [{ field: email }]
---
kind: WorkflowRule
name: birthday
module: contacts
trigger: { type: date, field: cf_birthday, when: { after: { days: 0 } }, at: "08:00", cycle: yearly }
conditions: [{ immediateActions: [{ type: emailAlert, name: wish }] }]
`,
    });
    await saved("contacts", { contact_id: "1", email: "a@customer.example", cf_birthday: "2000-02-29" });
    const wished: number[] = [];
    for (const day of ["2027-02-28", "2028-02-28", "2028-02-29", "2029-02-28"]) {
      await moveTo(`${day}T07:00:00Z`);
      wished.push(t.mail.mails.length);
    }
    expect(wished).toEqual([1, 1, 2, 3]);
  });
});

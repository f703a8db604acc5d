import { afterEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { database, hostApplication, type Database, type HostApplication } from "./library-host.ts";

let app: HostApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

const DAY = 24 * 3_600_000;
const INVOICE = { invoice_id: "1", status: "sent", total: "12000.0", customer_id: "7" };
const created = { module: "invoices", type: "created", record: INVOICE };

const rule = (body: string): string => `---
kind: WorkflowRule
name: tested
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - ${body}
`;
const CLOSE = `---
kind: FieldUpdate
name: close
module: invoices
field: status
value: closed
`;
const CLOSE_NOW = `${CLOSE}${rule("immediateActions: [{ type: fieldUpdate, name: close }]")}`;
const CLOSE_LATER = `${CLOSE}${rule(`criteria: [{ field: status, comparator: equal, value: sent }]
    timeBasedActions: [{ execute: { after: { days: 1 }, of: trigger }, actions: [{ type: fieldUpdate, name: close }] }]`)}`;

async function start(
  rules: string,
  records: Database,
  more: Partial<Parameters<typeof hostApplication>[0]> = {},
): Promise<HostApplication> {
  return (app = await hostApplication({ rules, records, ...more }));
}

const updates = ({ calls }: Database) => calls.filter(([name]) => name === "update");

describe("a field update", () => {
  it("is told to the host with the run's id, and its edit is an event that nobody has to send", async () => {
    const host = database({ "invoices/1": INVOICE });
    const t = await start(CLOSE_NOW, host);
    await t.emit(created);
    const [run] = await t.runs();
    expect(run).toMatchObject({ status: "succeeded", attempts: [{ response: { changes: { status: "closed" } } }] });
    expect(updates(host)).toEqual([["update", "invoices", "1", { status: "closed" }, run?.id]]);
    expect(host.rows.get("invoices/1")).toEqual({ ...INVOICE, status: "closed" });
    expect(await t.events("fieldUpdate")).toMatchObject([
      { type: "edited", record: { ...INVOICE, status: "closed" }, previous: INVOICE, origin: "fieldUpdate" },
    ]);
  });

  it("that changes nothing is not told", async () => {
    const host = database({ "invoices/1": { ...INVOICE, status: "closed" } });
    const t = await start(CLOSE_NOW, host);
    await t.emit({ ...created, record: { ...INVOICE, status: "closed" } });
    expect(updates(host)).toEqual([]);
    expect(await t.events("fieldUpdate")).toEqual([]);
    expect(await t.runs()).toMatchObject([{ status: "succeeded" }]);
  });

  it("whose host throws fails with its message and is retried as field updates are, with the same id", async () => {
    const host = database({ "invoices/1": INVOICE });
    host.failures.update.push(new Error("the table is locked"));
    const t = await start(CLOSE_NOW, host);
    await t.emit(created);
    const [failed] = await t.runs();
    expect(failed).toMatchObject({
      status: "retrying",
      attempts: [{ outcome: "failed", error: "the host's records.update failed: the table is locked" }],
    });
    expect(await t.events("fieldUpdate")).toEqual([]);
    await t.moveBy(1000);
    expect(await t.runs()).toMatchObject([{ status: "succeeded", attempts: [{ outcome: "failed" }, { outcome: "succeeded" }] }]);
    expect(updates(host).map((call) => call[4])).toEqual([failed?.id, failed?.id]);
    expect(await t.events("fieldUpdate")).toHaveLength(1);
  });

  it.each([
    ["at once", CLOSE_NOW, 0],
    ["a day later", CLOSE_LATER, DAY],
  ])("%s that breaks between host and store is told twice under one id, and is one event", async (_when, rules, delay) => {
    const host = database({ "invoices/1": INVOICE });
    const t = await start(rules, host, { wrap: failingOnce });
    await t.emit(created);
    await t.moveBy(delay);
    expect(await t.runs()).toMatchObject([
      { status: "retrying", attempts: [{ outcome: "failed", error: "unexpected: the disk is full" }] },
    ]);
    expect(host.rows.get("invoices/1")).toMatchObject({ status: "closed" });
    await t.moveBy(1000);
    const [run] = await t.runs();
    expect(run).toMatchObject({ status: "succeeded" });
    expect(updates(host)).toEqual([
      ["update", "invoices", "1", { status: "closed" }, run?.id],
      ["update", "invoices", "1", { status: "closed" }, run?.id],
    ]);
    expect(await t.events("fieldUpdate")).toMatchObject([{ record: { status: "closed" }, previous: { status: "sent" } }]);
  });

  it("that is due later counts from the host's record", async () => {
    const host = database({ "invoices/1": INVOICE });
    const t = await start(CLOSE_LATER.replace("value: closed", "value: { field: total }"), host);
    await t.emit(created);
    host.rows.set("invoices/1", { ...INVOICE, total: "5.00", note: "changed without an event" });
    await t.moveBy(DAY);
    expect(updates(host)).toMatchObject([["update", "invoices", "1", { status: "5.00" }, expect.anything()]]);
    expect(await t.events("fieldUpdate")).toMatchObject([
      { record: { status: "5.00", total: "5.00", note: "changed without an event" }, previous: { status: "sent", total: "5.00" } },
    ]);
  });
});

/** A store whose first write of a field update is lost; looking whether one was written is not. */
function failingOnce(store: Store): Store {
  let failed = false;
  return {
    ...store,
    records: {
      ...store.records,
      update: (key, run, change) =>
        store.records.update(key, run, (record) => {
          const changed = change(record);
          if (!changed || failed) return changed;
          failed = true;
          throw new Error("the disk is full");
        }),
    },
  };
}

describe("a delayed run", () => {
  it("is checked again on the host's record", async () => {
    const host = database({ "invoices/1": INVOICE });
    const t = await start(CLOSE_LATER, host);
    await t.emit(created);
    host.rows.set("invoices/1", { ...INVOICE, status: "paid" });
    await t.moveBy(DAY);
    expect(await t.runs()).toMatchObject([{ status: "skipped", reason: "criteriaNotMet" }]);
    expect(updates(host)).toEqual([]);
  });

  it("is still checked where the host could not show the record at first", async () => {
    const host = database({ "invoices/1": INVOICE });
    const t = await start(CLOSE_LATER, host);
    await t.emit(created);
    host.rows.set("invoices/1", { ...INVOICE, status: "paid" });
    host.failures.get.push(new Error("connection refused"));
    await t.moveBy(DAY);
    expect(await t.runs()).toMatchObject([
      { status: "retrying", attempts: [{ outcome: "failed", error: "the host's records.get failed: connection refused" }] },
    ]);
    await t.moveBy(1000);
    expect(await t.runs()).toMatchObject([{ status: "skipped", reason: "criteriaNotMet" }]);
  });

  it.each([undefined, null])("of a record that the host answers with %s is skipped: recordDeleted", async (gone) => {
    const host = { ...database({}), get: () => gone };
    const t = await start(CLOSE_LATER, host);
    await t.emit(created);
    await t.moveBy(DAY);
    expect(await t.runs()).toMatchObject([{ status: "skipped", reason: "recordDeleted" }]);
  });
});

const MAIL = `---
kind: EmailTemplate
name: thanks
module: invoices
subject: Thank you
html: <p>Thank you</p>
---
kind: EmailAlert
name: thanks
module: invoices
template: thanks
recipients: [{ lookup: customer_id, field: email }]
${rule("immediateActions: [{ type: emailAlert, name: thanks }]")}`;

describe("a lookup", () => {
  it("finds the address with the host", async () => {
    const host = database({ "contacts/7": { contact_id: "7", email: "arun@customer.example" } });
    const t = await start(MAIL, host);
    await t.emit(created);
    expect(await t.runs()).toMatchObject([{ status: "succeeded" }]);
    expect(t.mail.mails.map(({ to }) => [to].flat().map((address) => address?.text))).toEqual([["arun@customer.example"]]);
    expect(host.calls).toEqual([["get", "contacts", "7"]]);
  });

  it("that the host fails is an attempt that is retried as mails are", async () => {
    const host = database({});
    host.failures.get.push(new Error("connection refused"));
    const t = await start(MAIL, host);
    await t.emit(created);
    expect(await t.runs()).toMatchObject([
      { status: "retrying", attempts: [{ error: "the host's records.get failed: connection refused" }] },
    ]);
  });
});

describe("a function", () => {
  const CALL = `---
kind: CustomFunction
name: call
module: invoices
language: host
${rule("immediateActions: [{ type: customFunction, name: call }]")}`;

  it("gets and updates the host's records; each update of a run has a key of its own and makes an edit", async () => {
    const host = database({ "quotes/5": { quote_id: "5", status: "sent" } });
    const t = await start(CALL, host, {
      functions: {
        call: async (_input, { records }) => {
          const seen = await records.get("estimates", "5");
          await records.update("estimates", "5", { status: "accepted" });
          return [seen, await records.update("quotes", "5", { note: "again" }), await records.get("quotes", "6")];
        },
      },
    });
    await t.emit(created);
    const [run] = await t.runs();
    const after = { quote_id: "5", status: "accepted", note: "again" };
    expect(run).toMatchObject({
      status: "succeeded",
      attempts: [{ response: { result: [{ quote_id: "5", status: "sent" }, after, null] } }],
    });
    expect(updates(host)).toEqual([
      ["update", "quotes", "5", { status: "accepted" }, run?.id],
      ["update", "quotes", "5", { note: "again" }, `${run?.id}.2`],
    ]);
    expect(await t.events("function")).toMatchObject([
      { module: "quotes", type: "edited", record: after, previous: { quote_id: "5", status: "accepted" } },
      { module: "quotes", type: "edited", previous: { quote_id: "5", status: "sent" } },
    ]);
  });

  it.each([
    ["query", /records\.query cannot be used here: the records belong to the embedding program/],
    ["create", /records\.create cannot be used here: the records belong to the embedding program/],
    ["update", /There is no record 9 in quotes/],
  ] as const)("cannot %s what is not there for it, and hears why", async (what, message) => {
    const host = database({});
    const t = await start(CALL, host, {
      functions: {
        call: (_input, { records }) =>
          what === "update"
            ? records.update("quotes", "9", { status: "x" })
            : what === "query"
              ? records.query("quotes", {})
              : records.create("quotes", {}),
      },
    });
    await t.emit(created);
    expect((await t.runs())[0]?.attempts[0]?.error).toMatch(message);
    expect(updates(host)).toEqual([]);
  });
});

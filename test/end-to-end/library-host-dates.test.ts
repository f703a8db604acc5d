import { afterEach, describe, expect, it } from "vitest";
import type { HostRecords } from "../../src/engine/host-records.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Store } from "../../src/store/store.ts";
import { datedDatabase, hostApplication, type HostApplication } from "./library-host.ts";

let app: HostApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

const rules = (trigger: string, module = "invoices"): string => `
kind: Organization
timeZone: Europe/Berlin
---
kind: FieldUpdate
name: note-it
module: ${module}
field: notes
value: noted
---
kind: WorkflowRule
name: dated
module: ${module}
trigger: { type: date, ${trigger} }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: fieldUpdate, name: note-it }]
`;
const OVERDUE = rules('field: due_date, when: { after: { days: 3 } }, at: "09:00"');
const invoice = (invoice_id: string, more: JsonObject = {}): JsonObject => ({
  invoice_id,
  status: "sent",
  due_date: "2026-12-01",
  ...more,
});

// 20 November, 10:00 in Berlin.
async function start(text: string, records: HostRecords, wrap?: (store: Store) => Store): Promise<HostApplication> {
  return (app = await hostApplication({ rules: text, records, ...(wrap && { wrap }) }));
}

/** Records for which the rule has fired, with what became of it, the first first. */
const fired = async (t: HostApplication) => (await t.runs()).toReversed().map(({ record, status, dueAt }) => [record, status, dueAt]);

describe("a date rule on a host's own records", () => {
  it("finds those that no event ever brought, by the days asked for, and acts on them as they are", async () => {
    const host = datedDatabase({
      "invoices/1": invoice("1"),
      "invoices/2": invoice("2", { status: "paid" }),
      "invoices/3": invoice("3", { due_date: "2026-12-02" }),
    });
    const t = await start(OVERDUE, host);
    await t.moveTo("2026-12-04T07:59:00Z");
    expect(await t.runs()).toEqual([]);
    host.rows.set("invoices/1", invoice("1", { total: "5.00" }));
    await t.moveTo("2026-12-04T08:00:00Z");
    expect(host.asked.at(-1)).toEqual({ module: "invoices", field: "due_date", from: "2026-12-01", to: "2026-12-02", cycle: "once" });
    expect(await fired(t)).toEqual([["1", "succeeded", "2026-12-04T08:00:00.000Z"]]);
    expect(host.rows.get("invoices/1")).toEqual(invoice("1", { total: "5.00", notes: "noted" }));
    expect(await t.events("clock")).toMatchObject([
      { type: "date", record: { invoice_id: "2", status: "paid" } },
      { type: "date", record: { invoice_id: "1", total: "5.00" } },
    ]);
    await t.moveTo("2026-12-05T08:00:00Z");
    expect((await fired(t)).map(([record]) => record)).toEqual(["1", "3"]);
  });

  it("follows a date that the host changes without a word", async () => {
    const host = datedDatabase({ "invoices/1": invoice("1") });
    const t = await start(OVERDUE, host);
    host.rows.set("invoices/1", invoice("1", { due_date: "2026-12-24" }));
    await t.moveTo("2026-12-27T07:59:00Z");
    expect(await t.runs()).toEqual([]);
    await t.moveTo("2026-12-27T08:00:00Z");
    expect(await fired(t)).toEqual([["1", "succeeded", "2026-12-27T08:00:00.000Z"]]);
  });

  it("fires once for a record that it is given again and again", async () => {
    const host = datedDatabase({ "invoices/1": invoice("1") });
    const twice = { ...host, findByDate: () => [invoice("1"), invoice("1"), { status: "sent", due_date: "2026-12-01" }] };
    const t = await start(OVERDUE, twice);
    for (const day of ["04", "05", "06"]) await t.moveTo(`2026-12-${day}T08:00:00Z`);
    expect(await fired(t)).toHaveLength(1);
  });

  it("asks again where the host failed, and finds what came meanwhile", async () => {
    const host = datedDatabase({ "invoices/1": invoice("1") });
    let down = true;
    const failing: HostRecords = {
      ...host,
      findByDate(query) {
        if (down) throw new Error("connection refused");
        return host.findByDate?.(query) ?? [];
      },
    };
    const t = await start(OVERDUE, failing);
    await t.moveTo("2026-12-04T08:00:00Z");
    await t.moveTo("2026-12-04T08:10:00Z");
    expect(await t.runs()).toEqual([]);
    down = false;
    await t.moveTo("2026-12-04T08:20:00Z");
    expect(await fired(t)).toEqual([["1", "succeeded", "2026-12-04T08:00:00.000Z"]]);
  });

  it("a yearly one is asked for by days of this year, and keeps 29 February", async () => {
    const host = datedDatabase({ "contacts/7": { contact_id: "7", status: "active", cf_birthday: "2000-02-29" } });
    const t = await start(
      `kind: Module\nname: contacts\nfields: [{ name: notes, type: text }, { name: cf_birthday, type: date }]\n---${rules('field: cf_birthday, when: { after: { days: 0 } }, at: "08:00", cycle: yearly', "contacts")}`,
      host,
    );
    await t.moveTo("2027-02-28T07:00:00Z");
    expect(host.asked).toContainEqual({ module: "contacts", field: "cf_birthday", from: "2027-02-28", to: "2027-03-01", cycle: "yearly" });
    expect(await fired(t)).toEqual([["7", "succeeded", "2027-02-28T07:00:00.000Z"]]);
  });

  describe("updates the fields of a record that no event ever brought", () => {
    const TWO = `${OVERDUE.replace("immediateActions: [", "immediateActions: [{ type: fieldUpdate, name: mark-it }, ")}---
kind: FieldUpdate
name: mark-it
module: invoices
field: status
value: overdue
`;

    it("one after the other, each an edit of its own; later ones are the host's to send", async () => {
      const host = datedDatabase({ "invoices/1": invoice("1") });
      const t = await start(TWO, host);
      await t.moveTo("2026-12-04T08:00:00Z");
      const marked = invoice("1", { status: "overdue" });
      const noted = { ...marked, notes: "noted" };
      expect(host.rows.get("invoices/1")).toEqual(noted);
      expect(await t.events("fieldUpdate")).toMatchObject([
        { type: "edited", record: noted, previous: marked },
        { type: "edited", record: marked, previous: invoice("1") },
      ]);
      expect((await fired(t)).map(([, status]) => status)).toEqual(["succeeded", "succeeded"]);
    });

    it("twice under one id where it breaks in between, and that is one edit", async () => {
      const host = datedDatabase({ "invoices/1": invoice("1") });
      const t = await start(OVERDUE, host, failingOnce);
      await t.moveTo("2026-12-04T08:00:00Z");
      expect((await t.runs()).map(({ status }) => status)).toEqual(["retrying"]);
      expect(host.rows.get("invoices/1")).toMatchObject({ notes: "noted" });
      await t.moveBy(1000);
      const [run] = await t.runs();
      expect(run).toMatchObject({ status: "succeeded", attempts: [{ outcome: "failed" }, { response: { changes: { notes: "noted" } } }] });
      const update = ["update", "invoices", "1", { notes: "noted" }, run?.id];
      expect(host.calls.filter(([name]) => name === "update")).toEqual([update, update]);
      expect(await t.events("fieldUpdate")).toMatchObject([{ record: { notes: "noted" }, previous: invoice("1") }]);
    });
  });
});

/** A store that loses the first edit of a field update. */
function failingOnce(store: Store): Store {
  let failed = false;
  return {
    ...store,
    events: {
      ...store.events,
      async intake(event, decide) {
        if (event.origin !== "fieldUpdate" || failed) return store.events.intake(event, decide);
        failed = true;
        throw new Error("the disk is full");
      },
    },
  };
}

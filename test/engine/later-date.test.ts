import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

type Rule = { readonly execute?: string; readonly more?: string; readonly zone?: string; readonly grace?: string };

const THREE_BEFORE = 'before: { days: 3 }, of: due_date, at: "09:00"';

function definitions({ execute = THREE_BEFORE, more = "", zone = "Europe/Berlin", grace = "hours: 24" }: Rule = {}): string {
  return `
kind: Organization
timeZone: ${zone}
---
kind: Webhook
name: remind
module: invoices
url: https://erp.example/hook
---
kind: WorkflowRule
name: reminder
module: invoices
trigger: { type: event, on: [created, submitted] }
grace: { ${grace} }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    timeBasedActions: [{ execute: { ${execute} }, actions: [{ type: webhook, name: remind }]${more} }]
`;
}

const author = { organization: ORGANIZATION, origin: "import", ancestry: [] } as const;
const invoice = { invoice_id: "1", status: "sent", due_date: "2026-12-31" };

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

const created = (record: object = invoice) => t.emit({ module: "invoices", type: "created", record });
const patch = (changes: Record<string, string | null>) => t.engine.records.patch("invoices", "1", changes, null, author);

async function moveTo(instant: string): Promise<void> {
  t.clock.moveTo(instant);
  await t.engine.idle();
}

/** Runs, the first planned first: status or reason, and the due time. */
async function seen(): Promise<readonly (readonly [string, string | null])[]> {
  return (await t.runs()).toReversed().map(({ status, reason, dueAt }) => [reason ?? status, dueAt]);
}

describe("a time-based action that counts from a date field", () => {
  beforeEach(() => t.apply(definitions()));

  it("is due that long before or after it, by the wall time of the organization", async () => {
    await created();
    // 28 December, 09:00 in Berlin.
    expect(await seen()).toEqual([["scheduled", "2026-12-28T08:00:00.000Z"]]);
    await moveTo("2026-12-28T07:59:59Z");
    expect(t.calls).toEqual([]);
    await moveTo("2026-12-28T08:00:00Z");
    expect(t.calls).toHaveLength(1);
    expect(await seen()).toEqual([["succeeded", "2026-12-28T08:00:00.000Z"]]);
  });

  it.each([
    ["after: { days: 2 }, of: due_date", "2027-01-01T23:00:00.000Z"],
    ["after: { months: 2 }, of: due_date", "2027-02-27T23:00:00.000Z"],
    ["before: { hours: 2 }, of: due_date", "2026-12-30T21:00:00.000Z"],
    ['after: { weeks: 1 }, of: date, at: "09:00"', "2026-11-27T08:00:00.000Z"],
  ])("with %s", async (execute, dueAt) => {
    await t.apply(definitions({ execute }));
    await created({ ...invoice, date: "2026-11-20" });
    expect(await seen()).toEqual([["scheduled", dueAt]]);
  });

  it("moves with the date, later and earlier", async () => {
    await created();
    await patch({ due_date: "2027-01-31" });
    expect(await seen()).toEqual([["scheduled", "2027-01-28T08:00:00.000Z"]]);
    await patch({ due_date: "2026-12-10" });
    expect(await seen()).toEqual([["scheduled", "2026-12-07T08:00:00.000Z"]]);
    await moveTo("2026-12-07T08:00:00Z");
    expect(t.calls.map(({ input }) => input.record["due_date"])).toEqual(["2026-12-10"]);
  });

  it("moves with an event that the host sends, and with a field update", async () => {
    await t.apply(`${definitions()}
---
kind: FieldUpdate
name: put-off
module: invoices
field: due_date
value: "2027-01-31"
---
kind: WorkflowRule
name: put-off
module: invoices
trigger: { type: event, on: [edited], fields: { names: [status] } }
conditions: [{ immediateActions: [{ type: fieldUpdate, name: put-off }] }]
`);
    await created();
    await t.emit({ module: "invoices", type: "edited", record: { ...invoice, due_date: "2026-12-20" } });
    expect(await seen()).toEqual([["scheduled", "2026-12-17T08:00:00.000Z"]]);
    await t.emit({ module: "invoices", type: "edited", record: { ...invoice, status: "viewed", due_date: "2026-12-20" } });
    await t.engine.idle();
    expect((await seen())[0]).toEqual(["scheduled", "2027-01-28T08:00:00.000Z"]);
  });

  it("waits without a due time while the date is empty or none, and says so", async () => {
    await created({ ...invoice, due_date: "" });
    expect(await seen()).toEqual([["dateEmpty", null]]);
    await moveTo("2027-06-01T00:00:00Z");
    expect(await seen()).toEqual([["dateEmpty", null]]);
    await patch({ due_date: "2027-12-31" });
    expect(await seen()).toEqual([["scheduled", "2027-12-28T08:00:00.000Z"]]);
    for (const due_date of ["2026-02-30", null]) {
      await patch({ due_date });
      expect(await seen()).toEqual([["dateEmpty", null]]);
    }
  });

  it("is one for each record: a newer firing supersedes it", async () => {
    await created();
    await t.emit({ module: "invoices", type: "submitted", record: { ...invoice, due_date: "2027-01-31" } });
    expect(await seen()).toEqual([
      ["superseded", "2026-12-28T08:00:00.000Z"],
      ["scheduled", "2027-01-28T08:00:00.000Z"],
    ]);
    await created({ ...invoice, invoice_id: "2" });
    expect((await seen()).map(([status]) => status)).toEqual(["superseded", "scheduled", "scheduled"]);
  });

  it("is not superseded by an older event that comes late, whose own one is", async () => {
    await created();
    await t.emit({
      module: "invoices",
      type: "submitted",
      record: { ...invoice, due_date: "2027-01-31" },
      occurredAt: "2026-11-19T00:00:00Z",
    });
    expect(await seen()).toEqual([
      ["scheduled", "2026-12-28T08:00:00.000Z"],
      ["superseded", "2026-12-28T08:00:00.000Z"],
    ]);
  });

  it("is checked again when due, by the record as it is then", async () => {
    await created();
    await patch({ status: "paid" });
    await moveTo("2026-12-28T08:00:00Z");
    expect(await seen()).toEqual([["criteriaNotMet", "2026-12-28T08:00:00.000Z"]]);
  });

  it("runs at once where it is due already within the grace, and is missed beyond it", async () => {
    await created({ ...invoice, due_date: "2026-11-23" });
    await t.engine.idle();
    await created({ ...invoice, invoice_id: "2", due_date: "2026-11-21" });
    expect(await seen()).toEqual([
      ["succeeded", "2026-11-20T08:00:00.000Z"],
      ["missed", "2026-11-18T08:00:00.000Z"],
    ]);
  });

  it("is missed where its date moves so far into the past", async () => {
    await created();
    await patch({ due_date: "2026-01-31" });
    expect(await seen()).toEqual([["missed", "2026-01-28T08:00:00.000Z"]]);
  });

  it("ends with its record", async () => {
    await created();
    await t.engine.records.remove("invoices", "1", null, author);
    expect(await seen()).toEqual([["recordDeleted", "2026-12-28T08:00:00.000Z"]]);
  });

  it("looks at the date again once it is claimed: it waits on where that has moved meanwhile", async () => {
    await created();
    // As if the edit were stored and its move had come while the run was claimed.
    const move = t.store.events.intake;
    Object.assign(t.store.events, {
      intake: (event: Parameters<typeof move>[0], decide: Parameters<typeof move>[1]) =>
        move(event, (inputs) => ({ ...decide(inputs), moves: [] })),
    });
    await patch({ due_date: "2027-01-31" });
    await moveTo("2026-12-28T08:00:00Z");
    expect(await seen()).toEqual([["scheduled", "2027-01-28T08:00:00.000Z"]]);
    await patch({ due_date: "" });
    await moveTo("2027-01-28T08:00:00Z");
    expect(await seen()).toEqual([["dateEmpty", null]]);
    expect(t.calls).toEqual([]);
  });

  it("runs when a person asks for it again, whatever its date", async () => {
    await created();
    await t.emit({ module: "invoices", type: "submitted", record: { ...invoice, due_date: "2027-01-31" } });
    const superseded = (await t.runs()).at(-1);
    await t.engine.retry(ORGANIZATION, superseded?.id ?? "");
    await t.engine.idle();
    expect((await seen())[0]?.[0]).toBe("succeeded");
    expect(t.calls).toHaveLength(1);
  });
});

describe("another time zone of the organization", () => {
  it("moves what waits for a wall time, and leaves what waits for an exact duration", async () => {
    await t.apply(definitions());
    await created();
    await t.apply(definitions({ execute: 'after: { days: 14 }, of: trigger, at: "09:00"' }));
    await created({ ...invoice, invoice_id: "2" });
    await t.apply(definitions({ execute: "after: { days: 14 }, of: trigger" }));
    await created({ ...invoice, invoice_id: "3" });
    await t.apply(definitions({ execute: "after: { hours: 500 }, of: trigger" }));
    await created({ ...invoice, invoice_id: "4" });
    const before = ["2026-12-28T08:00:00.000Z", "2026-12-04T08:00:00.000Z", "2026-12-04T09:00:00.000Z", "2026-12-11T05:00:00.000Z"];
    expect((await seen()).map(([, dueAt]) => dueAt)).toEqual(before);
    await t.apply(definitions({ execute: "after: { hours: 500 }, of: trigger", zone: "America/New_York" }));
    await t.engine.idle();
    const after = ["2026-12-28T14:00:00.000Z", "2026-12-04T14:00:00.000Z", "2026-12-04T09:00:00.000Z", "2026-12-11T05:00:00.000Z"];
    expect((await seen()).map(([, dueAt]) => dueAt)).toEqual(after);
    await moveTo("2026-12-28T14:00:00Z");
    expect((await seen()).map(([status]) => status)).toEqual(["succeeded", "missed", "missed", "missed"]);
  });

  it("is found by a process that was down when it came", async () => {
    await t.apply(definitions());
    await created();
    await t.engine.stop(0);
    const move = t.store.runs.move;
    Object.assign(t.store.runs, { move: async () => false });
    const other = await testEngine({ store: t.store, clock: t.clock });
    await other.apply(definitions({ zone: "America/New_York" }));
    await other.engine.stop(0);
    Object.assign(t.store.runs, { move });
    const third = await testEngine({ store: t.store, clock: t.clock });
    await third.engine.idle();
    expect((await seen()).map(([, dueAt]) => dueAt)).toEqual(["2026-12-28T14:00:00.000Z"]);
    await third.engine.stop(0);
  });
});

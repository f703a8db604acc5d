import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

type Rule = { readonly trigger?: string; readonly zone?: string; readonly more?: string; readonly active?: boolean };

const THREE_AFTER = 'field: due_date, when: { after: { days: 3 } }, at: "09:00"';

function definitions({ trigger = THREE_AFTER, zone = "Europe/Berlin", more = "", active = true }: Rule = {}): string {
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
name: overdue
module: invoices
active: ${active}
trigger: { type: date, ${trigger} }
${more}
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: webhook, name: remind }]
`;
}

const author = { organization: ORGANIZATION, origin: "import", ancestry: [] } as const;
const invoice = { invoice_id: "1", status: "sent", due_date: "2026-12-01" };
const DAY = 86_400_000;

// 20 November, 10:00 in Berlin.
let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

const created = (record: object = invoice) => t.emit({ module: "invoices", type: "created", record });
const patch = (changes: Record<string, string | null>) => t.engine.records.patch("invoices", "1", changes, null, author);

async function moveTo(instant: string | number): Promise<void> {
  t.clock.moveTo(instant);
  await t.engine.idle();
}

/** Records for which the rule's action was done, in order. */
const done = () => t.calls.map(({ input }) => input.recordId);

/** Runs, the first planned first: record, status or reason, and the due time. */
async function seen() {
  return (await t.runs()).toReversed().map(({ record, status, reason, dueAt }) => [record, reason ?? status, dueAt]);
}

describe("a date rule", () => {
  it("fires for a record when its date has come, by the wall time of the organization, as an event of the log", async () => {
    await t.apply(definitions());
    await created();
    await moveTo("2026-12-04T07:59:59Z");
    expect(done()).toEqual([]);
    await moveTo("2026-12-04T08:00:00Z");
    expect(done()).toEqual(["1"]);
    expect(await seen()).toEqual([["1", "succeeded", "2026-12-04T08:00:00.000Z"]]);
    const [event] = (await t.store.events.events({ organization: ORGANIZATION, type: "date" }, { limit: 10, cursor: null })).data;
    expect(event).toMatchObject({ origin: "clock", recordId: "1", occurredAt: Date.parse("2026-12-04T08:00:00Z"), record: invoice });
    const explained = await t.engine.explain.event(ORGANIZATION, event?.id ?? "");
    expect(explained).toMatchObject([{ rule: { name: "overdue" }, fires: true, condition: 1 }]);
  });

  it("looks at the criteria then", async () => {
    await t.apply(definitions());
    await created();
    await patch({ status: "paid" });
    await moveTo("2026-12-05T00:00:00Z");
    expect(done()).toEqual([]);
    const [event] = (await t.store.events.events({ organization: ORGANIZATION, type: "date" }, { limit: 10, cursor: null })).data;
    expect(await t.engine.explain.event(ORGANIZATION, event?.id ?? "")).toMatchObject([{ fires: false, reason: "criteriaNotMet" }]);
  });

  it.each([
    ["field: due_date, when: { before: { days: 3 } }", "2026-11-27T23:00:00.000Z"],
    ["field: due_date, when: { after: { hours: 5 } }", "2026-12-01T04:00:00.000Z"],
    ["field: due_date, when: { before: { hours: 5 } }", "2026-11-30T18:00:00.000Z"],
    ['field: due_date, when: { after: { days: 0 } }, at: "23:59"', "2026-12-01T22:59:00.000Z"],
  ])("with { %s } comes at %s", async (trigger, at) => {
    await t.apply(definitions({ trigger }));
    await created();
    await moveTo(Date.parse(at) - 1);
    expect(done()).toEqual([]);
    await moveTo(at);
    expect(await seen()).toEqual([["1", "succeeded", at]]);
  });

  it("finds records that were there before it", async () => {
    await created();
    await t.apply(definitions());
    await moveTo("2026-12-04T08:00:00Z");
    expect(done()).toEqual(["1"]);
  });

  it("fires once, also where several processes follow it, and never again when the date comes back", async () => {
    await t.apply(definitions());
    await created();
    const other = await testEngine({ store: t.store, clock: t.clock });
    t.clock.moveTo("2026-12-04T08:00:00Z");
    await Promise.all([t.engine.idle(), other.engine.idle()]);
    expect([...done(), ...other.calls]).toHaveLength(1);
    await patch({ due_date: "2026-12-10" });
    await patch({ due_date: "2026-12-01" });
    await moveTo("2026-12-20T00:00:00Z");
    await other.engine.idle();
    expect([...done(), ...other.calls]).toHaveLength(1);
    await patch({ due_date: "2026-12-24" });
    await moveTo("2027-01-20T00:00:00Z");
    await other.engine.idle();
    expect([...done(), ...other.calls]).toHaveLength(1);
    expect((await seen()).map(([, status]) => status)).toEqual(["succeeded", "missed"]);
    await other.engine.stop(0);
  });

  it("follows an edited date", async () => {
    await t.apply(definitions());
    await created();
    await patch({ due_date: "2026-12-10" });
    await moveTo("2026-12-13T07:59:00Z");
    expect(done()).toEqual([]);
    await moveTo("2026-12-13T08:00:00Z");
    expect(done()).toEqual(["1"]);
  });

  it("does not know a date that had come before the record had it", async () => {
    await t.apply(definitions());
    await created({ ...invoice, due_date: "2026-11-17" });
    await created({ ...invoice, invoice_id: "2", due_date: "2026-01-01" });
    await moveTo("2026-11-25T00:00:00Z");
    await patch({ due_date: "2026-11-21" });
    await moveTo("2026-12-25T00:00:00Z");
    expect(await seen()).toEqual([]);
  });

  it("nor one that had come before it was activated", async () => {
    await t.apply(definitions({ active: false }));
    await created();
    await moveTo("2026-12-04T08:00:00Z");
    await t.apply(definitions());
    await moveTo("2026-12-25T00:00:00Z");
    expect(await seen()).toEqual([]);
  });

  it("nor one that came while it was stopped", async () => {
    await t.apply(definitions());
    await created();
    const [rule] = (await t.engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: 1, cursor: null })).data;
    await t.engine.definitions.deactivate(ORGANIZATION, rule?.id ?? "", "keep");
    await moveTo("2026-12-04T08:00:00Z");
    await t.engine.definitions.activate(ORGANIZATION, rule?.id ?? "");
    await moveTo("2026-12-25T00:00:00Z");
    expect(await seen()).toEqual([]);
  });

  it("ends with the record", async () => {
    await t.apply(definitions());
    await created();
    await t.emit({ module: "invoices", type: "deleted", record: invoice });
    await moveTo("2026-12-25T00:00:00Z");
    expect(await seen()).toEqual([]);
  });

  it("counts its time-based actions from the instant that came", async () => {
    await t.apply(
      definitions()
        .replace("immediateActions: [{", "timeBasedActions: [{ execute: { after: { days: 2 } }, actions: [{")
        .replace("remind }]\n", "remind }] }]\n"),
    );
    await created();
    await moveTo("2026-12-04T08:00:00Z");
    expect(await seen()).toEqual([["1", "scheduled", "2026-12-06T08:00:00.000Z"]]);
    await moveTo("2026-12-06T08:00:00Z");
    expect(done()).toEqual(["1"]);
  });

  it("takes many that come at once", async () => {
    await t.apply(definitions());
    for (let n = 0; n < 350; n++) await created({ ...invoice, invoice_id: String(n) });
    await moveTo("2026-12-04T08:00:00Z");
    expect(new Set(done()).size).toBe(350);
    expect(done()).toHaveLength(350);
  });
});

it("a date that comes while its rule is being looked at is not left to the next day", async () => {
  const store = openSqliteStore(":memory:");
  const setMark: Store["marks"]["setMark"] = async (organization, key, revision, value) => {
    const done = await store.marks.setMark(organization, key, revision, value);
    // It was looked up to now; until that is written, the date has come.
    if (value["through"] === Date.parse("2026-12-04T07:59:59Z")) t.clock.moveTo("2026-12-04T08:00:00Z");
    return done;
  };
  const own = await testEngine({ store: { ...store, marks: { ...store.marks, setMark } }, clock: t.clock });
  t.clock.moveTo("2026-12-04T07:59:20Z");
  await own.apply(definitions());
  await own.emit({ module: "invoices", type: "created", record: invoice });
  for (const instant of ["2026-12-04T07:59:21Z", "2026-12-04T07:59:59Z", "2026-12-04T08:00:01Z"]) {
    t.clock.moveTo(instant);
    await own.engine.idle();
  }
  expect(own.calls).toHaveLength(1);
  await own.close();
});

describe("a clock that is set", () => {
  it("a day ahead and back brings what is written meanwhile in its time, and nothing twice", async () => {
    await t.apply(definitions());
    await created();
    await moveTo("2026-12-04T10:00:00Z");
    expect(done()).toEqual(["1"]);
    await moveTo("2026-12-03T10:00:00Z");
    await created({ ...invoice, invoice_id: "2" });
    await moveTo("2026-12-04T07:59:00Z");
    expect(done()).toEqual(["1"]);
    await moveTo("2026-12-04T08:00:00Z");
    expect(done()).toEqual(["1", "2"]);
  });
});

describe("a date that comes back", () => {
  async function firings(cycle: string, due_date: string, until: string): Promise<readonly string[]> {
    await t.apply(definitions({ trigger: `field: due_date, when: { after: { days: 0 } }, at: "09:00", cycle: ${cycle}` }));
    await created({ ...invoice, due_date });
    const days: string[] = [];
    while (t.clock.now() < Date.parse(until)) {
      await moveTo(t.clock.now() + DAY);
      const { length } = t.calls;
      while (days.length < length) days.push(new Date(t.clock.now()).toISOString().slice(0, 10));
    }
    return days;
  }

  it("monthly falls on the month's last day where it has no such day, and back on its own day", async () => {
    expect(await firings("monthly", "2026-12-31", "2027-05-02T00:00:00Z")).toEqual([
      "2026-12-31",
      "2027-01-31",
      "2027-02-28",
      "2027-03-31",
      "2027-04-30",
    ]);
  });

  it("yearly keeps 29 February", async () => {
    expect(await firings("yearly", "2024-02-29", "2028-03-02T00:00:00Z")).toEqual(["2027-02-28", "2028-02-29"]);
  });

  it("starts a long time ago without what came before", async () => {
    expect(await firings("monthly", "2001-01-15", "2027-01-16T00:00:00Z")).toEqual(["2026-12-15", "2027-01-15"]);
  });
});

describe("what came while nobody was there", () => {
  /** A date rule whose process stops, and what another does that starts after so long. */
  async function down(ms: number, rule: Rule, record: object = invoice) {
    await t.apply(definitions(rule));
    await created(record);
    await moveTo(t.clock.now() + 20_000);
    await t.engine.stop(0);
    t.clock.moveBy(ms);
    const next = await testEngine({ store: t.store, clock: t.clock });
    await next.engine.idle();
    await next.engine.stop(0);
    return next.calls.length;
  }

  it("a minute: it runs late", async () => {
    await moveTo("2026-12-04T07:59:00Z");
    await t.apply(definitions());
    await created();
    await t.engine.stop(0);
    t.clock.moveTo("2026-12-04T08:01:30Z");
    const next = await testEngine({ store: t.store, clock: t.clock });
    await next.engine.idle();
    expect(await seen()).toEqual([["1", "succeeded", "2026-12-04T08:00:00.000Z"]]);
    await next.engine.stop(0);
  });

  it("eight hours: within the grace it runs", async () => {
    await moveTo("2026-12-04T00:00:00Z");
    expect(await down(16 * 3_600_000, {})).toBe(1);
    expect(await seen()).toEqual([["1", "succeeded", "2026-12-04T08:00:00.000Z"]]);
  });

  it("forty days: it is missed, and the log says so", async () => {
    expect(await down(40 * DAY, {})).toBe(0);
    expect(await seen()).toEqual([["1", "missed", "2026-12-04T08:00:00.000Z"]]);
  });

  it("forty days before it was ever followed: nothing fails, and it is in the log", async () => {
    await created();
    await t.engine.stop(0);
    const failed: string[] = [];
    const note = (_details: object, message: string) => void failed.push(message);
    const log = { info: () => undefined, warn: note, error: note };
    await t.apply(definitions());
    t.clock.moveBy(40 * DAY);
    const next = await testEngine({ store: t.store, clock: t.clock, log });
    await next.engine.idle();
    t.clock.moveBy(10_000);
    await next.engine.idle();
    expect(failed).toEqual([]);
    expect(await seen()).toEqual([["1", "missed", "2026-12-04T08:00:00.000Z"]]);
    await next.engine.stop(0);
  });

  const MONTHLY = { trigger: 'field: due_date, when: { after: { days: 0 } }, at: "09:00", cycle: monthly', more: "grace: { days: 100 }" };
  it.each([
    ["once", ["missed", "missed", "succeeded"], 1],
    ["all", ["succeeded", "succeeded", "succeeded"], 3],
    ["skip", ["missed", "missed", "missed"], 0],
  ])("catchUp: %s", async (catchUp, statuses, calls) => {
    const trigger = `${MONTHLY.trigger}, catchUp: ${catchUp}`;
    expect(await down(90 * DAY, { ...MONTHLY, trigger })).toBe(calls);
    const runs = (await seen()).toSorted(([, , a], [, , b]) => ((a ?? "") < (b ?? "") ? -1 : 1));
    expect(runs).toEqual(["2026-12-01", "2027-01-01", "2027-02-01"].map((day, i) => ["1", statuses[i], `${day}T08:00:00.000Z`]));
  });
});

describe("the records of a host", () => {
  it("are asked for by the days of their dates", async () => {
    const asked: object[] = [];
    const hosted = await testEngine({
      hostRecords: {
        get: () => ({ ...invoice, status: "sent" }),
        update: () => undefined,
        findByDate: (query) => {
          asked.push(query);
          return query.from <= "2026-12-01" && query.to > "2026-12-01"
            ? [{ ...invoice }, { ...invoice, invoice_id: "other", due_date: "2026-12-02" }]
            : [];
        },
      },
    });
    await hosted.apply(definitions());
    hosted.clock.moveTo("2026-12-03T09:00:00Z");
    await hosted.engine.idle();
    expect(hosted.calls).toEqual([]);
    hosted.clock.moveTo("2026-12-04T08:00:00Z");
    await hosted.engine.idle();
    expect(hosted.calls.map(({ input }) => input.recordId)).toEqual(["1"]);
    expect(asked.at(-1)).toEqual({ module: "invoices", field: "due_date", from: "2026-12-01", to: "2026-12-02", cycle: "once" });
    await hosted.close();
  });
});

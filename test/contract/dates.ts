import { expect, it } from "vitest";
import type { DateKey, DateRange } from "../../src/store/dates.ts";
import type { NewEvent } from "../../src/store/events.ts";
import { makeCascade, makeEvent, makeKey, MINUTE, NOW } from "../support/make.ts";
import { allPages, FIRST_PAGE, take, upTo, type Current } from "./ledger.ts";

const due = (key: number, cycle: DateKey["cycle"] = "once"): DateKey => ({ field: "due_date", cycle, key });

/** Dates of records, found by where they lie and never by looking at other records. */
export function dateContract(current: Current): void {
  const range = (overrides: Partial<DateRange> = {}): DateRange => ({
    organization: "default",
    module: "invoices",
    field: "due_date",
    cycle: "once",
    from: 0,
    to: 1000,
    ...overrides,
  });
  const put = (record: string, dates: readonly DateKey[] | null, event: Partial<NewEvent> = {}) =>
    take(current(), makeEvent({ id: `evt of ${record}`, recordId: record, dates, ...event }));
  const found = async (overrides: Partial<DateRange> = {}) => {
    const { data } = await current().dates.dated(range(overrides), FIRST_PAGE);
    return data.map(({ record, since }) => [record.id, since]);
  };

  it("finds records by where their date lies, both ends included, with the record as it is", async () => {
    for (const key of [9, 10, 20, 21]) await put(`at ${key}`, [due(key)]);
    expect(await found({ from: 10, to: 20 })).toEqual([
      ["at 10", NOW],
      ["at 20", NOW],
    ]);
    const { data } = await current().dates.dated(range({ from: 10, to: 10 }), FIRST_PAGE);
    expect(data[0]?.record).toEqual(await current().records.record(makeKey({ id: "at 10" })));
  });

  it("keeps fields, cycles, modules and organizations apart", async () => {
    await put("1", [due(5), due(6, "monthly"), { field: "date", cycle: "once", key: 7 }]);
    await put("2", [due(5)], { module: "quotes", id: "evt-2" });
    await put("3", [due(5)], { organization: "other", id: "evt-3" });
    expect(await found()).toEqual([["1", NOW]]);
    expect(await found({ cycle: "monthly", from: 6, to: 6 })).toEqual([["1", NOW]]);
    expect(await found({ cycle: "yearly" })).toEqual([]);
    expect(await found({ field: "date", from: 7, to: 7 })).toEqual([["1", NOW]]);
    expect(await found({ module: "quotes" })).toEqual([["2", NOW]]);
    expect(await found({ organization: "other" })).toEqual([["3", NOW]]);
  });

  it("holds the dates of the record's newest event, and since when each has stood", async () => {
    await put("1", [due(5), due(50, "monthly")]);
    await put("1", [due(6), due(50, "monthly")], { id: "evt-2", type: "edited", occurredAt: NOW + 1, storedAt: NOW + MINUTE });
    expect(await found({ to: 5 })).toEqual([]);
    expect(await found({ from: 6 })).toEqual([["1", NOW + MINUTE]]);
    expect(await found({ cycle: "monthly" })).toEqual([["1", NOW]]);
    await put("1", [due(7)], { id: "evt-old", type: "edited", occurredAt: NOW - 1, storedAt: NOW + 2 * MINUTE });
    expect(await found()).toEqual([["1", NOW + MINUTE]]);
    await put("1", [], { id: "evt-3", type: "edited", occurredAt: NOW + 2, storedAt: NOW + 3 * MINUTE });
    expect(await found()).toEqual([]);
    expect(await found({ cycle: "monthly" })).toEqual([]);
  });

  it("leaves them as they are where an event says nothing of them, or writes no record", async () => {
    await put("1", [due(5)]);
    await put("1", null, { id: "evt-2", type: "edited", occurredAt: NOW + 1 });
    await put("1", null, {
      id: "evt-3",
      type: "date",
      origin: "clock",
      occurredAt: NOW + 2,
      occurrence: { of: "rule-1", anchor: "2026-12-01", k: 0, missed: false },
    });
    expect(await found()).toEqual([["1", NOW]]);
  });

  it("follows a field update", async () => {
    await put("90300", [due(5)]);
    const cascade = makeCascade({ storedAt: NOW + MINUTE });
    await current().records.update(makeKey(), "run-1", ({ body }) => ({ body, cascade, dates: [due(8)] }));
    expect(await found()).toEqual([["90300", NOW + MINUTE]]);
    expect(await found({ to: 7 })).toEqual([]);
  });

  it("forgets a record that is deleted", async () => {
    await put("1", [due(5)]);
    await put("1", [due(5)], { id: "evt-2", type: "deleted", occurredAt: NOW + 1 });
    expect(await found()).toEqual([]);
  });

  it("answers page by page, by date and then by record", async () => {
    for (const n of upTo(12)) await put(`record ${String(n).padStart(2, "0")}`, [due(n % 3)]);
    const all = await allPages((page) => current().dates.dated(range(), page), 5);
    const ids = all.map(({ record }) => record.id);
    expect(ids).toEqual(
      [0, 1, 2].flatMap((rest) => upTo(12).filter((n) => n % 3 === rest)).map((n) => `record ${String(n).padStart(2, "0")}`),
    );
  });

  it("is made anew page by page, and what stays keeps its since", async () => {
    await put("1", null);
    await put("2", [due(5)]);
    await put("3", null, { module: "quotes" });
    await put("4", [due(5)]);
    await put("4", null, { id: "evt-4", type: "deleted", occurredAt: NOW + 1 });
    const of = { organization: "default", module: "invoices" };
    const looked: string[] = [];
    let cursor: string | null = null;
    do {
      cursor = await current().dates.reindex(of, NOW + MINUTE, { limit: 1, cursor }, (record) => {
        looked.push(record.id);
        return [due(5), due(9, "yearly")];
      });
    } while (cursor !== null);
    expect(looked).toEqual(["1", "2"]);
    expect(await found()).toEqual([
      ["1", NOW + MINUTE],
      ["2", NOW],
    ]);
    expect(await found({ cycle: "yearly" })).toEqual([
      ["1", NOW + MINUTE],
      ["2", NOW + MINUTE],
    ]);
    await current().dates.reindex(of, NOW + 2 * MINUTE, { limit: 10, cursor: null }, () => [due(6)]);
    expect(await found({ to: 5 })).toEqual([]);
    expect(await found()).toEqual([
      ["1", NOW + MINUTE],
      ["2", NOW],
    ]);
  });
}

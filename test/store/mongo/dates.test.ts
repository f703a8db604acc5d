import { expect, it } from "vitest";
import type { DateKey, DateRange } from "../../../src/store/dates.ts";
import type { NewEvent } from "../../../src/store/events.ts";
import type { Store } from "../../../src/store/store.ts";
import { FIRST_PAGE, take } from "../../contract/ledger.ts";
import { makeCascade, makeDecided, makeEvent, makeKey, MINUTE, NOW } from "../../support/make.ts";
import { AWAY } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const LATER = NOW + MINUTE;
const ODD = "cf.$due%date";
const of = { organization: "default", module: "invoices" };

const on = (key: number, field = ODD): DateKey => ({ field, cycle: "once", key });

/** Keys and sinces of the record's date. */
async function found({ dates }: Store, range: Partial<DateRange> = {}) {
  const { data } = await dates.dated({ ...of, field: ODD, cycle: "once", from: -1000, to: 1000, ...range }, FIRST_PAGE);
  return data.map(({ record, since }) => [record.id, since]);
}

function makeEdit(n: number, overrides: Partial<NewEvent> = {}): NewEvent {
  return makeEvent({ id: `evt-edit-${n}`, type: "edited", occurredAt: NOW + n, storedAt: NOW + n, ...overrides });
}

await describeTwoProcesses((current) => {
  it("keeps since when a date stands, although the record was written by another after it was looked at", async () => {
    const { one, other } = current();
    await take(one.store, makeEvent({ dates: [on(5), on(7, "date")] }));
    const held = one.hold("replace records");
    const taken = take(one.store, makeEdit(2, { dates: [on(5), on(8, "date")] }));
    await held.reached;
    await take(other.store, makeEdit(1, { dates: [on(5), on(8, "date"), on(1, "gone")] }));
    held.release();
    await taken;
    expect(one.begun).toContain("replace a record");
    expect(await found(one.store)).toEqual([["90300", NOW]]);
    expect(await found(one.store, { field: "date" })).toEqual([["90300", NOW + 1]]);
    expect(await found(one.store, { field: "gone" })).toEqual([]);
  });

  it.each(["replace records", "decide events"])("comes with an event that another finishes, left at: %s", async (call) => {
    const { one, other } = current();
    await take(one.store, makeEvent({ dates: [on(5)] }));
    one.fail(call);
    const edit = makeEdit(1, { dates: [on(6)], ...(call === "decide events" ? { firstTimeRules: ["rule-1"] } : {}) });
    const decide = () => makeDecided({ firstTime: edit.firstTimeRules });
    await expect(one.store.events.intake(edit, decide)).rejects.toMatchObject(AWAY);
    await other.store.events.recover(LATER, decide);
    expect(await found(other.store)).toEqual([["90300", NOW + 1]]);
    expect(await found(other.store, { to: 5 })).toEqual([]);
  });

  it("is written with a record that is put as expected, and changed by nothing that comes late", async () => {
    const { one } = current();
    await take(one.store, makeEvent({ dates: [on(5)], expectRevision: 0 }));
    await take(one.store, makeEdit(2, { dates: [on(6)], expectRevision: 1 }));
    await take(one.store, makeEdit(1, { dates: [on(7)] }));
    expect(await found(one.store)).toEqual([["90300", NOW + 2]]);
    expect(await found(one.store, { from: 7 })).toEqual([]);
    await take(one.store, makeEdit(3, { dates: [], expectRevision: 2 }));
    expect(await found(one.store)).toEqual([]);
  });

  it("does not come back with a record that is made again and says nothing of it", async () => {
    const { one } = current();
    await take(one.store, makeEvent({ dates: [on(5)] }));
    await take(one.store, makeEdit(1, { type: "deleted" }));
    await take(one.store, makeEdit(2, { type: "created" }));
    expect(await found(one.store)).toEqual([]);
    await take(one.store, makeEdit(3, { dates: [on(5)] }));
    expect(await found(one.store)).toEqual([["90300", NOW + 3]]);
  });

  it("sorts dates before 1970, and records as they are named, and finds whole numbers of any size", async () => {
    const { store } = current().one;
    const keys = [-Number.MAX_SAFE_INTEGER, -33, -32, -1, 0, 1, 31, 32, Number.MAX_SAFE_INTEGER];
    for (const key of keys.toReversed())
      for (const name of ["a", "Z"]) await take(store, makeEvent({ id: `${name} ${key}`, recordId: `${name} ${key}`, dates: [on(key)] }));
    const all = await found(store, { from: -Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER });
    expect(all.map(([id]) => id)).toEqual(keys.flatMap((key) => [`Z ${key}`, `a ${key}`]));
    expect(await found(store, { from: -32, to: -1 })).toHaveLength(4);
  });

  it.each(["an event", "a field update", "a deletion"])("is not made anew over %s that came meanwhile", async (what) => {
    const { one, other } = current();
    await take(one.store, makeEvent({ dates: [on(5)] }));
    await take(one.store, makeEvent({ id: "evt-2", recordId: "second" }));
    const held = one.hold("write dates anew");
    const dateOf = ({ body }: { readonly body: object }) => ("due" in body && typeof body.due === "number" ? [on(body.due)] : [on(5)]);
    const done = one.store.dates.reindex(of, LATER, FIRST_PAGE, dateOf);
    await held.reached;
    const record = { due: 9 };
    if (what === "an event") await take(other.store, makeEdit(1, { record, dates: [on(9)] }));
    else if (what === "a deletion") await take(other.store, makeEdit(1, { type: "deleted" }));
    else
      await other.store.records.update(makeKey(), "run-1", () => ({
        body: record,
        cascade: makeCascade({ storedAt: NOW + 1 }),
        dates: [on(9)],
      }));
    held.release();
    expect(await done).toBeNull();
    const second = ["second", LATER];
    expect(await found(one.store)).toEqual(what === "a deletion" ? [second] : [second, ["90300", NOW + 1]]);
  });
});

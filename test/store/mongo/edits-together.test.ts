import { expect, it } from "vitest";
import { makeDecided, makeEvent, makeKey, NOW } from "../../support/make.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const created = (n: number) => makeEvent({ id: `evt-${n}`, recordId: `${n}` });
const edit = (n: number, at: number, by = "edit") =>
  makeEvent({ id: `${by}-${n}`, recordId: `${n}`, type: "edited", occurredAt: at, storedAt: at, record: { invoice_id: `${n}`, by } });

await describeTwoProcesses((current) => {
  it("writes one by one only what another process was quicker with", async () => {
    const { one, other } = current();
    await Promise.all(NUMBERS.map((n) => one.store.events.intake(created(n), () => makeDecided())));
    one.before("replace records", async () => {
      one.heal();
      await other.store.events.intake(edit(3, NOW + 1, "other"), () => makeDecided());
    });
    one.begun.length = 0;
    await Promise.all(NUMBERS.map((n) => one.store.events.intake(edit(n, NOW + 2), () => makeDecided())));
    expect(one.begun.filter((call) => call === "replace a record")).toHaveLength(1);
    const records = await Promise.all(NUMBERS.map((n) => one.store.records.record(makeKey({ id: `${n}` }))));
    expect(records.map((record) => [record?.revision, record?.body["by"]])).toEqual(NUMBERS.map((n) => [n === 3 ? 3 : 2, "edit"]));
  });

  it("writes no record for an event that comes late, and says what is stored", async () => {
    const { one } = current();
    await one.store.events.intake(created(0), () => makeDecided());
    await one.store.events.intake(edit(0, NOW + 2), () => makeDecided());
    one.begun.length = 0;
    const late = await one.store.events.intake({ ...edit(0, NOW + 1, "late"), storedAt: NOW + 3 }, () => makeDecided());
    expect(one.begun.filter((call) => call.startsWith("replace"))).toEqual([]);
    expect(late).toMatchObject({ status: "accepted", record: { revision: 2, body: { by: "edit" } } });
    expect(await one.store.records.record(makeKey({ id: "0" }))).toMatchObject({ revision: 2, body: { by: "edit" } });
  });
});

import { MongoClient, type Db } from "mongodb";
import { expect, it } from "vitest";
import { FIRST_PAGE, stored, take } from "../../contract/ledger.ts";
import { makeEvent, makeKey, makeNewRun, MINUTE, NOW } from "../../support/make.ts";
import { makeEdit, movingTo } from "./dated-runs.ts";
import { AWAY } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

/** What a database of the version before holds, which knew no dates: nothing of what came with them. */
async function asBefore(url: string): Promise<void> {
  const client = new MongoClient(url);
  try {
    const db: Db = client.db();
    for (const document of await db.collection("events").find().toArray()) {
      if (typeof document["left"] !== "string") continue;
      const { asOf: _asOf, moves: _moves, dates: _dates, runs, ...left } = JSON.parse(document["left"]) as Left;
      const before = { ...left, runs: runs.map(({ run: { timing: _timing, ...run }, ...rest }) => ({ ...rest, run })) };
      await db.collection("events").updateOne({ _id: document._id }, { $set: { left: JSON.stringify(before) } });
    }
    await db.collection("runs").updateMany({}, { $unset: { timing: "", dated: "", asOf: "", wallZone: "" } });
    await db.collection("records").updateMany({}, { $unset: { dates: "", since: "" } });
  } finally {
    await client.close();
  }
}

type Left = { readonly runs: readonly { readonly run: object & { readonly timing?: unknown } }[] } & Readonly<Record<string, unknown>>;

await describeTwoProcesses((current) => {
  it("goes on with what the version before has left", async () => {
    const { one, other, url } = current();
    const event = makeEvent();
    one.fail("insert runs");
    await expect(take(one.store, event, makeNewRun(event))).rejects.toMatchObject(AWAY);
    await asBefore(url);
    expect(
      await other.store.events.recover(NOW + MINUTE, () => movingTo(null)({ stored: null, alreadyFired: new Set(), pending: [] })),
    ).toBe(1);
    expect(await stored(other.store, makeNewRun(event).run)).toEqual(makeNewRun(event).run);
    expect(await other.store.events.event("default", event.id)).toMatchObject({ occurrence: null });
  });

  it("has its records' dates once they are made anew, and their runs due as they were", async () => {
    const { store } = current().one;
    const event = makeEvent({ dates: [{ field: "due_date", cycle: "once", key: 5 }] });
    const { run } = makeNewRun(event);
    await take(store, event, makeNewRun(event));
    await asBefore(current().url);
    const range = { organization: "default", module: "invoices", field: "due_date", cycle: "once", from: 5, to: 5 } as const;
    expect(await store.dates.dated(range, FIRST_PAGE)).toEqual({ data: [], nextCursor: null });
    await store.events.intake(makeEdit(1), movingTo(null));
    expect(await stored(store, run)).toEqual(run);
    await store.dates.reindex(range, NOW, FIRST_PAGE, () => event.dates ?? []);
    const { data } = await store.dates.dated(range, FIRST_PAGE);
    expect(data.map(({ record }) => record)).toEqual([await store.records.record(makeKey())]);
  });
});

import { expect, it } from "vitest";
import type { NewEvent } from "../../../src/store/events.ts";
import { makeDecided, makeEvent, MINUTE, NOW } from "../../support/make.ts";
import { AWAY, type HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";
import { keyOf, of, runningOf, update } from "./updates.ts";

// A field update whose event is stored, and whose record is not written yet.
await describeTwoProcesses((current) => {
  it("waits for a new record whose write has failed, and takes it for deleted only where nothing is left of its event", async () => {
    const { one } = current();
    await takeInWithoutRecord(one, of(0), "insert records");
    await expect(update(one.store, 0)).rejects.toMatchObject(AWAY);
    await one.store.events.recover(NOW + MINUTE, () => makeDecided());
    expect(await update(one.store, 0)).toBe("updated");
    expect(await update(one.store, 1)).toBe("deleted");
  });

  it("waits for an edit of its record whose write has failed, which would undo what it wrote", async () => {
    const { one } = current();
    await one.store.events.intake(makeEvent({ id: "evt-before", recordId: "0" }), () => makeDecided());
    const edit = {
      ...of(0),
      type: "edited",
      occurredAt: NOW + 1,
      storedAt: NOW + 1,
      record: { invoice_id: "0", status: "sent", notes: "edited" },
    };
    await takeInWithoutRecord(one, edit, "replace records");
    await expect(update(one.store, 0)).rejects.toMatchObject(AWAY);
    await one.store.events.recover(NOW + MINUTE, () => makeDecided());
    expect(await update(one.store, 0)).toBe("updated");
    expect(await one.store.records.record(keyOf(0))).toMatchObject({ revision: 3, body: { status: "closed", notes: "edited" } });
  });

  it("waits also where an event that comes late was written meanwhile", async () => {
    const { one } = current();
    await takeInWithoutRecord(one, of(0), "insert records");
    const late = makeEvent({ id: "evt-late", recordId: "0", occurredAt: NOW - 5, storedAt: NOW + 1 });
    await one.store.events.intake(late, () => makeDecided());
    await expect(update(one.store, 0)).rejects.toMatchObject(AWAY);
    await one.store.events.recover(NOW + MINUTE, () => makeDecided());
    expect(await update(one.store, 0)).toBe("updated");
    expect(await one.store.records.record(keyOf(0))).toMatchObject({ body: { status: "closed" } });
  });

  it("reads once more what another process wrote as it was looked at", async () => {
    const { one, other } = current();
    await takeInWithoutRecord(one, of(0), "insert records");
    one.before("find the events of updates", async () => {
      one.heal();
      await other.store.events.recover(NOW + MINUTE, () => makeDecided());
      // What it has finished it writes down.
      await other.store.close();
    });
    expect(await update(one.store, 0)).toBe("updated");
  });

  it("does not wait for an event that comes late, whose record stays as it is", async () => {
    const { one } = current();
    await one.store.events.intake(makeEvent({ id: "evt-newer", recordId: "0", occurredAt: NOW + 5 }), () => makeDecided());
    one.fail("events are finished");
    await one.store.events.intake({ ...of(0), storedAt: NOW + 6 }, () => makeDecided({ runs: [runningOf(0)] }));
    expect(await update(one.store, 0)).toBe("updated");
  });
});

/** The event and its run, which has started, are written, and its record is not. */
async function takeInWithoutRecord({ store, fail, heal }: HookedStore, event: NewEvent, call: string): Promise<void> {
  fail(call);
  await expect(store.events.intake(event, () => makeDecided({ runs: [runningOf(0)] }))).rejects.toMatchObject(AWAY);
  heal();
}

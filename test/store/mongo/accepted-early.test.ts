import { MongoClient } from "mongodb";
import { expect, it, vi } from "vitest";
import type { DecisionInputs, Intake, NewEvent } from "../../../src/store/events.ts";
import type { Store } from "../../../src/store/store.ts";
import { makeDecided, makeEvent, makeKey, makeNewRun, MINUTE, NOW } from "../../support/make.ts";
import { AWAY, type HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const first = makeEvent({ id: "evt-first", recordId: "1", record: { invoice_id: "1", status: "sent" } });
const edit = makeEvent({
  id: "evt-edit",
  recordId: "1",
  type: "edited",
  occurredAt: NOW + 1,
  storedAt: NOW + 1,
  record: { invoice_id: "1", status: "paid" },
});

type Sent = { readonly durable: Promise<void>; readonly taken: Promise<Intake>; readonly inputs: readonly DecisionInputs[] };

/** Takes it in with one run, and says when it is durable and what it was decided on. */
function send(store: Store, event: NewEvent): Sent {
  const inputs: DecisionInputs[] = [];
  let isDurable = (): void => undefined;
  const durable = new Promise<void>((resolve) => (isDurable = resolve));
  const decide = (found: DecisionInputs) => {
    inputs.push(found);
    return makeDecided({ runs: [makeNewRun(event)] });
  };
  return { durable, inputs, taken: store.events.intake(event, decide, isDurable) };
}

const looksOf = ({ begun }: HookedStore): number => begun.filter((call) => call === "find what others write").length;
const runsOf = async (store: Store, { id }: NewEvent) => store.runs.runsOfEvent("default", id);

// What is durable is accepted, and what follows from it is written after.
await describeTwoProcesses(
  (current) => {
    it("is in the log with its decision before its runs and its record are written", async () => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      await sent.durable;
      await held.reached;
      expect(await other.store.events.event("default", "evt-first")).toMatchObject({ id: "evt-first", decision: {} });
      expect(await other.store.records.record(makeKey({ id: "1" }))).toBeNull();
      held.release();
      expect(await sent.taken).toMatchObject({ status: "accepted", record: { revision: 1 } });
      expect(await runsOf(other.store, first)).toHaveLength(1);
    });

    it("is said once, and of nothing that was sent before, is stale or cannot be stored", async () => {
      const { one } = current();
      let said = 0;
      const say = (): void => void (said += 1);
      const { intake } = one.store.events;
      await intake({ ...first, fingerprint: "a" }, () => makeDecided(), say);
      expect(said).toBe(1);
      await intake({ ...first, fingerprint: "a" }, () => makeDecided(), say);
      await intake({ ...first, fingerprint: "b" }, () => makeDecided(), say);
      await intake({ ...edit, expectRevision: 7 }, () => makeDecided(), say);
      one.fail("insert events");
      await expect(intake({ ...edit, id: "evt-away" }, () => makeDecided(), say)).rejects.toMatchObject(AWAY);
      one.heal();
      expect(said).toBe(1);
      // One that is written in more steps, once they are made.
      await intake({ ...edit, firstTimeRules: ["rule-1"] }, () => makeDecided({ firstTime: ["rule-1"] }), say);
      expect(said).toBe(2);
    });

    it("keeps no event of another record from being stored, and the next of its own waits", async () => {
      const { one } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      const next = send(one.store, edit);
      await held.reached;
      await send(one.store, makeEvent({ id: "evt-beside", recordId: "2" })).durable;
      expect(next.inputs).toEqual([]);
      held.release();
      await Promise.all([sent.taken, next.taken]);
      expect(next.inputs).toMatchObject([{ stored: { body: { status: "sent" } } }]);
    });

    it("has an edit that another process takes in compared with the record as it will be", async () => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      await held.reached;
      const looked = other.hold("find what others write");
      const next = send(other.store, edit);
      await looked.reached;
      looked.release();
      // It looks again and again.
      const again = other.hold("find what others write");
      await again.reached;
      expect(next.inputs).toEqual([]);
      held.release();
      again.release();
      await Promise.all([sent.taken, next.taken]);
      expect(next.inputs).toMatchObject([{ stored: { body: { status: "sent" } } }]);
    });

    it.each([
      ["the record", { organization: "default", module: "invoices", record: "1" }],
      ["the event", { organization: "default", event: "evt-first" }],
    ])("is waited for in another process by who wants to see what came of %s", async (_what, of) => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      await held.reached;
      const seen = other.store.events.written(of).then(() => other.store.records.record(makeKey({ id: "1" })));
      await vi.waitUntil(() => looksOf(other) > 1);
      held.release();
      expect(await seen).toMatchObject({ revision: 1 });
      await sent.taken;
    });

    it("waits in another process no longer than an outage is worth, once, and not at all for another record", async () => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      await held.reached;
      await send(other.store, { ...edit, id: "evt-other", recordId: "2" }).taken;
      expect(looksOf(other)).toBe(1);
      const next = send(other.store, edit);
      await next.taken;
      expect(next.inputs).toMatchObject([{ stored: null }]);
      expect(looksOf(other)).toBeGreaterThan(3);
      other.begun.length = 0;
      await send(other.store, { ...edit, id: "evt-again", occurredAt: NOW + 2, storedAt: NOW + 2 }).taken;
      expect(looksOf(other)).toBe(1);
      held.release();
      await sent.taken;
      expect(await one.store.records.record(makeKey({ id: "1" }))).toMatchObject({ body: { status: "paid" } });
    });

    it("does not wait in another process for what comes to this one after it", async () => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      await held.reached;
      const next = send(other.store, { ...edit, id: "evt-other", occurredAt: NOW + 2 });
      await vi.waitUntil(() => looksOf(other) > 1);
      // Behind it, as if it never ended.
      const last = one.hold("replace records");
      const later = send(one.store, edit);
      held.release();
      await sent.taken;
      await last.reached;
      await next.taken;
      last.release();
      await later.taken;
      expect(next.inputs).toMatchObject([{ stored: { body: { status: "sent" } } }]);
    });

    it("waits for an event of another process also while its sender sends it here once more", async () => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, { ...first, fingerprint: "same" });
      await held.reached;
      const slow = other.hold("find records");
      const again = send(other.store, { ...first, fingerprint: "same" });
      await slow.reached;
      const next = send(other.store, edit);
      await vi.waitUntil(() => looksOf(other) > 1);
      slow.release();
      expect(await again.taken).toEqual({ status: "duplicate" });
      held.release();
      await Promise.all([sent.taken, next.taken]);
      expect(next.inputs).toMatchObject([{ stored: { body: { status: "sent" } } }]);
    });

    it("does not wait for what is written and could not be marked so", async () => {
      const { one } = current();
      one.fail("events are finished");
      await send(one.store, first).taken;
      await vi.waitUntil(() => one.begun.includes("events are finished"));
      await one.store.ping();
      await send(one.store, edit).taken;
      expect(looksOf(one)).toBe(1);
    });

    it("has a creation that wants the record not to be there wait for who creates it elsewhere", async () => {
      const { one, other } = current();
      const held = one.hold("insert records");
      const sent = send(one.store, first);
      await held.reached;
      const second = send(other.store, { ...edit, type: "created", expectRevision: 0 });
      await vi.waitUntil(() => looksOf(other) > 1);
      held.release();
      await sent.taken;
      expect(await second.taken).toEqual({ status: "stale", revision: 1 });
    });

    it("waits also for what it could not write itself, until that is made good", async () => {
      const { one } = current();
      one.fail("insert records");
      await expect(send(one.store, first).taken).rejects.toMatchObject(AWAY);
      one.heal();
      const next = send(one.store, edit);
      await vi.waitUntil(() => looksOf(one) > 1);
      expect(await one.store.events.recover(NOW + MINUTE, () => makeDecided())).toBe(1);
      await next.taken;
      expect(next.inputs).toMatchObject([{ stored: { body: { status: "sent" } } }]);
    });

    it("fails only what the server refuses of what follows, now and when it is finished", async () => {
      const { one, other, url } = current();
      const client = new MongoClient(url);
      try {
        await client.db().command({ collMod: "runs", validator: { record: { $ne: "bad" } } });
        const all = ["1", "2", "bad", "3"].map((id) => send(one.store, { ...first, id: `evt-${id}`, recordId: id }));
        const outcomes = await Promise.allSettled(all.map(({ taken }) => taken));
        expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
        one.fail("insert runs");
        await expect(send(one.store, { ...first, id: "evt-4", recordId: "4" }).taken).rejects.toMatchObject(AWAY);
        await expect(other.store.events.recover(NOW + MINUTE, () => makeDecided())).rejects.toThrow(
          /^1 of \d events could not be finished/,
        );
        expect(await runsOf(other.store, { ...first, id: "evt-4" })).toHaveLength(1);
      } finally {
        await client.db().command({ collMod: "runs", validator: {} });
        await client.close();
      }
    });

    it("does not wait for what this process itself has written and not marked as finished", async () => {
      const { one } = current();
      await send(one.store, first).taken;
      await send(one.store, edit).taken;
      expect(looksOf(one)).toBe(1);
    });

    it("is finished by whoever looks, where what follows could not be written", async () => {
      const { one, other } = current();
      one.fail("insert runs");
      const sent = send(one.store, first);
      await sent.durable;
      await expect(sent.taken).rejects.toMatchObject(AWAY);
      expect(await other.store.events.recover(NOW + MINUTE, () => makeDecided())).toBe(1);
      expect(await runsOf(other.store, first)).toMatchObject([{ status: "scheduled" }]);
    });
  },
  { awaitsOthers: true },
);

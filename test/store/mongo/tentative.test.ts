import { expect, it } from "vitest";
import { FIRST_PAGE, stored, take } from "../../contract/ledger.ts";
import type { NewEvent } from "../../../src/store/events.ts";
import { makeDecided, makeDecision, makeEvent, makeKey, makeNewRun, MINUTE, NOW } from "../../support/make.ts";
import { AWAY } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

const LATER = NOW + MINUTE;

/** The nth edit of the record, ms after it was made. */
function makeEdit(n: number, overrides: Partial<NewEvent> = {}): NewEvent {
  const at = NOW + n;
  return makeEvent({ id: `evt-edit-${n}`, type: "edited", occurredAt: at, storedAt: at, record: { edit: n }, ...overrides });
}

/** Decides as an engine does whose only rule fires once for each record. */
const firesOnce = (event: NewEvent) => (inputs: { readonly alreadyFired: ReadonlySet<string> }) =>
  inputs.alreadyFired.has("rule-1") ? makeDecided() : makeDecided({ runs: [makeNewRun(event)], firstTime: ["rule-1"] });

await describeTwoProcesses((current) => {
  it("decides anew where a rule fires that was not asked about and that another event has fired before", async () => {
    const { store } = current().one;
    const first = makeEvent({ firstTimeRules: ["rule-1"] });
    await store.events.intake(first, firesOnce(first));
    const edit = makeEdit(1, { firstTimeRules: [] });
    const seen: (readonly string[])[] = [];
    const taken = await store.events.intake(edit, (inputs) => {
      seen.push([...inputs.alreadyFired]);
      if (seen.length > 5) throw new Error("expected it to hear what has fired");
      return firesOnce(edit)(inputs);
    });
    expect(seen).toEqual([[], ["rule-1"]]);
    expect(taken).toMatchObject({ status: "accepted", runs: [] });
    expect(await store.runs.runsOfEvent("default", edit.id)).toEqual([]);
  });

  it("finishes an event that wrote its record as expected and remembers its rule, although the record has changed since", async () => {
    const { one, other } = current();
    await take(other.store, makeEvent());
    const edit = makeEdit(1, { expectRevision: 1, firstTimeRules: ["rule-1"] });
    one.fail("decide events");
    await expect(one.store.events.intake(edit, firesOnce(edit))).rejects.toMatchObject(AWAY);
    const next = makeEdit(2, { expectRevision: 2, firstTimeRules: ["rule-1"] });
    expect(await other.store.events.intake(next, firesOnce(next))).toMatchObject({ status: "accepted", runs: [] });
    expect(await other.store.events.event("default", edit.id)).toBeNull();

    await other.store.events.recover(LATER, (_event, inputs) => firesOnce(edit)(inputs));
    expect(await other.store.events.event("default", edit.id)).toMatchObject({ id: edit.id });
    expect(await stored(other.store, makeNewRun(edit).run)).toMatchObject({ status: "scheduled" });
    expect(await other.store.records.record(makeKey())).toMatchObject({ revision: 3, body: { edit: 2 } });
  });

  it("takes an event back that was to write its record as expected and found it changed", async () => {
    const { one, other } = current();
    await take(other.store, makeEvent());
    const edit = makeEdit(1, { expectRevision: 1, firstTimeRules: ["rule-1"] });
    one.fail("replace a record");
    await expect(one.store.events.intake(edit, firesOnce(edit))).rejects.toMatchObject(AWAY);
    await take(other.store, makeEdit(2));
    await other.store.events.recover(LATER, (_event, inputs) => firesOnce(edit)(inputs));
    expect(await other.store.events.firedBefore("default", ["rule-1"], edit.recordId)).toEqual(new Set());
    const { data } = await other.store.events.events({ organization: "default" }, FIRST_PAGE);
    expect(data.map(({ id }) => id)).toEqual(["evt-edit-2", "evt-1"]);
    expect(await other.store.events.intake(edit, firesOnce(edit))).toEqual({ status: "stale", revision: 2 });
  });

  it("forgets a rule that was to fire for an event and does not, once the event is decided", async () => {
    const { one, other } = current();
    const event = makeEvent({ firstTimeRules: ["rule-1", "rule-2"] });
    one.fail("decide events");
    await expect(one.store.events.intake(event, () => makeDecided({ firstTime: ["rule-1", "rule-2"] }))).rejects.toMatchObject(AWAY);
    // The rule was stopped meanwhile.
    expect(await other.store.events.recover(LATER, () => makeDecided({ firstTime: ["rule-2"] }))).toBe(1);
    expect(await other.store.events.firedBefore("default", ["rule-1", "rule-2"], event.recordId)).toEqual(new Set(["rule-2"]));
  });

  it("forgets it too where whoever decided the event died before", async () => {
    const { one, other } = current();
    const event = makeEvent({ firstTimeRules: ["rule-1"] });
    one.fail("decide events");
    await expect(one.store.events.intake(event, firesOnce(event))).rejects.toMatchObject(AWAY);
    other.fail("forget first times");
    await expect(other.store.events.recover(LATER, () => makeDecided())).rejects.toMatchObject(AWAY);
    other.heal();
    expect(await other.store.events.recover(LATER, () => makeDecided())).toBe(1);
    expect(await other.store.events.firedBefore("default", ["rule-1"], event.recordId)).toEqual(new Set());
  });

  it("remembers nothing for an event that another decided while it paused", async () => {
    const { one, other } = current();
    const event = makeEvent({ firstTimeRules: ["rule-1"] });
    const held = one.hold("remember first times");
    const taken = one.store.events.intake(event, firesOnce(event));
    await held.reached;
    const decided = makeDecided({ decision: makeDecision({ generation: 2 }) });
    expect(await other.store.events.recover(LATER, () => decided)).toBe(1);
    held.release();
    expect(await taken).toMatchObject({ status: "accepted", decision: decided.decision, runs: [] });
    expect(await one.store.events.firedBefore("default", ["rule-1"], event.recordId)).toEqual(new Set());
  });

  it("takes events in together that are as far", async () => {
    const { one } = current();
    const all = Array.from({ length: 30 }, (_, i) => makeEvent({ id: `evt-${i}`, recordId: `${i}`, firstTimeRules: ["rule-1"] }));
    one.begun.length = 0;
    const taken = await Promise.all(all.map((event) => one.store.events.intake(event, firesOnce(event))));
    expect(taken.every(({ status }) => status === "accepted")).toBe(true);
    for (const call of ["insert tentative events", "remember first times", "decide events", "insert runs"])
      expect(one.begun.filter((name) => name === call).length, call).toBeLessThan(5);
  });

  it("keeps the memory of a date that has come, whatever another decided for it while it paused", async () => {
    const { one, other } = current();
    const key = "rule-1 2026-12-01 0";
    const event = makeEvent({
      type: "date",
      origin: "clock",
      occurrence: { of: "rule-1", anchor: "2026-12-01", k: 0, missed: true },
      firstTimeRules: [key],
    });
    const held = one.hold("remember first times");
    const taken = one.store.events.intake(event, () => makeDecided({ firstTime: [key] }));
    await held.reached;
    const decided = makeDecided({ decision: makeDecision({ generation: 2 }), firstTime: [key] });
    expect(await other.store.events.recover(LATER, () => decided)).toBe(1);
    held.release();
    expect(await taken).toMatchObject({ status: "accepted", decision: decided.decision });
    expect(await one.store.events.firedBefore("default", [key], event.recordId)).toEqual(new Set([key]));
    expect(await one.store.events.event("default", event.id)).toMatchObject({ occurrence: event.occurrence });
  });
});

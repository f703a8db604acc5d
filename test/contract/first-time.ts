import { expect, it } from "vitest";
import type { NewEvent } from "../../src/store/events.ts";
import type { Store } from "../../src/store/store.ts";
import { makeDecided, makeEvent } from "../support/make.ts";
import { upTo, type Current } from "./ledger.ts";

/** Takes an event in for rules that fire once per record; answers those that had fired before. Every rule that has not fires now. */
async function fire(store: Store, event: Partial<NewEvent>): Promise<readonly string[]> {
  const arriving = makeEvent({ firstTimeRules: ["rule-1"], ...event });
  let before: readonly string[] = [];
  await store.events.intake(arriving, ({ alreadyFired }) => {
    before = [...alreadyFired];
    return makeDecided({ firstTime: arriving.firstTimeRules.filter((rule) => !alreadyFired.has(rule)) });
  });
  return before;
}

/** A rule that fires the first time only is told whether it has fired for the record. */
export function firstTimeContract(current: Current): void {
  it("tells a rule that it has fired for this record before", async () => {
    expect(await fire(current(), { id: "evt-1" })).toEqual([]);
    expect(await fire(current(), { id: "evt-2" })).toEqual(["rule-1"]);
    expect(await fire(current(), { id: "evt-3" })).toEqual(["rule-1"]);
  });

  it("remembers only what fired, for the record it fired for", async () => {
    await current().events.intake(makeEvent({ id: "evt-1", firstTimeRules: ["rule-1", "rule-2"] }), () =>
      makeDecided({ firstTime: ["rule-2"] }),
    );
    expect(await fire(current(), { id: "evt-2", firstTimeRules: ["rule-1", "rule-2", "rule-3"] })).toEqual(["rule-2"]);
    expect(await fire(current(), { id: "evt-3", recordId: "other", firstTimeRules: ["rule-2"] })).toEqual([]);
  });

  it("says nothing of rules that were not asked about", async () => {
    await fire(current(), { id: "evt-1" });
    expect(await fire(current(), { id: "evt-2", firstTimeRules: ["rule-2"] })).toEqual([]);
  });

  it("remembers beyond the record's deletion", async () => {
    await fire(current(), { id: "evt-1" });
    await fire(current(), { id: "evt-2", type: "deleted", firstTimeRules: [] });
    expect(await fire(current(), { id: "evt-3" })).toEqual(["rule-1"]);
  });

  it("lets exactly one of two concurrent events of a record see that the rule has not fired", async () => {
    for (const i of upTo(10)) {
      const seen = await Promise.all(["a", "b"].map((side) => fire(current(), { id: `evt-${i}-${side}`, recordId: `record ${i}` })));
      expect(seen.toSorted((a, b) => a.length - b.length)).toEqual([[], ["rule-1"]]);
    }
  });

  it("does not remember what a refused event would have fired", async () => {
    expect(await current().events.intake(makeEvent({ expectRevision: 4 }), () => makeDecided({ firstTime: ["rule-1"] }))).toMatchObject({
      status: "stale",
    });
    expect(await fire(current(), { id: "evt-2" })).toEqual([]);
  });

  it("tells of a record which of some rules have fired for it, in that organization", async () => {
    await fire(current(), { id: "evt-1", firstTimeRules: ["rule-1", "rule-2"] });
    const { recordId } = makeEvent();
    const before = (organization: string, rules: readonly string[], id = recordId) => current().events.firedBefore(organization, rules, id);
    expect([...(await before("default", ["rule-2", "rule-3", "rule-1"]))].toSorted()).toEqual(["rule-1", "rule-2"]);
    expect([...(await before("default", ["rule-1"], "other"))]).toEqual([]);
    expect([...(await before("other", ["rule-1"]))]).toEqual([]);
    expect([...(await before("default", []))]).toEqual([]);
  });
}

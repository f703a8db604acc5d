import { describe, expect, it } from "vitest";
import { decide, type Situation } from "../../src/decide/decide.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { firing, REFUSALS, type Draft } from "./refusals.ts";
import { reasonOf, ruleSet, situation, verdictOn, type RuleSpec } from "./rules.ts";

const HOOK = { type: "webhook", name: "post" } as const;
const NOTE = { type: "inAppNotification", name: "note" } as const;
const PREVIOUS = { invoice_id: "90300", status: "sent", total: "12000.0" };

function specOf({ active, trigger, criteria }: Draft): RuleSpec {
  return { active, trigger, conditions: [{ criteria, immediateActions: [HOOK] }] };
}

function situationOf({ event, stale, alreadyFired }: Draft): Situation {
  return situation({ event, stale, alreadyFired, previous: PREVIOUS });
}

function reasonFor(...changes: readonly ((draft: Draft) => void)[]): string | null {
  const draft = firing();
  for (const change of changes) change(draft);
  return reasonOf(specOf(draft), situationOf(draft));
}

describe("why a rule does not fire", () => {
  it("is nothing where nothing is against it", () => {
    expect(reasonFor()).toBeNull();
  });

  it.each(REFUSALS)("%s", (reason, bringAbout) => {
    expect(reasonFor(bringAbout)).toBe(reason);
  });

  const pairs = REFUSALS.flatMap(([first, one], index) =>
    REFUSALS.slice(index + 1).map(([second, other]) => [first, second, one, other] as const),
  );
  it.each(pairs)("%s comes before %s", (first, _second, one, other) => {
    expect(reasonFor(one, other)).toBe(first);
  });

  it("is the first in the list where all apply", () => {
    for (const [index, [reason]] of REFUSALS.entries())
      expect(reasonFor(...REFUSALS.slice(index).map(([, bringAbout]) => bringAbout))).toBe(reason);
  });

  const ancestor = (more: object) => ({ rule: "rule-1", module: "invoices", record: "90300", ...more });
  it.each<[what: string, change: (draft: Draft) => void]>([
    ["an older event, for a rule that compares nothing", (draft) => void (draft.stale = true)],
    [
      "an older event of another type than edited",
      (draft) => {
        draft.stale = true;
        draft.event.type = "created";
        draft.trigger.fields = { names: ["status"] };
      },
    ],
    [
      "a field list, for what is no edit",
      (draft) => {
        draft.event.type = "created";
        draft.trigger.fields = { names: ["total"] };
      },
    ],
    ["an edit that changed nothing, without a field list", (draft) => void (draft.event.record = { ...PREVIOUS, status: "paid" })],
    ["having fired before, with everyTime", (draft) => void (draft.alreadyFired = new Set(["rule-1"]))],
    [
      "another rule having fired before",
      (draft) => {
        draft.trigger.repeat = "firstTime";
        draft.alreadyFired = new Set(["rule-2"]);
      },
    ],
    ["another rule in the ancestry", (draft) => void (draft.event.ancestry = [ancestor({ rule: "rule-2" })])],
    ["another record in the ancestry", (draft) => void (draft.event.ancestry = [ancestor({ record: "1" })])],
    ["another module in the ancestry", (draft) => void (draft.event.ancestry = [ancestor({ module: "quotes" })])],
    ["an edit by a field update", (draft) => void (draft.event.origin = "fieldUpdate")],
    [
      "an origin that is asked for",
      (draft) => {
        draft.event.origin = "import";
        draft.trigger.origins = ["import"];
      },
    ],
  ])("is not %s", (_what, change) => {
    expect(reasonFor(change)).toBeNull();
  });

  it("is staleEvent for a change comparator, too", () => {
    const changed = (draft: Draft): void => void (draft.criteria = [{ field: "status", comparator: "changedTo", value: "paid" }]);
    expect(reasonFor(changed)).toBeNull();
    expect(reasonFor(changed, (draft) => void (draft.stale = true))).toBe("staleEvent");
  });

  it.each([["user"], ["api"], ["fieldUpdate"]] as const)("%s is an origin that is listed by default", (origin) => {
    expect(reasonFor((draft) => void (draft.event.origin = origin))).toBeNull();
  });

  it.each([["function"], ["sync"], ["import"]] as const)("%s is not", (origin) => {
    expect(reasonFor((draft) => void (draft.event.origin = origin))).toBe("originNotListed");
  });

  it("is eventTypeDiffers for a date rule, whatever the event", () => {
    const trigger = { type: "date", field: "due_date", when: { after: { days: 3 } } } as const;
    expect(reasonOf({ trigger, conditions: [{ immediateActions: [HOOK] }] }, situation())).toBe("eventTypeDiffers");
  });
});

describe("a field list", () => {
  it.each<[match: "any" | "all" | "except", names: string[], previous: JsonObject | null, record: JsonObject, fires: boolean]>([
    ["any", ["status", "total"], { status: "sent", total: 1 }, { status: "paid", total: 1 }, true],
    ["any", ["status", "total"], { status: "sent", total: 1, notes: "a" }, { status: "sent", total: 1, notes: "b" }, false],
    ["any", ["status"], null, { status: "paid" }, true],
    ["any", ["status"], null, { total: 1 }, false],
    ["any", ["status"], { status: "paid" }, {}, true],
    ["all", ["status", "total"], { status: "sent", total: 1 }, { status: "paid", total: 2 }, true],
    ["all", ["status", "total"], { status: "sent", total: 1 }, { status: "paid", total: 1 }, false],
    ["except", ["notes"], { status: "sent", notes: "a" }, { status: "sent", notes: "b" }, false],
    ["except", ["notes"], { status: "sent", notes: "a" }, { status: "paid", notes: "b" }, true],
    ["except", ["notes"], { status: "sent" }, { status: "sent" }, false],
    ["except", ["notes"], { status: "sent", total: 1 }, { status: "sent" }, true],
    ["except", ["notes"], { total: "12000.0" }, { total: 12000 }, false],
    ["except", ["billing_address"], { billing_address: { zip: "1" } }, { billing_address: { zip: "2" } }, false],
    ["except", ["billing_address.zip"], { billing_address: { zip: "1", city: "A" } }, { billing_address: { zip: "2", city: "A" } }, false],
    ["except", ["billing_address.zip"], { billing_address: { zip: "1", city: "A" } }, { billing_address: { zip: "2", city: "B" } }, true],
    [
      "except",
      ["custom_fields.Stage"],
      { custom_fields: [{ label: "Stage", value: 1 }] },
      { custom_fields: [{ label: "Stage", value: 2 }] },
      false,
    ],
    ["except", ["line_items.*.rate"], { line_items: [{ rate: 1, name: "a" }] }, { line_items: [{ rate: 2, name: "a" }] }, false],
    ["except", ["line_items.*.rate"], { line_items: [{ rate: 1, name: "a" }] }, { line_items: [{ rate: 2, name: "b" }] }, true],
    ["any", ["billing_address.zip"], { billing_address: { zip: "1", city: "A" } }, { billing_address: { zip: "2", city: "A" } }, true],
    ["any", ["billing_address.zip"], { billing_address: { zip: "1", city: "A" } }, { billing_address: { zip: "1", city: "B" } }, false],
  ])("%s of %j, from %j to %j: %s", (match, names, previous, record, fires) => {
    const spec: RuleSpec = { trigger: { type: "event", on: ["edited"], fields: { match, names } }, conditions: [{}] };
    expect(reasonOf(spec, situation({ event: { type: "edited", record }, previous }))).toBe(fires ? null : "fieldsUnchanged");
  });

  it.each<[field: string, from: Json, to: Json, changed: boolean]>([
    ["total", "12000.0", 12000, false],
    ["total", 12000, "1.2e4", false],
    ["total", "12000.0", "12000.01", true],
    ["total", null, "", false],
    ["total", null, 0, true],
    ["status", "sent", "Sent", true],
    ["due_date", "2026-11-20", "2026-11-20T10:00:00+05:30", false],
    ["due_date", "2026-11-20", "2026-11-21", true],
  ])("compares %s by its type: %j and %j", (field, from, to, changed) => {
    const spec: RuleSpec = { trigger: { type: "event", on: ["edited"], fields: { names: [field] } }, conditions: [{}] };
    const given = situation({ event: { type: "edited", record: { [field]: to } }, previous: { [field]: from } });
    expect(reasonOf(spec, given)).toBe(changed ? null : "fieldsUnchanged");
  });
});

describe("the blocks that run", () => {
  const over = (value: number) => ({ criteria: [{ field: "total", comparator: "greaterThan", value } as const], immediateActions: [HOOK] });
  const conditions = [over(1000), over(100), over(10), { immediateActions: [NOTE] }];

  it.each<["firstMatch" | "allMatches" | undefined, total: number, blocks: number[]]>([
    [undefined, 500, [2]],
    ["firstMatch", 5000, [1]],
    ["firstMatch", 500, [2]],
    ["firstMatch", 1, [4]],
    ["allMatches", 5000, [1, 2, 3, 4]],
    ["allMatches", 50, [3, 4]],
    ["allMatches", 1, [4]],
  ])("under %s, for a total of %i", (evaluation, total, blocks) => {
    const spec: RuleSpec = { trigger: { type: "event", on: ["created"] }, conditions, ...(evaluation ? { evaluation } : {}) };
    expect(verdictOn(spec, situation({ event: { record: { total } } }))).toMatchObject({
      fires: true,
      executions: blocks.map((condition) => ({ condition, runs: [{ n: 1, action: condition === 4 ? NOTE : HOOK }] })),
    });
  });

  it("are those of each rule for itself, one verdict a rule in the order of the rules", () => {
    const created: RuleSpec["trigger"] = { type: "event", on: ["created"] };
    const set = ruleSet([
      { trigger: created, conditions: [over(1000)] },
      { trigger: created, conditions: [over(10_000), over(50)] },
      { trigger: created, conditions: [over(10)], active: false },
      { trigger: created, conditions: [over(10)] },
    ]);
    const verdicts = decide(set, situation({ event: { record: { total: 100 } } }));
    expect(
      verdicts.map((verdict) => [
        verdict.rule.reference.id,
        verdict.fires ? verdict.executions.map((one) => one.condition) : verdict.reason,
      ]),
    ).toEqual([
      ["rule-1", "criteriaNotMet"],
      ["rule-2", [2]],
      ["rule-3", "ruleInactive"],
      ["rule-4", [1]],
    ]);
  });
});

describe("cascades", () => {
  const causes = (depth: number) =>
    Array.from({ length: depth }, (_, index) => ({ rule: `other-${index}`, module: "invoices", record: "90300" }));

  it.each([
    [0, false],
    [5, false],
    [6, true],
    [20, true],
  ])("%i deep: stopped %s, and the plan is there to be shown", (depth, loopStopped) => {
    const spec: RuleSpec = { trigger: { type: "event", on: ["edited"] }, conditions: [{ immediateActions: [HOOK, NOTE] }] };
    const event = { type: "edited", origin: "fieldUpdate", ancestry: causes(depth) } as const;
    expect(verdictOn(spec, situation({ event }))).toMatchObject({ fires: true, executions: [{ loopStopped, runs: [{ n: 1 }, { n: 2 }] }] });
  });
});

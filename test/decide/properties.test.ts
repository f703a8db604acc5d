import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "../../src/decide/decide.ts";
import { ORIGINS } from "../../src/model/event.ts";
import { ruleSet, situation, type RuleSpec } from "./rules.ts";

const TYPES = ["created", "edited", "deleted"] as const;
const STATUSES = ["draft", "sent", "paid"] as const;
const TOTALS = [0, 100, "100.00", 500, null, "much"] as const;

const hooks = fc.array(fc.constantFrom({ type: "webhook", name: "post" } as const, { type: "inAppNotification", name: "note" } as const), {
  minLength: 1,
  maxLength: 3,
});

const block = fc.record(
  {
    criteria: fc.array(
      fc.oneof(
        fc.record({
          field: fc.constant("status"),
          comparator: fc.constantFrom("equal", "notEqual", "changedTo"),
          value: fc.constantFrom(...STATUSES),
        }),
        fc.record({
          field: fc.constant("total"),
          comparator: fc.constantFrom("greaterThan", "lessEqual"),
          value: fc.constantFrom(100, 500),
        }),
      ),
      { maxLength: 2 },
    ),
    immediateActions: hooks,
    timeBasedActions: fc.array(
      fc.record({ execute: fc.record({ after: fc.record({ days: fc.nat(40) }), at: fc.constantFrom("00:00", "09:00") }), actions: hooks }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

const rule: fc.Arbitrary<RuleSpec> = fc.record({
  active: fc.boolean(),
  trigger: fc.record(
    {
      type: fc.constant("event"),
      on: fc.subarray([...TYPES], { minLength: 1 }),
      repeat: fc.constantFrom("firstTime", "everyTime"),
      origins: fc.subarray([...ORIGINS], { minLength: 1 }),
      fields: fc.record({ match: fc.constantFrom("any", "all", "except"), names: fc.subarray(["status", "total"], { minLength: 1 }) }),
    },
    { requiredKeys: ["type", "on"] },
  ),
  evaluation: fc.constantFrom("firstMatch", "allMatches"),
  conditions: fc.array(block, { minLength: 1, maxLength: 4 }),
});

const record = fc.record(
  { invoice_id: fc.constant("90300"), status: fc.constantFrom(...STATUSES), total: fc.constantFrom(...TOTALS) },
  { requiredKeys: [] },
);

const given = fc
  .record({
    type: fc.constantFrom(...TYPES),
    origin: fc.constantFrom(...ORIGINS),
    record,
    previous: fc.option(record),
    stale: fc.boolean(),
    alreadyFired: fc.subarray(["rule-1", "rule-2"]),
    ancestry: fc.array(fc.record({ rule: fc.constantFrom("rule-1", "x"), module: fc.constant("invoices"), record: fc.constant("90300") }), {
      maxLength: 7,
    }),
  })
  .map(({ previous, stale, alreadyFired, ...event }) => situation({ event, previous, stale, alreadyFired: new Set(alreadyFired) }));

const rules = fc.array(rule, { minLength: 1, maxLength: 4 });

it("the same rules and situation give the same verdicts, and neither is changed by deciding", () => {
  fc.assert(
    fc.property(rules, given, (specs, one) => {
      const before = structuredClone({ specs, one });
      const set = ruleSet(specs);
      const first = decide(set, one);
      expect(decide(set, one)).toEqual(first);
      expect(decide(ruleSet(before.specs), before.one)).toEqual(first);
      expect({ specs, one }).toEqual(before);
    }),
  );
});

it("a decision is one verdict a rule; only active rules fire, at most one block under firstMatch, runs numbered from 1", () => {
  let fired = 0;
  fc.assert(
    fc.property(rules, given, (specs, one) => {
      const verdicts = decide(ruleSet(specs), one);
      expect(verdicts.map((verdict) => verdict.rule.reference.id)).toEqual(specs.map((_, index) => `rule-${index + 1}`));
      for (const verdict of verdicts) {
        if (!verdict.fires) continue;
        fired += 1;
        const { document } = verdict.rule;
        expect(document.active).toBe(true);
        const blocks = verdict.executions.map(({ condition }) => condition);
        expect(blocks.length).toBeGreaterThan(0);
        expect(blocks).toEqual([...new Set(blocks)].toSorted((a, b) => a - b));
        expect(blocks.length).toBeLessThanOrEqual(document.evaluation === "firstMatch" ? 1 : document.conditions.length);
        for (const { condition, runs } of verdict.executions) {
          const planned = document.conditions[condition - 1];
          const actions = [
            ...(planned?.immediateActions ?? []),
            ...(planned?.timeBasedActions.flatMap(({ actions: timed }) => timed) ?? []),
          ];
          expect(runs.map(({ n, action }) => [n, action])).toEqual(actions.map((action, index) => [index + 1, action]));
        }
      }
    }),
    { numRuns: 1_000 },
  );
  // Rules that never fire would make the property empty; about 180 of these do.
  expect(fired).toBeGreaterThan(50);
});

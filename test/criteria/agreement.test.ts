import fc from "fast-check";
import { expect, it } from "vitest";
import { compileProgram } from "../../src/criteria/compile.ts";
import { toConditions } from "../../src/criteria/conditions.ts";
import { findField } from "../../src/criteria/fields.ts";
import { judge } from "../../src/criteria/judge.ts";
import { oracle, type World } from "./oracle.ts";
import { CONTEXT, DAY, ORDERS, ZONE } from "./orders.ts";
import { randomRecord, randomRule, type RandomRule, type Shape } from "./random-rules.ts";

function evaluate(shape: Shape, verdicts: readonly boolean[]): boolean {
  if ("criterion" in shape) return verdicts[shape.criterion - 1] ?? false;
  if ("not" in shape) return !evaluate(shape.not, verdicts);
  if ("all" in shape) return shape.all.every((part) => evaluate(part, verdicts));
  return shape.any.some((part) => evaluate(part, verdicts));
}

const conditionsOf = (rule: RandomRule) => toConditions({ criteria: rule.criteria, pattern: rule.pattern }, ORDERS);

it("closures, json-rules-engine and the oracle agree on 10,000 random rules", async () => {
  let matches = 0;
  await fc.assert(
    fc.asyncProperty(randomRule, randomRecord, fc.option(randomRecord), async (rule, record, previous) => {
      const world: World = { typeOf: (path) => findField(ORDERS, path).field?.type, record, previous, day: DAY, zone: ZONE };
      const verdicts = rule.criteria.map((criterion) => oracle(criterion, world));
      const expected = evaluate(rule.shape, verdicts);
      const facts = { record, previous, day: DAY };
      const conditions = conditionsOf(rule);
      // Stored conditions are JSON and come back as such.
      const stored = JSON.parse(JSON.stringify(conditions)) as typeof conditions;
      const closures = compileProgram([stored], CONTEXT).start(facts).matches(0);
      expect(closures).toBe(expected);
      if (stored === null) throw new Error("a random rule has criteria");
      const judgement = await judge(stored, facts, CONTEXT);
      expect(judgement.matched).toBe(expected);
      expect([...judgement.verdicts].toSorted(([a], [b]) => a - b).map(([, verdict]) => verdict)).toEqual(verdicts);
      if (expected) matches++;
    }),
    { numRuns: 10_000 },
  );
  expect(matches).toBeGreaterThan(1000);
  expect(matches).toBeLessThan(9000);
}, 300_000);

it("blocks of many rules share what they read and give the same verdicts as alone, in any order of asking", () => {
  fc.assert(
    fc.property(fc.array(randomRule, { minLength: 2, maxLength: 8 }), randomRecord, randomRecord, (rules, record, other) => {
      const blocks = [...rules.map(conditionsOf), null];
      const together = compileProgram(blocks, CONTEXT);
      // Two evaluations under way at once must not see each other's values.
      const evaluations = [record, other].map((each) => together.start({ record: each, previous: null, day: DAY }));
      for (const index of blocks.keys()) {
        const alone = (each: typeof record) =>
          compileProgram([blocks[index] ?? null], CONTEXT)
            .start({ record: each, previous: null, day: DAY })
            .matches(0);
        const at = blocks.length - 1 - index;
        expect(evaluations.map((evaluation) => evaluation.matches(index))).toEqual([record, other].map(alone));
        expect(evaluations[0]?.matches(at)).toBe(evaluations[0]?.matches(at));
      }
    }),
    { numRuns: 500 },
  );
});

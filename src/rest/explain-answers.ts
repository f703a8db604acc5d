import { z } from "zod";
import type { Refusal } from "../decide/decide.ts";
import { ActionReference } from "../model/action-type.ts";
import { COMPARATORS } from "../model/criterion.ts";
import { Instant, RuleReference } from "./answers.ts";
import { EXAMPLE_ID } from "./definition-examples.ts";
import { COMPONENTS } from "./components.ts";

/* Why a rule fires or does not (contract, section 3), for the OpenAPI document. */

const REASONS = [
  "ruleInactive",
  "moduleDiffers",
  "eventTypeDiffers",
  "originNotListed",
  "loopStopped",
  "staleEvent",
  "fieldsUnchanged",
  "alreadyFired",
  "criteriaNotMet",
] as const satisfies readonly Refusal[];

const Verdict = z.strictObject({
  number: z.int().min(1),
  field: z.string(),
  comparator: z.enum(COMPARATORS),
  expected: z.unknown().meta({ description: "As it stands in the rule." }),
  actual: z.unknown().meta({ description: "As it stands in the record; null where there is nothing." }),
  matched: z.boolean(),
});

const explanation = {
  fires: z.boolean(),
  reason: z.enum(REASONS).nullable().meta({ description: "The first that applies; null where it fires." }),
  condition: z.int().min(1).nullable().meta({ description: "The first that matched, also where the trigger said no." }),
  conditions: z.array(
    z.strictObject({
      condition: z.int().min(1),
      matched: z.boolean().nullable().meta({ description: "Null where it was not looked at." }),
      pattern: z.string().nullable(),
      criteria: z.array(Verdict),
    }),
  ),
  plan: z.array(z.strictObject({ action: ActionReference, dueAt: Instant.nullable() })),
};

const example = {
  fires: true,
  reason: null,
  condition: 1,
  conditions: [
    {
      condition: 1,
      matched: true,
      pattern: "1 AND 2",
      criteria: [
        { number: 1, field: "status", comparator: "equal", expected: "paid", actual: "paid", matched: true },
        { number: 2, field: "total", comparator: "greaterEqual", expected: 500, actual: "12000.0", matched: true },
      ],
    },
    { condition: 2, matched: null, pattern: null, criteria: [] },
  ],
  plan: [
    { action: { type: "emailAlert", name: "thank-you" }, dueAt: "2026-11-20T09:00:00.000Z" },
    { action: { type: "emailAlert", name: "coupon-reminder" }, dueAt: "2026-12-04T03:30:00.000Z" },
  ],
};

export const ExplanationAnswer = z.strictObject(explanation).register(COMPONENTS, {
  id: "Explanation",
  description: "Would it fire, criterion by criterion, and what would run when.",
  examples: [example],
});

export const EventExplanationAnswer = z
  .strictObject({ data: z.array(z.strictObject({ rule: RuleReference, ...explanation })) })
  .register(COMPONENTS, {
    id: "EventExplanation",
    description: "Why each rule of the event's module fired or did not.",
    examples: [{ data: [{ rule: { id: EXAMPLE_ID, name: "thank-you-with-coupon", version: 3 }, ...example }] }],
  });

import { expect, it } from "vitest";
import type { z } from "zod";
import { explainDateRule } from "../../src/engine/explain/date-rule.ts";
import type { DateTrigger } from "../../src/model/rule.ts";
import { ruleSet } from "../decide/rules.ts";
import { makeEvent } from "../support/make.ts";

type Trigger = Omit<z.input<typeof DateTrigger>, "type" | "field">;

/** When the rule would next run for an invoice that is due on that date, tried at that instant. */
async function dueAt(trigger: Trigger, dueDate: string, at: string): Promise<string | null | undefined> {
  const conditions = [{ immediateActions: [{ type: "webhook", name: "post" } as const] }];
  const set = ruleSet([{ trigger: { type: "date", field: "due_date", ...trigger }, conditions }]);
  const [rule] = set.rules;
  if (!rule) throw new Error("the set has a rule");
  const event = makeEvent({ record: { invoice_id: "1", due_date: dueDate }, occurredAt: Date.parse(at), storedAt: Date.parse(at) });
  const { fires, plan } = await explainDateRule(set, rule, event, async () => false);
  return fires ? plan[0]?.dueAt : null;
}

// In Asia/Kolkata, 09:00 is 03:30 UTC.
it.each<[string, Trigger, dueDate: string, at: string, due: string | null]>([
  ["once, to come", { when: { after: { days: 3 } }, at: "09:00" }, "2026-11-20", "2026-11-01", "2026-11-23T03:30:00.000Z"],
  ["once, also where it is past", { when: { after: { days: 3 } }, at: "09:00" }, "2026-11-20", "2027-11-01", "2026-11-23T03:30:00.000Z"],
  ["a date is 00:00", { when: { after: { days: 3 } } }, "2026-11-20", "2026-11-01", "2026-11-22T18:30:00.000Z"],
  ["a date holds no time of day", { when: { after: { days: 3 } } }, "2026-11-20T12:00:00+05:30", "2026-11-01", "2026-11-22T18:30:00.000Z"],
  [
    "of a cycle the next",
    { when: { before: { days: 1 } }, at: "09:00", cycle: "monthly" },
    "2026-01-31",
    "2026-11-20",
    "2026-11-29T03:30:00.000Z",
  ],
  ["of a cycle the first", { when: { before: { days: 1 } }, cycle: "yearly" }, "2027-01-31", "2026-11-20", "2027-01-29T18:30:00.000Z"],
  [
    "also at that very instant",
    { when: { after: { days: 0 } }, at: "09:00", cycle: "yearly" },
    "2024-02-29",
    "2026-02-28T03:30:00Z",
    "2026-02-28T03:30:00.000Z",
  ],
  [
    "and after it the one that follows",
    { when: { after: { days: 0 } }, at: "09:00", cycle: "yearly" },
    "2024-02-29",
    "2026-02-28T03:30:00.001Z",
    "2027-02-28T03:30:00.000Z",
  ],
  ["never beyond the calendar", { when: { after: { months: 100_000 } } }, "2026-11-20", "2026-11-01", null],
  ["never without a date", { when: { after: { days: 3 } } }, "", "2026-11-01", null],
])("%s", async (_, trigger, dueDate, at, due) => {
  expect(await dueAt(trigger, dueDate, at)).toBe(due);
});

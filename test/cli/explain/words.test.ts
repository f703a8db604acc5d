import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { decidingCriteria } from "../../../src/cli/explain/deciding.ts";
import { instantInWords } from "../../../src/cli/explain/instants.ts";
import { askedInWords, standsInWords } from "../../../src/cli/explain/phrases.ts";
import { reasonInWords } from "../../../src/cli/explain/reasons.ts";
import { explanationInWords, type Subject } from "../../../src/cli/explain/words.ts";
import { createPaint } from "../../../src/cli/paint.ts";
import type { CriterionVerdict } from "../../../src/criteria/explain.ts";
import type { Refusal } from "../../../src/decide/decide.ts";
import type { Explanation } from "../../../src/engine/explain/explanation.ts";
import { COMPARATORS, type Comparator } from "../../../src/model/criterion.ts";
import type { Json } from "../../../src/model/json.ts";
import { WorkflowRule } from "../../../src/model/rule.ts";

const surroundings = { record: { credit_limit: "1000.00", limit_name: "x" }, day: "2026-03-31" };

function verdict(comparator: Comparator, expected: Json, actual: Json, more: Partial<CriterionVerdict> = {}): CriterionVerdict {
  return { number: 1, field: "total", comparator, expected, actual, matched: false, ...more };
}

describe("every comparator has words", () => {
  const ROWS: readonly [Comparator, expected: Json, actual: Json, asked: string, stands: string][] = [
    ["equal", "paid", "sent", 'is "paid"', 'total is "sent"'],
    ["equal", 500, "480.00", "is 500", "total is 480.00"],
    ["notEqual", "void", "void", 'is not "void"', 'total is "void"'],
    ["contains", "gold", "silver", 'contains "gold"', 'total is "silver"'],
    ["notContains", "gold", "gold x", 'does not contain "gold"', 'total is "gold x"'],
    ["startsWith", "INV", "X1", 'begins with "INV"', 'total is "X1"'],
    ["endsWith", "7", "X1", 'ends with "7"', 'total is "X1"'],
    ["in", ["draft", "void"], "sent", 'is one of "draft", "void"', 'total is "sent"'],
    ["notIn", ["draft"], "draft", 'is none of "draft"', 'total is "draft"'],
    ["greaterThan", 500, 480, "is more than 500", "total is 480"],
    ["greaterEqual", 500, "480", "is at least 500", "total is 480"],
    ["greaterEqual", 500, "12,000", "is at least 500", 'total is "12,000"'],
    ["lessThan", "500", 501, "is less than 500", "total is 501"],
    ["lessEqual", 500, null, "is at most 500", "total is empty"],
    ["greaterThan", "2026-01-01", "2025-12-31", "is after 2026-01-01", "total is 2025-12-31"],
    ["greaterEqual", "2026-01-01", null, "is on or after 2026-01-01", "total is empty"],
    ["lessThan", { days: -30 }, "2026-03-20", "is before 30 days before the event's day (2026-03-01)", "total is 2026-03-20"],
    ["lessEqual", { months: 1 }, "2026-05-01", "is on or before 1 month after the event's day (2026-04-30)", "total is 2026-05-01"],
    ["equal", { days: 0 }, "2026-05-01", "is the event's day (2026-03-31)", 'total is "2026-05-01"'],
    ["lessEqual", { field: "credit_limit" }, 2000, "is at most credit_limit of the same record (1000.00)", "total is 2000"],
    ["equal", { field: "missing" }, "a", "is missing of the same record", 'total is "a"'],
    ["between", [1, 5], 7, "is from 1 to 5", "total is 7"],
    ["notBetween", [1, 5], 3, "is not from 1 to 5", "total is 3"],
    ["isEmpty", null, "x", "is empty", 'total is "x"'],
    ["isNotEmpty", null, [], "is not empty", "total is empty"],
    ["isTrue", null, false, "is true", "total is false"],
    ["isFalse", null, "maybe", "is false", 'total is "maybe"'],
    ["includesAny", ["a", "b"], ["c"], 'includes any of "a", "b"', 'total is "c"'],
    ["includesAll", ["a"], [1, 2, 3, 4, 5, 6, 7], 'includes all of "a"', "total is 1, 2, 3, 4, 5 and 2 more"],
    ["excludesAny", ["a"], ["a"], 'lacks at least one of "a"', 'total is "a"'],
    ["excludesAll", ["a"], { a: 1 }, 'includes none of "a"', 'total is {"a":1}'],
    ["matches", "^INV-\\d+$", "X", 'matches the regular expression "^INV-\\\\d+$"', 'total is "X"'],
    ["changed", null, "paid", "changed", 'total is "paid", which is no change'],
    ["changedFrom", "draft", "paid", 'changed from "draft"', 'total is "paid"'],
    ["changedTo", null, "paid", "changed to empty", 'total is "paid"'],
  ];

  it.each(ROWS)("%s %j of %j", (comparator, expected, actual, asked, stands) => {
    const one = verdict(comparator, expected, actual);
    expect([askedInWords(one, surroundings), standsInWords(one)]).toEqual([asked, stands]);
  });

  it("none is left out", () => {
    expect(new Set(ROWS.map(([comparator]) => comparator))).toEqual(new Set(COMPARATORS));
  });

  it("of a path with * any element counts", () => {
    const one = verdict("greaterEqual", 500, ["10", 20], { field: "line_items.*.item_total" });
    expect([askedInWords(one, surroundings), standsInWords(one)]).toEqual([
      "any of them is at least 500",
      "line_items.*.item_total are 10, 20",
    ]);
  });

  it("upper and lower case are mentioned where they count", () => {
    expect(askedInWords(verdict("equal", "Paid", "paid"), surroundings, true)).toBe('is "Paid" (upper and lower case count)');
  });

  it("a record's text cannot steer the terminal, nor fill it", () => {
    const words = standsInWords(verdict("equal", "a", `\u001b[2J\u009b\u202e${"x".repeat(1000)}`));
    expect(words).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    expect(words.length).toBeLessThan(100);
  });
});

const RULE = WorkflowRule.parse({
  name: "thanks",
  module: "invoices",
  trigger: { type: "event", on: ["created", "edited"], fields: { names: ["status", "total"] }, repeat: "firstTime" },
  conditions: [{ immediateActions: [{ type: "emailAlert", name: "thanks" }] }],
});
const fields = (match: "any" | "all" | "except"): WorkflowRule =>
  WorkflowRule.parse({ ...RULE, trigger: { ...RULE.trigger, fields: { match, names: ["status", "total"] } } });
const DATE_RULE = WorkflowRule.parse({ ...RULE, trigger: { type: "date", field: "due_date", when: { after: { days: 3 } } } });

describe("every reason has words", () => {
  it.each<[Refusal, document: WorkflowRule | null, words: string | null]>([
    ["ruleInactive", RULE, "it is switched off"],
    ["moduleDiffers", RULE, "it is a rule of invoices, this record is one of quotes"],
    ["eventTypeDiffers", RULE, "it runs on created and edited, this event is deleted"],
    ["eventTypeDiffers", DATE_RULE, "it runs when the date in due_date comes, not on events"],
    ["eventTypeDiffers", null, "it does not run on deleted"],
    ["originNotListed", RULE, "it runs for what a user, the API or a field update changed, this was an import"],
    ["originNotListed", null, "it does not run for what an import changed"],
    ["loopStopped", RULE, "its own field update led to this event, and a rule does not set itself off again for the same record"],
    ["staleEvent", RULE, "this event is older than the stored record, so that what it changed is not known"],
    ["fieldsUnchanged", RULE, "none of the fields it watches changed: status, total"],
    ["fieldsUnchanged", fields("all"), "not all of the fields it watches changed: status, total"],
    ["fieldsUnchanged", fields("except"), "no field changed but those it leaves out: status, total"],
    ["fieldsUnchanged", null, "none of the fields it watches changed"],
    ["alreadyFired", RULE, "it fired for this record before, and it fires once only"],
    ["alreadyFired", DATE_RULE, "the date in due_date has come before, and each comes once"],
    ["criteriaNotMet", RULE, null],
  ])("%s", (reason, document, words) => {
    expect(reasonInWords(reason, { document, module: "quotes", type: "deleted", origin: "import" })).toBe(words);
  });

  it.each<[document: WorkflowRule | null, words: string]>([
    [RULE, "it runs on created and edited, this event is a date that came"],
    [DATE_RULE, "another rule waited for this date"],
    [null, "it does not run on a date that came"],
  ])("also for a date that came", (document, words) => {
    expect(reasonInWords("eventTypeDiffers", { document, module: "invoices", type: "date", origin: "clock" })).toBe(words);
  });
});

describe("the criteria that decide", () => {
  it.each<[pattern: string, matched: readonly boolean[], deciding: readonly number[]]>([
    ["1 AND 2 AND 3", [true, false, false], [2, 3]],
    ["1 OR 2", [false, false], [1, 2]],
    ["1 AND (2 OR NOT 3)", [true, false, true], [2, 3]],
    ["1 AND NOT (2 AND 3)", [true, true, true], [2, 3]],
    ["1 AND NOT (2 OR 3)", [true, false, true], [3]],
    ["1 OR 2 AND 1", [false, true], [1]],
  ])("of %s with %j", (pattern, matched, deciding) => {
    const criteria = matched.map((each, index) => verdict("equal", 1, 1, { number: index + 1, matched: each }));
    expect(decidingCriteria(pattern, criteria).map(({ number }) => number)).toEqual(deciding);
  });
});

describe("an explanation in words", () => {
  const subject: Subject = {
    rule: { name: "thanks", version: 3 },
    document: RULE,
    module: "invoices",
    title: "invoice 90300",
    record: {},
    type: "created",
    origin: "user",
    occurredAt: "2026-11-20T09:00:00.000Z",
    storedAt: "2026-11-20T09:00:01.000Z",
    zone: "Asia/Kolkata",
  };
  const words = (explanation: Partial<Explanation>, about: Partial<Subject> = {}) =>
    explanationInWords(
      { fires: false, reason: "criteriaNotMet", condition: null, conditions: [], plan: [], ...explanation },
      { ...subject, ...about },
      createPaint(false),
    );
  const status = verdict("equal", "paid", "paid", { field: "status", matched: true });
  const total = verdict("greaterEqual", 500, "480", { number: 2 });
  const failed = { condition: 1, matched: false, pattern: "1 AND 2", criteria: [status, total] };

  it("says what decided, and shows every criterion", () => {
    expect(words({ conditions: [failed] })).toBe(
      `Rule "thanks" (version 3) does not fire for invoice 90300.
  Because: total is 480, the rule asks that it is at least 500.
  Condition 1: not met (pattern 1 AND 2)
     1  yes  status is "paid"  asked: is "paid"
     2  no   total is 480      asked: is at least 500
`,
    );
  });

  it("says it of each condition where there are several, and of a NOT what it rules out", () => {
    const ruledOut = { condition: 2, matched: false, pattern: "NOT 1", criteria: [status] };
    expect(words({ conditions: [failed, ruledOut] })).toContain(
      `  Because: none of its 2 conditions is met.
    1: total is 480, the rule asks that it is at least 500.
    2: status is "paid", and the pattern rules out that it is "paid".
`,
    );
  });

  it("says what a rule that fires runs and when, in the organization's zone with UTC beside", () => {
    const met = { condition: 1, matched: true, pattern: null, criteria: [] };
    const text = words({
      fires: true,
      reason: null,
      condition: 1,
      conditions: [met, { ...met, condition: 2, matched: null }],
      plan: [
        { action: { type: "emailAlert", name: "thank-you" }, dueAt: subject.storedAt },
        { action: { type: "webhook", name: "tell" }, dueAt: "2026-12-04T03:30:00.000Z" },
        { action: { type: "customFunction", name: "later" }, dueAt: null },
      ],
    });
    expect(text).toBe(`Rule "thanks" (version 3) fires for invoice 90300.
  Condition 1: met (no criteria: every record)
  Condition 2: not looked at: condition 1 came first
  It runs:
    email alert "thank-you", at once
    webhook "tell", 2026-12-04 09:00 in Asia/Kolkata (2026-12-04T03:30:00.000Z)
    custom function "later", once the date that it counts from is set
`);
  });

  it("says of a date rule that its date has to come, or is empty", () => {
    const met = { condition: 1, matched: true, pattern: null, criteria: [] };
    const plan = [{ action: { type: "webhook", name: "tell" } as const, dueAt: subject.storedAt }];
    expect(words({ fires: true, reason: null, condition: 1, conditions: [met], plan }, { document: DATE_RULE })).toMatch(
      /fires for invoice 90300 when the date in due_date comes\.[^]*webhook "tell", 2026-11-20 14:30 in Asia/,
    );
    expect(words({ condition: 1, conditions: [met] }, { document: DATE_RULE })).toContain("Because: there is no date in due_date.");
    const past = words(
      { fires: true, reason: null, condition: 1, conditions: [met], plan },
      { document: DATE_RULE, storedAt: "2026-11-21T00:00:00.000Z" },
    );
    expect(past).toMatch(
      /2026-11-20 14:30 in Asia.*\n {2}That is past: what came before the record had its date, or before the rule was active/,
    );
  });

  it("gives the trigger's reason alone, with the criteria below", () => {
    expect(words({ reason: "alreadyFired", condition: 1, conditions: [{ ...failed, matched: true }] })).toMatch(
      /\n {2}Because: it fired for this record before, and it fires once only\.\n {2}Condition 1: met \(pattern 1 AND 2\)\n/,
    );
  });

  it("is coloured where colours are wanted, and says the same", () => {
    const explanation: Explanation = { fires: false, reason: "criteriaNotMet", condition: null, conditions: [failed], plan: [] };
    const coloured = explanationInWords(explanation, subject, createPaint(true));
    expect(coloured).toContain("\u001b[31mdoes not fire\u001b[39m");
    expect(stripVTControlCharacters(coloured)).toBe(words({ conditions: [failed] }));
  });
});

it("tells an instant once where the zone is UTC", () => {
  expect(instantInWords("2026-12-04T03:30:00.000Z", "UTC")).toBe("2026-12-04 03:30 UTC");
});

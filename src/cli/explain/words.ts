import type { CriterionVerdict } from "../../criteria/explain.ts";
import type { Explanation, ExplainedCondition } from "../../engine/explain/explanation.ts";
import type { JsonObject } from "../../model/json.ts";
import type { WorkflowRule } from "../../model/rule.ts";
import { dayOf } from "../../time/zone.ts";
import { actionInWords } from "../action-words.ts";
import type { Paint } from "../paint.ts";
import { decidingCriteria } from "./deciding.ts";
import { instantInWords } from "./instants.ts";
import { askedInWords, standsInWords } from "./phrases.ts";
import { reasonInWords } from "./reasons.ts";
import type { Surroundings } from "./values.ts";

/** What an explanation is about. Instants are ISO 8601. */
export type Subject = {
  readonly rule: { readonly name: string; readonly version: number };
  /** The rule's version that was asked; null where it is not at hand, which leaves some facts out. */
  readonly document: WorkflowRule | null;
  readonly module: string;
  /** "invoice 90300". */
  readonly title: string;
  readonly record: JsonObject;
  readonly type: string;
  readonly origin: string;
  readonly occurredAt: string;
  /** Immediate actions are due then. */
  readonly storedAt: string;
  readonly zone: string;
};

/** Why a rule fires or does not, in words: the answer, the reason, each condition, what it runs and when. */
export function explanationInWords(explanation: Explanation, subject: Subject, paint: Paint): string {
  const surroundings = { record: subject.record, day: dayOf(Date.parse(subject.occurredAt), subject.zone) };
  return [
    headline(explanation, subject, paint),
    ...because(explanation, subject, surroundings),
    ...explanation.conditions.flatMap((condition) => conditionInWords(condition, explanation, subject, surroundings, paint)),
    ...plan(explanation, subject),
    "",
  ].join("\n");
}

function headline({ fires }: Explanation, { rule, document, title }: Subject, paint: Paint): string {
  const when = fires && isDateRule(document) ? ` when the date in ${dateFieldOf({ document })} comes` : "";
  const verdict = fires ? paint.good("fires") : paint.bad("does not fire");
  return `${paint.heading(`Rule "${rule.name}"`)} (version ${rule.version}) ${verdict} for ${title}${when}.`;
}

function because({ fires, reason, condition, conditions }: Explanation, subject: Subject, surroundings: Surroundings): readonly string[] {
  if (fires || reason === null) return [];
  const words = reasonInWords(reason, subject);
  if (words !== null) return [`  Because: ${words}.`];
  // Of a date based rule the reason may be the date alone.
  if (condition !== null) return [`  Because: there is no date in ${dateFieldOf(subject)}.`];
  const failed = conditions.filter(({ matched }) => matched === false);
  const [only] = failed;
  if (only && failed.length === 1) return [`  Because: ${failureInWords(only, surroundings)}.`];
  return [
    `  Because: none of its ${failed.length} conditions is met.`,
    ...failed.map((one) => `    ${one.condition}: ${failureInWords(one, surroundings)}.`),
  ];
}

function failureInWords({ pattern, criteria }: ExplainedCondition, surroundings: Surroundings): string {
  return decidingCriteria(pattern ?? "", criteria)
    .map((verdict) => {
      const asked = askedInWords(verdict, surroundings);
      // Under a NOT it is what holds that decides.
      const rule = verdict.matched ? "and the pattern rules out" : "the rule asks";
      return `${standsInWords(verdict)}, ${rule} that it ${asked}`;
    })
    .join("; ");
}

function conditionInWords(
  { condition, matched, pattern, criteria }: ExplainedCondition,
  { condition: first }: Explanation,
  { document }: Subject,
  surroundings: Surroundings,
  paint: Paint,
): readonly string[] {
  if (matched === null) return [`  Condition ${condition}: not looked at: condition ${first} came first`];
  const verdict = matched ? paint.good("met") : paint.bad("not met");
  if (criteria.length === 0) return [`  Condition ${condition}: ${verdict} (no criteria: every record)`];
  const rows = criteria.map((each) => ({
    each,
    stands: standsInWords(each),
    asked: askedInWords(each, surroundings, isCaseSensitive(document, condition, each)),
  }));
  const width = Math.min(48, Math.max(...rows.map(({ stands }) => stands.length)));
  return [
    `  Condition ${condition}: ${verdict} (pattern ${pattern})`,
    ...rows.map(({ each, stands, asked }) => {
      const yes = each.matched ? paint.good("yes") : paint.bad("no ");
      return `    ${String(each.number).padStart(2)}  ${yes}  ${stands.padEnd(width)}  ${paint.faint("asked:")} ${asked}`;
    }),
  ];
}

function isCaseSensitive(document: WorkflowRule | null, condition: number, { number }: CriterionVerdict): boolean {
  return document?.conditions[condition - 1]?.criteria[number - 1]?.caseSensitive ?? false;
}

function plan({ fires, plan: runs }: Explanation, { storedAt, zone, document }: Subject): readonly string[] {
  if (!fires || runs.length === 0) return [];
  const when = (dueAt: string | null): string => {
    if (dueAt === null) return "once the date that it counts from is set";
    // A date rule's actions are due when its date comes, which may be this instant and is still worth naming.
    return dueAt === storedAt && !isDateRule(document) ? "at once" : instantInWords(dueAt, zone);
  };
  const [first] = runs;
  const isPast = isDateRule(document) && first?.dueAt != null && first.dueAt < storedAt;
  return [
    "  It runs:",
    ...runs.map(({ action, dueAt }) => `    ${actionInWords(action)}, ${when(dueAt)}`),
    ...(isPast ? ["  That is past: what came before the record had its date, or before the rule was active, does not come again."] : []),
  ];
}

function isDateRule(document: WorkflowRule | null): boolean {
  return document?.trigger.type === "date";
}

function dateFieldOf({ document }: Pick<Subject, "document">): string {
  return document?.trigger.type === "date" ? document.trigger.field : "its date field";
}

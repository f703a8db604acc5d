import { z } from "zod";
import { ActionReference } from "./action-type.ts";
import { ModuleName } from "./actions/common.ts";
import { Criterion } from "./criterion.ts";
import { CatchUp, Duration, Grace, WallTime } from "./duration.ts";
import { EVENT_TYPES, ORIGINS } from "./event.ts";

export const EventTrigger = z
  .strictObject({
    type: z.literal("event").describe("When something happens to a record."),
    on: z
      .array(
        z
          .string()
          .min(1)
          .meta({ examples: [...EVENT_TYPES] }),
      )
      .min(1)
      .describe(`What happens: ${EVENT_TYPES.join(", ")}, or a custom trigger of the module.`),
    fields: z
      .strictObject({
        match: z
          .enum(["any", "all", "except"])
          .default("any")
          .describe("Fires when any of the named fields changed, all of them, or some field except them."),
        names: z.array(z.string().min(1)).min(1).describe("The fields to look at, by their paths."),
      })
      .optional()
      .describe("Edits only: which changed fields make the rule look. Left out: any edit, even one that changes nothing."),
    repeat: z
      .enum(["firstTime", "everyTime"])
      .default("everyTime")
      .describe("Whether it fires each time, or once for each record and then never again."),
    origins: z
      .array(z.enum(ORIGINS))
      .min(1)
      .default(["user", "api", "fieldUpdate"])
      .describe("Whose events it looks at. Those of functions, syncs and imports have to be asked for, as in Zoho Books."),
  })
  .describe("Fires when something happens to a record.");
export type EventTrigger = z.infer<typeof EventTrigger>;

export const DateTrigger = z
  .strictObject({
    type: z.literal("date").describe("When a date of a record comes."),
    field: z.string().min(1).describe("The date or datetime field to count from."),
    when: z
      .union(
        [
          z.strictObject({ after: Duration.describe("So long after the date.") }),
          z.strictObject({ before: Duration.describe("So long before the date.") }),
        ],
        "expected { after: { days: 3 } } or { before: { days: 3 } }",
      )
      .describe("How long after or before the date."),
    at: WallTime.optional().describe("The wall time on that day; without it a date counts as 00:00 and an instant keeps its own."),
    cycle: z
      .enum(["once", "monthly", "yearly"])
      .default("once")
      .describe("Whether it comes once, or again every month or year from that date."),
    catchUp: CatchUp,
  })
  .describe("Fires when a date of a record comes.");

export type DateTrigger = z.infer<typeof DateTrigger>;
/** How often a date comes back. */
export type Cycle = DateTrigger["cycle"];

export const Trigger = z.discriminatedUnion("type", [EventTrigger, DateTrigger]);
export type Trigger = z.infer<typeof Trigger>;

const DueTime = WallTime.optional().describe("The wall time on that day; without it, that of what it counts from.");

/** When a time-based action is due: so long after (or before) the trigger's instant or a date field of the record. */
export const ExecutionTime = z.union(
  [
    z.strictObject({
      after: Duration.describe("So long after."),
      of: z
        .string()
        .min(1)
        .default("trigger")
        .describe("What to count from: trigger (when the event happened), or a date field of the record."),
      at: DueTime,
    }),
    z.strictObject({
      before: Duration.describe("So long before."),
      of: z.string().min(1).describe("The date field of the record to count from."),
      at: DueTime,
    }),
  ],
  'expected { after: { days: 14 }, of: trigger, at: "09:00" } or { before: { days: 3 }, of: <date field> }',
);
export type ExecutionTime = z.infer<typeof ExecutionTime>;

export const TimeBasedActions = z.strictObject({
  execute: ExecutionTime.describe("When they are due."),
  recheck: z.boolean().default(true).describe("Whether the condition's criteria must still hold when they are due."),
  actions: z.array(ActionReference).min(1).describe("What is done then, in this order."),
});
export type TimeBasedActions = z.infer<typeof TimeBasedActions>;

/** One block: criteria, their pattern and its own actions. */
export const Condition = z.strictObject({
  criteria: z
    .array(Criterion)
    .default([])
    .describe("The tests; none means every record. At most 10 as in Zoho Books (limits.criteriaPerCondition)."),
  pattern: z
    .string()
    .max(1000)
    .optional()
    .describe("How the criteria combine, by their numbers: (1 AND 2) OR NOT 3. Left out: all of them.")
    .meta({ examples: ["1 AND (2 OR 3)"] }),
  immediateActions: z.array(ActionReference).default([]).describe("What is done at once, in this order."),
  timeBasedActions: z.array(TimeBasedActions).default([]).describe("What is done later."),
});
export type Condition = z.infer<typeof Condition>;

export const WorkflowRule = z
  .strictObject({
    name: z.string().min(1).max(100).describe("What the log calls it; no other rule of its module has that name."),
    description: z.string().max(1000).default("").describe("What it is for, in your own words."),
    module: ModuleName,
    active: z.boolean().default(true).describe("Whether it fires; a rule that is not active is checked all the same."),
    trigger: Trigger.describe("What makes it look at a record."),
    evaluation: z
      .enum(["firstMatch", "allMatches"])
      .default("firstMatch")
      .describe("Whether the first condition that matches wins, or every one that matches runs."),
    grace: Grace,
    conditions: z
      .array(Condition)
      .min(1)
      .describe("Tried in this order, each with its own actions. At most 10 as in Zoho Books (limits.conditionsPerRule)."),
  })
  .describe("When something happens to a record, or a date comes: check it and act, now or later.");
export type WorkflowRule = z.infer<typeof WorkflowRule>;

/** A rule version as the log names it. */
export type RuleReference = { readonly id: string; readonly name: string; readonly version: number };

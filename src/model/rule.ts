import { z } from "zod";
import { ActionReference } from "./action-type.ts";
import { Criterion } from "./criterion.ts";
import { Duration, WallTime } from "./duration.ts";
import { ORIGINS } from "./event.ts";

const name = z.string().min(1).max(100);

export const EventTrigger = z.strictObject({
  type: z.literal("event"),
  /** Event types, or custom trigger names of the module. */
  on: z.array(z.string().min(1)).min(1),
  /** Edits only: which changed fields make the rule look. Left out: any edit. */
  fields: z.strictObject({ match: z.enum(["any", "all", "except"]).default("any"), names: z.array(z.string().min(1)).min(1) }).optional(),
  repeat: z.enum(["firstTime", "everyTime"]).default("everyTime"),
  origins: z.array(z.enum(ORIGINS)).min(1).default(["user", "api", "fieldUpdate"]),
});
export type EventTrigger = z.infer<typeof EventTrigger>;

export const DateTrigger = z.strictObject({
  type: z.literal("date"),
  field: z.string().min(1),
  when: z.union([z.strictObject({ after: Duration }), z.strictObject({ before: Duration })]),
  at: WallTime.optional(),
  cycle: z.enum(["once", "monthly", "yearly"]).default("once"),
  catchUp: z.enum(["once", "all", "skip"]).default("once"),
});

export const Trigger = z.discriminatedUnion("type", [EventTrigger, DateTrigger]);
export type Trigger = z.infer<typeof Trigger>;

/** When a time-based action is due: so long after (or before) the trigger's instant or a date field of the record. */
export const ExecutionTime = z.union(
  [
    z.strictObject({ after: Duration, of: z.string().min(1).default("trigger"), at: WallTime.optional() }),
    z.strictObject({ before: Duration, of: z.string().min(1), at: WallTime.optional() }),
  ],
  'expected { after: { days: 14 }, of: trigger, at: "09:00" } or { before: { days: 3 }, of: <date field> }',
);
export type ExecutionTime = z.infer<typeof ExecutionTime>;

export const TimeBasedActions = z.strictObject({
  execute: ExecutionTime,
  /** Must the block's criteria still hold when it is due? */
  recheck: z.boolean().default(true),
  actions: z.array(ActionReference).min(1),
});
export type TimeBasedActions = z.infer<typeof TimeBasedActions>;

/** One block: criteria, their pattern and its own actions. */
export const Condition = z.strictObject({
  criteria: z.array(Criterion).default([]),
  pattern: z.string().max(1000).optional(),
  immediateActions: z.array(ActionReference).default([]),
  timeBasedActions: z.array(TimeBasedActions).default([]),
});
export type Condition = z.infer<typeof Condition>;

export const WorkflowRule = z.strictObject({
  name,
  description: z.string().max(1000).default(""),
  module: z.string().min(1),
  active: z.boolean().default(true),
  trigger: Trigger,
  evaluation: z.enum(["firstMatch", "allMatches"]).default("firstMatch"),
  /** How late a run may start after being down; past it: skipped, missed. */
  grace: Duration.default({ hours: 24 }),
  conditions: z.array(Condition).min(1),
});
export type WorkflowRule = z.infer<typeof WorkflowRule>;

/** A rule version as the log names it. */
export type RuleReference = { readonly id: string; readonly name: string; readonly version: number };

import { z } from "zod";
import { ActionReference } from "../model/action-type.ts";
import { LOGGED_ORIGINS } from "../model/event.ts";
import { JsonRecord } from "../model/record.ts";
import { RUN_STATUSES, type RunReason } from "../model/run.ts";
import { Instant, RuleReference } from "./answers.ts";
import { COMPONENTS } from "./components.ts";
import { EXAMPLE_ID } from "./definition-examples.ts";

/* What the routes of events, log and notifications answer (contract, section 3). */

const REASONS = [
  "quotaExceeded",
  "criteriaNotMet",
  "recordDeleted",
  "ruleInactive",
  "missed",
  "superseded",
  "actionDisabled",
  "noRecipient",
  "loopStopped",
  "dateEmpty",
] as const satisfies readonly RunReason[];

const Attempt = z.strictObject({
  number: z.int().min(1),
  startedAt: Instant,
  durationMs: z.number().min(0),
  outcome: z.enum(["succeeded", "failed", "skipped", "lost"]),
  error: z.string().nullable(),
  response: JsonRecord.nullable(),
});

/** Who planned it, and for which record. */
export const PLANNER = {
  rule: RuleReference.nullable().describe("Null of what a schedule runs."),
  schedule: z.strictObject({ id: z.string(), name: z.string() }).optional().describe("Of what a schedule runs only."),
  record: z.string().nullable().describe("Null of what a schedule runs."),
};

export const ActionRunAnswer = z
  .strictObject({
    id: z.string(),
    execution: z.string().nullable().describe("Null where a person asked for the action itself."),
    event: z.string(),
    ...PLANNER,
    module: z.string(),
    action: ActionReference,
    status: z.enum(RUN_STATUSES),
    reason: z.enum(REASONS).nullable(),
    dueAt: Instant.nullable(),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
    attempts: z.array(Attempt),
  })
  .register(COMPONENTS, {
    id: "ActionRun",
    description: "One action of one execution: when it is due, its attempts, its outcome.",
    examples: [
      {
        id: "run_01JD3Y2M8K0000000000000000",
        execution: "exe_01JD3Y2M8K0000000000000000",
        event: "evt-1",
        rule: { id: EXAMPLE_ID, name: "thank-you-with-coupon", version: 3 },
        record: "90300",
        module: "invoices",
        action: { type: "emailAlert", name: "coupon-reminder" },
        status: "scheduled",
        reason: null,
        dueAt: "2026-12-04T03:30:00.000Z",
        createdAt: "2026-11-20T09:00:00.000Z",
        finishedAt: null,
        attempts: [],
      },
      {
        id: "run_01JD3Y2M8K0000000000000001",
        execution: null,
        event: "evt_01JD3Y2M8K0000000000000001",
        rule: null,
        schedule: { id: "sch_01JD3Y2M8K0000000000000000", name: "month-end-discount" },
        record: null,
        module: "contacts",
        action: { type: "customFunction", name: "month-end-discount" },
        status: "succeeded",
        reason: null,
        dueAt: "2026-11-20T09:00:00.000Z",
        createdAt: "2026-11-20T09:00:00.000Z",
        finishedAt: "2026-11-20T09:00:00.120Z",
        attempts: [
          {
            number: 1,
            startedAt: "2026-11-20T09:00:00.003Z",
            durationMs: 117,
            outcome: "succeeded",
            error: null,
            response: { result: 12 },
          },
        ],
      },
    ],
  });

function execution<R extends z.ZodType>(run: R) {
  return z.strictObject({
    id: z.string(),
    event: z.string(),
    ...PLANNER,
    module: z.string(),
    condition: z.int().min(1),
    firedAt: Instant,
    runs: z.array(run),
  });
}

export const ExecutionAnswer = execution(ActionRunAnswer).register(COMPONENTS, {
  id: "Execution",
  description: "One rule version that fired for one event, with its action runs.",
});
export const ListedExecutionAnswer = execution(z.string()).register(COMPONENTS, {
  id: "ListedExecution",
  description: "An execution in a list: `runs` are the ids of its action runs.",
});

export const EventAnswer = z
  .strictObject({
    id: z.string(),
    module: z.string(),
    type: z.string(),
    record: JsonRecord,
    previous: JsonRecord.nullable(),
    occurredAt: Instant,
    storedAt: Instant,
    actor: z.strictObject({ id: z.string() }).nullable(),
    origin: z.enum(LOGGED_ORIGINS),
  })
  .register(COMPONENTS, { id: "Event", description: "A record event as it was stored." });

export const EmittedAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        id: z.string(),
        status: z.enum(["accepted", "duplicate", "conflict"]),
        executions: z.array(ExecutionAnswer).optional(),
      }),
    ),
  })
  .register(COMPONENTS, { id: "Emitted", description: "What became of each event, in the order sent; `executions` with wait=true only." });

export const NotificationAnswer = z
  .strictObject({
    id: z.string(),
    user: z.string(),
    title: z.string(),
    message: z.string(),
    module: z.string(),
    record: z.string(),
    read: z.boolean(),
    createdAt: Instant,
  })
  .register(COMPONENTS, { id: "Notification", description: "An in-app notification of one user." });

const Used = z.strictObject({ used: z.int().min(0), limit: z.int().min(0) });
export const UsageAnswer = z
  .strictObject({ day: z.iso.date(), timeZone: z.string(), emailAlert: Used, webhook: Used, customFunction: Used })
  .register(COMPONENTS, { id: "Usage", description: "How much of a day's quota is used; the day is the organization's." });

import { z } from "zod";
import { ActionReference } from "../model/action-type.ts";
import { ERRORS, type ErrorCode } from "../model/errors.ts";
import { ORIGINS } from "../model/event.ts";
import { JsonRecord } from "../model/record.ts";
import { RUN_STATUSES, type RunReason } from "../model/run.ts";

/*
 * What the routes answer (contract, section 3), for the OpenAPI document and for the tests, which hold every answer against it.
 * Nothing is checked against these schemas while the server runs: the engine's views are typed.
 */

const Instant = z.iso.datetime().meta({ description: "ISO 8601 in UTC with milliseconds." });
const RuleReference = z.strictObject({ id: z.string(), name: z.string(), version: z.int().min(1) });
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

export const ActionRunAnswer = z
  .strictObject({
    id: z.string(),
    execution: z.string(),
    event: z.string(),
    rule: RuleReference,
    module: z.string(),
    record: z.string(),
    action: ActionReference,
    status: z.enum(RUN_STATUSES),
    reason: z.enum(REASONS).nullable(),
    dueAt: Instant.nullable(),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
    attempts: z.array(Attempt),
  })
  .meta({ id: "ActionRun", description: "One action of one execution: when it is due, its attempts, its outcome." });

function execution<R extends z.ZodType>(run: R) {
  return z.strictObject({
    id: z.string(),
    event: z.string(),
    rule: RuleReference,
    module: z.string(),
    record: z.string(),
    condition: z.int().min(1),
    firedAt: Instant,
    runs: z.array(run),
  });
}

export const ExecutionAnswer = execution(ActionRunAnswer).meta({
  id: "Execution",
  description: "One rule version that fired for one event, with its action runs.",
});
export const ListedExecutionAnswer = execution(z.string()).meta({
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
    origin: z.enum(ORIGINS),
  })
  .meta({ id: "Event", description: "A record event as it was stored." });

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
  .meta({ id: "Emitted", description: "What became of each event, in the order sent; `executions` with wait=true only." });

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
  .meta({ id: "Notification", description: "An in-app notification of one user." });

const Used = z.strictObject({ used: z.int().min(0), limit: z.int().min(0) });
export const UsageAnswer = z
  .strictObject({ day: z.iso.date(), timeZone: z.string(), emailAlert: Used, webhook: Used, customFunction: Used })
  .meta({ id: "Usage", description: "How much of a day's quota is used; the day is the organization's." });

export const HealthAnswer = z
  .strictObject({ status: z.literal("ok"), version: z.string() })
  .meta({ id: "Health", description: "The process runs." });
export const ReadyAnswer = z.strictObject({ status: z.literal("ready") }).meta({ id: "Ready", description: "The store answers." });

export const ErrorAnswer = z
  .strictObject({
    // Its keys, as the enum's members: the table is written as one object.
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string(), hint: z.string().optional() })).optional(),
    requestId: z.string().meta({ description: "The same as the `X-Request-Id` header; the log has it." }),
  })
  .meta({ id: "Error", description: "What is wrong, where, and what to do." });

export function page<T extends z.ZodType>(row: T) {
  return z.strictObject({
    data: z.array(row),
    nextCursor: z.string().nullable().meta({ description: "Null on the last page." }),
  });
}

type Answer = { readonly description: string; readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>> };

/**
 * The answers of a route: what it gives, and the codes that it may refuse with, one entry a status.
 * Unexpected errors (500) are in it without being named.
 */
export function answers(
  given: Readonly<Record<number, z.ZodType>>,
  ...codes: readonly ErrorCode[]
): Readonly<Record<string, Answer | z.ZodType>> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, "internal_error"] as const) byStatus.set(ERRORS[code], [...(byStatus.get(ERRORS[code]) ?? []), code]);
  const refused = [...byStatus].map(([status, named]) => [String(status), json(ErrorAnswer, named.join(", "))] as const);
  const fine = Object.entries(given).map(
    ([status, schema]) => [status, status === "204" ? schema : json(schema, schema.description ?? "Done.")] as const,
  );
  return Object.fromEntries([...fine, ...refused]);
}

function json(schema: z.ZodType, description: string): Answer {
  return { description, content: { "application/json": { schema } } };
}

/** Codes of every route that needs a key and checks its parameters. */
export const KEYED = ["validation_failed", "unauthenticated"] as const satisfies readonly ErrorCode[];
/** Codes of every route that takes a JSON body. */
export const WITH_BODY = ["malformed_json", "payload_too_large", "unsupported_media_type"] as const satisfies readonly ErrorCode[];

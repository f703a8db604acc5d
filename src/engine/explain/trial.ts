import { z } from "zod";
import type { CompiledRule } from "../../decide/rule-set.ts";
import { EVENT_TYPES, ORIGINS, type RecordEvent } from "../../model/event.ts";
import { parseWith, validationError } from "../../model/issues.ts";
import type { Module } from "../../model/module.ts";
import { JsonRecord, recordId } from "../../model/record.ts";

/** The body of `POST .../explain`. */
export const TrialInput = z.strictObject({
  record: JsonRecord,
  previous: JsonRecord.nullish().describe("The stored record where left out."),
  type: z.string().min(1).optional().describe("Of the event; the rule's first where left out."),
  origin: z.enum(ORIGINS).optional().describe("`user` where left out."),
  at: z.iso
    .datetime({ offset: true, error: "expected an ISO 8601 instant such as 2026-11-20T09:00:00Z" })
    .optional()
    .describe("Now where left out."),
});

/** What a rule is tried on, as an event that did not happen. @throws RulewrightError validation_failed */
export function parseTrial(input: unknown, rule: CompiledRule, module: Module, organization: string, now: number): RecordEvent {
  const { data: given, issues } = parseWith(TrialInput, input);
  if (issues) throw validationError(issues);
  const { trigger } = rule.document;
  const type = given.type ?? (trigger.type === "event" ? (trigger.on[0] ?? "created") : "date");
  const types = [...EVENT_TYPES, ...module.triggers];
  if (given.type !== undefined && !types.includes(type))
    throw validationError([{ path: "type", message: `expected one of ${types.join(", ")}, got "${type}"` }]);
  const at = given.at === undefined ? now : Date.parse(given.at);
  return {
    organization,
    id: "",
    module: module.name,
    type,
    // A record may be tried before it has an id.
    recordId: recordId(module, given.record).id ?? "",
    record: given.record,
    previous: given.previous ?? null,
    occurredAt: at,
    storedAt: at,
    actor: null,
    origin: given.origin ?? "user",
    ancestry: [],
    occurrence: null,
  };
}

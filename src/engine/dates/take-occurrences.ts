import { RulewrightError } from "../../model/errors.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { Anchor } from "../../time/anchor.ts";
import { nextOccurrence } from "../../time/occurrences.ts";
import { addDuration } from "../../time/offset.ts";
import { derivedId } from "../ids.ts";
import type { DateRule } from "./date-rules.ts";
import type { Found } from "./find-occurrences.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Intake } from "../intake.ts";

export type TakeDeps = { readonly clock: Clock; intake(): Intake };

/** Nothing is seen to the millisecond: what is seen this little after it came is not late. */
export const LATE_MS = 60_000;

/** Takes what has come in as events; what was taken before is found done by its id and by the rule's memory. */
export async function takeOccurrences({ intake, clock }: TakeDeps, rule: DateRule, found: readonly Found[]): Promise<void> {
  await Promise.all(
    found.map(async (one) => {
      const taken = await intake().take({ event: eventOf(rule, one, clock.now()), module: rule.module, fingerprint: "" });
      if (taken.status === "conflict")
        throw new RulewrightError("internal_error", `date ${one.k} of record ${one.id} was taken in as something else`);
    }),
  );
}

export function eventOf(rule: DateRule, { id: recordId, record, anchor, k, at }: Found, now: number): RecordEvent {
  const { organization, id, module } = rule;
  const said = textOf(anchor);
  return {
    organization,
    id: derivedId("evt", at, [organization, id, recordId, said, k]),
    module: module.name,
    type: "date",
    recordId,
    record,
    previous: null,
    occurredAt: at,
    storedAt: now,
    actor: null,
    origin: "clock",
    ancestry: [],
    occurrence: { of: id, anchor: said, k, missed: isMissed(rule, anchor, at, now) },
  };
}

/** A record's date as the memory of its rule has it. */
export function textOf(anchor: Anchor): string {
  return "day" in anchor ? anchor.day : new Date(anchor.instant).toISOString();
}

/** Too late to run, or not the one that the rule catches up on. */
function isMissed({ trigger: { catchUp }, rhythm, zone, grace }: DateRule, anchor: Anchor, at: number, now: number): boolean {
  if (now - at <= LATE_MS) return false;
  const end = addDuration(at, grace, zone);
  if (end !== null && end < now) return true;
  switch (catchUp) {
    case "all":
      return false;
    case "skip":
      return true;
    case "once": {
      const next = nextOccurrence(anchor, rhythm, zone, at);
      return next !== null && next.at <= now;
    }
  }
}

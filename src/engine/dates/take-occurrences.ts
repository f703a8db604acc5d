import type { Clock } from "../../clock/clock.ts";
import { RulewrightError } from "../../model/errors.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { Anchor } from "../../time/anchor.ts";
import { nextOccurrence } from "../../time/occurrences.ts";
import { derivedId } from "../ids.ts";
import type { Intake } from "../intake.ts";
import { isMissed } from "../missed.ts";
import type { DateRule } from "./date-rules.ts";
import type { Found } from "./find-occurrences.ts";
import type { Recent } from "./recent.ts";

export type TakeDeps = { readonly clock: Clock; readonly recent: Recent; intake(): Intake };

/** Takes what has come in as events, and answers how many; what was taken before is found done by its id and by the rule's memory. */
export async function takeOccurrences({ intake, clock, recent }: TakeDeps, rule: DateRule, found: readonly Found[]): Promise<number> {
  const events = found.map((one) => eventOf(rule, one, clock.now())).filter(({ id }) => !recent.has(id));
  await Promise.all(
    events.map(async (event) => {
      const taken = await intake().take({ event, module: rule.module, fingerprint: "" });
      if (taken.status === "conflict") throw new RulewrightError("internal_error", `event ${event.id} was taken in as something else`);
      recent.add(event.id);
    }),
  );
  return events.length;
}

export function eventOf(rule: DateRule, { id: recordId, record, anchor, k, at }: Found, now: number): RecordEvent {
  const { organization, id, module, trigger, grace, rhythm, zone } = rule;
  const said = textOf(anchor);
  const next = () => nextOccurrence(anchor, rhythm, zone, at)?.at ?? null;
  const missed = isMissed({ grace, catchUp: trigger.catchUp, zone }, at, now, next);
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
    occurrence: { of: id, anchor: said, k, missed },
  };
}

/** A record's date as the memory of its rule has it. */
export function textOf(anchor: Anchor): string {
  return "day" in anchor ? anchor.day : new Date(anchor.instant).toISOString();
}

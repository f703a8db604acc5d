import { isDeepStrictEqual } from "node:util";
import type { DefinitionEntry, Document } from "../../model/definition.ts";
import type { Json } from "../../model/json.ts";
import type { Defined } from "./snapshot.ts";

/** Date rules and schedules count from when they were activated, or got another timing; whatever else is changed leaves it. */
export function withActiveSince(before: readonly Defined[], after: readonly Defined[]): readonly DefinitionEntry[] {
  const known = new Map(before.map((one) => [one.entry.id, one]));
  return after.map((one) => {
    const { activeSince: _before, ...entry } = one.entry;
    const timing = timingOf(one);
    if (timing === null || !entry.active || entry.removed) return entry;
    const old = known.get(entry.id);
    const goesOn = old !== undefined && old.entry.active && !old.entry.removed && isDeepStrictEqual(timingOf(old), timing);
    return { ...entry, activeSince: (goesOn ? old.entry.activeSince : undefined) ?? entry.updatedAt };
  });
}

/** What says when it comes; null of what no clock looks at. */
function timingOf({ kind, document }: Document): Json {
  if (kind === "WorkflowRule" && document.trigger.type === "date") {
    const { field, when, at = null, cycle } = document.trigger;
    return { field, when, at, cycle };
  }
  return kind === "Schedule" ? { recurrence: document.recurrence, startsAt: document.startsAt } : null;
}

import { dateOf } from "../../criteria/date-of.ts";
import { DAY_MS } from "../../time/calendar.ts";
import { nextInstant } from "../../time/next-instant.ts";
import { occurrence } from "../../time/occurrences.ts";
import type { Looked } from "../turns.ts";
import type { DateRule } from "./date-rules.ts";
import type { Found } from "./find-occurrences.ts";
import type { FollowDeps } from "./follow-deps.ts";
import type { Progress } from "./progress.ts";
import { takeWindow } from "./take-window.ts";

/** No date comes further apart in two zones: they are 26 hours apart, and the day of an instant is up to two days another. */
const ZONES_APART_MS = 4 * DAY_MS;

/**
 * In another zone a date may have come that was still to come in the one before: it comes late. What had come there is remembered, or came
 * before its record had that date, and does not come again. Null where another process goes on.
 */
export async function followZone(
  deps: FollowDeps,
  rule: DateRule,
  { keep, leave }: Looked<Progress>,
  progress: Progress,
): Promise<Progress | null> {
  const { zone: before } = progress;
  const { zone, module, trigger, rhythm, activeSince, isOfDays } = rule;
  if (before === zone) return progress;
  // Nobody looks while nothing can come.
  const came = nextInstant(rhythm, before, isOfDays, progress.through);
  const upTo = Math.min(came === null ? progress.through : came - 1, deps.clock.now());
  const wasToCome = ({ record, k }: Found): boolean => {
    const anchor = dateOf(trigger.field, record, { module, zone: before });
    return anchor !== null && (occurrence(anchor, k, rhythm, before) ?? Infinity) > upTo;
  };
  const window = { after: Math.max(upTo - ZONES_APART_MS, activeSince), upTo };
  if (window.after < upTo && (await takeWindow(deps, rule, window, () => keep(progress), wasToCome)) === "anothers") return null;
  const followed = { ...progress, zone, through: upTo };
  return (await leave(followed)) ? followed : null;
}

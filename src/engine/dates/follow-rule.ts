import { LATE_MS } from "../../decide/due.ts";
import { DAY_MS } from "../../time/calendar.ts";
import { nextInstant } from "../../time/next-instant.ts";
import type { Looked } from "../turns.ts";
import type { DateRule } from "./date-rules.ts";
import { datesOf } from "./dates-of.ts";
import type { FollowDeps } from "./follow-deps.ts";
import { followZone } from "./follow-zone.ts";
import { begun, gapsOf, needsWalk, nextWalk, walked, WALKS, withGap, type Gap, type Progress } from "./progress.ts";
import { takeWindow } from "./take-window.ts";

export type Followed = {
  /** When to look again, ms. */
  readonly next: number;
  /** When the next date may come, where that is known, ms. */
  readonly comesAt: number | null;
  /** What was missed and is to be caught up on, its newest part. */
  readonly newestGap: Gap | null;
};

/** While another process has its turn, and where a date may come at any moment. */
const SOON_MS = 1000;
/** A host is not asked oftener, for dates that may come at any moment. */
const HOST_MS = 60_000;
/** How far the mark may lag behind while nothing comes: it is not written every second. */
const LAG_MS = 30_000;
/**
 * So far back each look goes again. What is on its way into the store, or is finished there after a crash or an outage, is dated from before
 * that, and is not seen until it is there.
 */
export const LOOK_BACK_MS = 60_000;
/** Records walked over in one go. */
const WALKED = 200;

/** Finds what has come of a rule's dates since it was looked at last. @throws HostRecordsError */
export async function follow(deps: FollowDeps, rule: DateRule): Promise<Followed> {
  const { clock } = deps;
  const looked = await deps.turns.look(rule.organization, markOf(rule), begun(rule));
  if (!looked) return anothers(clock.now());
  const known = { ...looked.value, gaps: gapsOf(looked.value, rule, clock.now()) };
  const indexed = deps.host?.findsByDate ? known : await walk(deps, rule, { ...looked, value: known });
  const progress = indexed && (await followZone(deps, rule, looked, indexed));
  const now = clock.now();
  const found = progress && (await advance(deps, rule, looked, progress, now));
  if (!found) return anothers(clock.now());
  // After the instant up to which it was looked: what comes while somebody looks is next.
  const comesAt = nextInstant(rule.rhythm, rule.zone, rule.isOfDays, now);
  return { next: nextLook(deps, rule, comesAt, found), comesAt, newestGap: found.gaps.at(-1) ?? null };
}

function anothers(now: number): Followed {
  return { next: now + SOON_MS, comesAt: null, newestGap: null };
}

export function markOf({ id }: DateRule): string {
  return `date ${id}`;
}

/** Brings the index of the module's dates up to date, where nobody has for this rule. Null where another process goes on. */
async function walk(deps: FollowDeps, rule: DateRule, { value, keep, leave }: Looked<Progress>): Promise<Progress | null> {
  const { clock, store, definitions } = deps;
  if (!needsWalk(value, rule, clock.now())) return value;
  const set = definitions.current(rule.organization).ruleSet(rule.module);
  let cursor: string | null = null;
  do {
    if (!(await keep(value))) return null;
    cursor = await store.dates.reindex(
      { organization: rule.organization, module: rule.module.name },
      // Nobody knows since when it has stood; what came before the rule was active does not count anyway.
      0,
      { limit: WALKED, cursor },
      (record) => datesOf(set, record.body) ?? [],
    );
  } while (cursor !== null);
  const done = walked(value, rule, clock.now());
  return (await leave(done)) ? done : null;
}

/** Null where another process goes on. */
async function advance(
  deps: FollowDeps,
  rule: DateRule,
  { keep, leave }: Looked<Progress>,
  progress: Progress,
  now: number,
): Promise<Progress | null> {
  const left = async (next: Progress): Promise<Progress | null> => ((await leave(next)) ? next : null);
  // The clock went back: what is written from now on may come before that. What has come is known by its id.
  if (progress.through > now) return left({ ...progress, through: now });
  const after = Math.max(progress.through, rule.activeSince);
  if (after >= now) return progress;
  // Until the index is complete, what a second walk finds must still be found.
  const isComplete = progress.walks >= WALKS || deps.host?.findsByDate === true;
  const through = Math.max(after, now - LOOK_BACK_MS);
  if (isComplete && firstAfter(rule, after) < now - LOOK_BACK_MS - LATE_MS)
    return left({ ...progress, through, gaps: withGap(progress.gaps, { from: after, to: now, place: null }) });
  // As long as the index is not complete, the last day; what is older is caught up on once it is.
  const came = await takeWindow(deps, rule, { after: Math.max(after, now - DAY_MS), upTo: now }, () => keep(progress));
  if (came === "anothers") return null;
  if (came === "nothing" && through - progress.through < LAG_MS) return progress;
  return left(isComplete ? { ...progress, through } : progress);
}

/** Before that nothing can come. */
function firstAfter({ rhythm, zone, isOfDays }: DateRule, after: number): number {
  return nextInstant(rhythm, zone, isOfDays, after) ?? after;
}

function nextLook({ clock, host }: FollowDeps, rule: DateRule, comesAt: number | null, progress: Progress): number {
  const now = clock.now();
  const asksHost = host?.findsByDate ?? false;
  if (comesAt === null) return now + (asksHost ? HOST_MS : SOON_MS);
  // What came a moment ago is looked for once more, when whatever was on its way then is there.
  const before = firstAfter(rule, Math.max(progress.through, rule.activeSince));
  const next = before <= now ? Math.min(comesAt, before + LOOK_BACK_MS + SOON_MS) : comesAt;
  return progress.walks < WALKS && !asksHost ? Math.min(next, nextWalk(progress)) : next;
}

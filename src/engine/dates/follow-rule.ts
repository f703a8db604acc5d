import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import { dateOf } from "../../criteria/date-of.ts";
import { LATE_MS } from "../../decide/due.ts";
import { nextInstant } from "../../time/next-instant.ts";
import { occurrence } from "../../time/occurrences.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { HostAccess } from "../host-records.ts";
import type { Intake } from "../intake.ts";
import type { Looked, Turns } from "../turns.ts";
import type { DateRule } from "./date-rules.ts";
import { datesOf } from "./dates-of.ts";
import { findOccurrences, type Found, type Place } from "./find-occurrences.ts";
import { begun, gapsOf, needsWalk, nextWalk, walked, WALKS, withGap, type Gap, type Progress } from "./progress.ts";
import type { Recent } from "./recent.ts";
import { takeOccurrences } from "./take-occurrences.ts";
import { DAY_MS } from "../../time/calendar.ts";

export type FollowDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly host: HostAccess | null;
  readonly turns: Turns;
  readonly recent: Recent;
  intake(): Intake;
};

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
/** No date comes further apart in two zones: they are 26 hours apart, and the day of an instant is up to two days another. */
const ZONES_APART_MS = 4 * DAY_MS;
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

/**
 * In another zone a date may have come that was still to come in the one before: it comes late. What had come there is remembered, or came
 * before its record had that date, and does not come again. Null where another process goes on.
 */
async function followZone(
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
  if (window.after < upTo && (await takeAll(deps, rule, window, () => keep(progress), wasToCome)) === "anothers") return null;
  const followed = { ...progress, zone, through: upTo };
  return (await leave(followed)) ? followed : null;
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
  const came = await takeAll(deps, rule, { after: Math.max(after, now - DAY_MS), upTo: now }, () => keep(progress));
  if (came === "anothers") return null;
  if (came === "nothing" && through - progress.through < LAG_MS) return progress;
  return left(isComplete ? { ...progress, through } : progress);
}

/** Before that nothing can come. */
function firstAfter({ rhythm, zone, isOfDays }: DateRule, after: number): number {
  return nextInstant(rhythm, zone, isOfDays, after) ?? after;
}

async function takeAll(
  deps: FollowDeps,
  rule: DateRule,
  window: { readonly after: number; readonly upTo: number },
  keep: () => Promise<boolean>,
  isWanted: (found: Found) => boolean = () => true,
): Promise<"nothing" | "something" | "anothers"> {
  let came: "nothing" | "something" = "nothing";
  let place: Place | null = null;
  do {
    const { found: all, next }: Awaited<ReturnType<typeof findOccurrences>> = await findOccurrences(deps, rule, window, place);
    const found = all.filter(isWanted);
    if (found.length > 0) {
      if (!(await keep())) return "anothers";
      if ((await takeOccurrences(deps, rule, found)) > 0) came = "something";
    }
    place = next;
  } while (place !== null);
  return came;
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

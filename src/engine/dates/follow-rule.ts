import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import { nextInstant } from "../../time/next-instant.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { HostAccess } from "../host-records.ts";
import type { Intake } from "../intake.ts";
import type { Looked, Turns } from "../turns.ts";
import type { DateRule } from "./date-rules.ts";
import { datesOf } from "./dates-of.ts";
import { findOccurrences, type Place } from "./find-occurrences.ts";
import { begun, gapsOf, needsWalk, nextWalk, walked, WALKS, type Gap, type Progress } from "./progress.ts";
import { LATE_MS } from "../missed.ts";
import { takeOccurrences } from "./take-occurrences.ts";

export type FollowDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly host: HostAccess | null;
  readonly turns: Turns;
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
const HOST_MS = 30_000;
/** How far the mark may lag behind while nothing comes: it is not written every second. */
const LAG_MS = 30_000;
const DAY_MS = 86_400_000;
/** Records walked over in one go. */
const WALKED = 200;

/** Finds what has come of a rule's dates since it was looked at last. @throws HostRecordsError */
export async function follow(deps: FollowDeps, rule: DateRule): Promise<Followed> {
  const { clock } = deps;
  const looked = await deps.turns.look(rule.organization, markOf(rule), begun(rule));
  if (!looked) return anothers(clock.now());
  const known = { ...looked.value, gaps: gapsOf(looked.value, rule, clock.now()) };
  const progress = deps.host?.findsByDate ? known : await walk(deps, rule, { ...looked, value: known });
  const now = clock.now();
  const found = progress && (await advance(deps, rule, looked, progress, now));
  if (!found) return anothers(clock.now());
  // After the instant up to which it was looked: what comes while somebody looks is next.
  const comesAt = nextInstant(rule.rhythm, rule.zone, rule.isOfDays, now);
  return { next: nextLook(deps, comesAt, found), comesAt, newestGap: found.gaps.at(-1) ?? null };
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
  if (isComplete && firstAfter(rule, after) < now - LATE_MS)
    return left({ ...progress, through: now, gaps: [...progress.gaps, { from: after, to: now, place: null }] });
  // As long as the index is not complete, the last day; what is older is caught up on once it is.
  const came = await takeAll(deps, rule, { after: Math.max(after, now - DAY_MS), upTo: now }, () => keep(progress));
  if (came === "anothers") return null;
  if (came === "nothing" && now - progress.through < LAG_MS) return progress;
  return left(isComplete ? { ...progress, through: now } : progress);
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
): Promise<"nothing" | "something" | "anothers"> {
  let came: "nothing" | "something" = "nothing";
  let place: Place | null = null;
  do {
    const { found, next }: Awaited<ReturnType<typeof findOccurrences>> = await findOccurrences(deps, rule, window, place);
    if (found.length > 0) {
      if (!(await keep())) return "anothers";
      came = "something";
      await takeOccurrences(deps, rule, found);
    }
    place = next;
  } while (place !== null);
  return came;
}

function nextLook({ clock, host }: FollowDeps, comesAt: number | null, progress: Progress): number {
  const asksHost = host?.findsByDate ?? false;
  const next = comesAt ?? clock.now() + (asksHost ? HOST_MS : SOON_MS);
  return progress.walks < WALKS && !asksHost ? Math.min(next, nextWalk(progress)) : next;
}

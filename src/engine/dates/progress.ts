import type { Json } from "../../model/json.ts";
import type { DateRule } from "./date-rules.ts";
import type { Place } from "./find-occurrences.ts";

/** A stretch of time that went by unseen, from < at <= to (ms), and how far its last day has been looked through. */
export type Gap = { readonly from: number; readonly to: number; readonly place: Place | null };

/** How far a date rule has been followed, as its mark keeps it. */
export type Progress = {
  /** ms; what came until then has been found, but for the gaps. */
  readonly through: number;
  /** By which that was. */
  readonly zone: string;
  readonly gaps: readonly Gap[];
  /** What the index of the rule's dates was made for, and how many walks over the records it has had. */
  readonly index: string;
  readonly walks: number;
  readonly walkedAt: number;
  readonly [key: string]: Json;
};

/** A second walk finds what processes wrote that did not know the rule yet; they do within seconds. */
export const WALKS = 2;
const NEXT_WALK_MS = 10_000;

export function begun({ activeSince, zone }: DateRule): Progress {
  return { through: activeSince, zone, gaps: [], index: "", walks: 0, walkedAt: 0 };
}

/** Another zone or another field needs other keys, and what was not active was not kept up to date. */
export function indexOf({ activeSince, zone, trigger: { field, cycle } }: DateRule): string {
  return JSON.stringify([activeSince, zone, field, cycle]);
}

/** Has the index to be walked before the rule is followed? */
export function needsWalk(progress: Progress, rule: DateRule, now: number): boolean {
  return progress.index !== indexOf(rule) || (progress.walks < WALKS && (now >= nextWalk(progress) || now < progress.walkedAt));
}

export function nextWalk({ walkedAt }: Progress): number {
  return walkedAt + NEXT_WALK_MS;
}

export function walked(progress: Progress, rule: DateRule, now: number): Progress {
  const index = indexOf(rule);
  if (progress.index !== index) {
    // A place within a day is one of the ranges that the zone gives.
    const gaps = progress.gaps.map((gap) => ({ ...gap, place: null }));
    return { ...progress, gaps, index, walks: 1, walkedAt: now };
  }
  return { ...progress, walks: progress.walks + 1, walkedAt: now };
}

/** One that goes on where the last one ends is more of it. */
export function withGap(gaps: readonly Gap[], gap: Gap): readonly Gap[] {
  const last = gaps.at(-1);
  const isMore = last !== undefined && last.place === null && last.to >= gap.from && last.from <= gap.from;
  return isMore ? [...gaps.slice(0, -1), { from: last.from, to: gap.to, place: null }] : [...gaps, gap];
}

/** What of the gaps there is by the rule and the clock of now. */
export function gapsOf({ gaps }: Progress, { activeSince }: DateRule, now: number): readonly Gap[] {
  return gaps.flatMap((gap) => {
    const [from, to] = [Math.max(gap.from, activeSince), Math.min(gap.to, now)];
    if (from >= to) return [];
    return [from === gap.from && to === gap.to ? gap : { from, to, place: null }];
  });
}

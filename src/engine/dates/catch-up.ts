import { DAY_MS } from "../../time/calendar.ts";
import { findOccurrences } from "./find-occurrences.ts";
import type { FollowDeps } from "./follow-deps.ts";
import { markOf } from "./follow-rule.ts";
import type { DateRule } from "./date-rules.ts";
import { begun, gapsOf, type Gap } from "./progress.ts";
import { takeOccurrences } from "./take-occurrences.ts";

/** Looked through from its end in pieces of this length. */
const PIECE_MS = DAY_MS;

export type CaughtUp = { readonly taken: number; readonly newestGap: Gap | null };

/** One page of what a rule has missed, the newest day first; what is too late to run is in the log. Null while it is another's turn. @throws HostRecordsError */
export async function catchUpOn(deps: FollowDeps, rule: DateRule): Promise<CaughtUp | null> {
  const looked = await deps.turns.look(rule.organization, markOf(rule), begun(rule));
  if (!looked) return null;
  const { value, keep, leave } = looked;
  const gaps = gapsOf(value, rule, deps.clock.now());
  const gap = gaps.at(-1);
  if (!gap) return { taken: 0, newestGap: null };
  if (!(await keep(value))) return null;
  const after = Math.max(gap.from, gap.to - PIECE_MS);
  const { found, next } = await findOccurrences(deps, rule, { after, upTo: gap.to }, gap.place);
  await takeOccurrences(deps, rule, found);
  const rest = next === null ? { ...gap, to: after, place: null } : { ...gap, place: next };
  const left = [...gaps.slice(0, -1), ...(rest.to > rest.from ? [rest] : [])];
  return (await leave({ ...value, gaps: left })) ? { taken: found.length, newestGap: left.at(-1) ?? null } : null;
}

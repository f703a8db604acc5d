import type { Hour } from "./hours.ts";
import type { Death } from "./messages.ts";

/**
 * The clock is moved to an instant, and somebody is killed on the way: whoever comes first to a call of the store, or one of them so many ms
 * after the move.
 */
export type Step = { readonly at: number; readonly kill: Kill | null };
export type Kill = { readonly death: Death } | { readonly victim: number; readonly delayMs: number };

const MINUTE_MS = 60_000;
/** What a sweep of a process calls, and more. */
const MOST_CALLS = 25;
const MOST_DELAY_MS = 40;
/** Where something that has come is taken in, taken over, or written down. */
const CALLS = ["events.intake", "runs.claim", "runs.takeQuota", "runs.settle", "marks.setMark"];

/** So many minutes from the wall time on have something that comes. */
export type PlanOptions = { readonly kills: number; readonly minutes: number };

/** Goes through an hour, with half of the kills where the wall time comes, and a quarter where it must not. */
export function killPlan(random: () => number, { from, until, comes, other }: Hour, { kills, minutes }: PlanOptions): readonly Step[] {
  const steps: Step[] = [];
  for (let at = Date.parse(from) + MINUTE_MS; at < Date.parse(until); at += Math.round((2 + random() * 9) * MINUTE_MS))
    steps.push({ at, kill: null });
  const crowd = (iso: string, count: number): void => {
    for (let n = 0; n < count; n++) steps.push({ at: Date.parse(iso) + (n % minutes) * MINUTE_MS, kill: killOf(random) });
  };
  crowd(comes, Math.ceil(kills / 2));
  crowd(other, Math.ceil(kills / 4));
  for (let left = kills - Math.ceil(kills / 2) - Math.ceil(kills / 4); left > 0; left--)
    steps.push({ at: Date.parse(from) + Math.round(random() * (Date.parse(until) - Date.parse(from))), kill: killOf(random) });
  return [...steps, { at: Date.parse(until), kill: null }].toSorted((a, b) => a.at - b.at);
}

function killOf(random: () => number): Kill {
  const kind = random();
  if (kind < 0.3) return { victim: random() < 0.5 ? 0 : 1, delayMs: random() * MOST_DELAY_MS };
  const when = random() < 0.5 ? "before" : "done";
  if (kind < 0.5) return { death: { call: null, after: Math.floor(random() * MOST_CALLS), when } };
  return { death: { call: CALLS[Math.floor(random() * CALLS.length)] ?? null, after: Math.floor(random() * 3), when } };
}

import { DAY_MS } from "../../time/calendar.ts";
import { decide, occurrenceKey } from "../../decide/decide.ts";
import type { PlannedRun } from "../../decide/plan.ts";
import type { Store } from "../../store/store.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { dateRulesOf, type DateRule } from "../dates/date-rules.ts";
import { findOccurrences, type FindDeps, type Found, type Place, type Window } from "../dates/find-occurrences.ts";
import { markOf } from "../dates/follow-rule.ts";
import { indexOf } from "../dates/progress.ts";
import { eventOf } from "../dates/take-occurrences.ts";
import { iso, plannerView } from "../views.ts";
import type { Due } from "./upcoming.ts";

export type ComingDeps = FindDeps & { readonly store: Pick<Store, "dates" | "events" | "marks">; readonly definitions: Definitions };

/** What date rules will run. Nothing that comes before `wholeUntil` (ms) is missing. */
export type Coming = { readonly due: readonly Due[]; readonly wholeUntil: number };

/** Looked through in pieces of this length, the nearest first. */
const PIECE_MS = DAY_MS;
/** Occurrences looked at of one rule: those whose criteria are not met are looked at for nothing. */
const MOST_LOOKED_AT = 10_000;

/** What date rules will run in a window, if records stay as they are: the next ones of each rule, about so many. */
export async function comingDates(deps: ComingDeps, organization: string, window: Window, most: number): Promise<Coming> {
  const rules = dateRulesOf(organization, deps.definitions.current(organization));
  const coming = await Promise.all(rules.map((rule) => ofRule(deps, rule, window, most)));
  return { due: coming.flatMap(({ due }) => due), wholeUntil: Math.min(window.upTo, ...coming.map(({ wholeUntil }) => wholeUntil)) };
}

async function ofRule(deps: ComingDeps, rule: DateRule, window: Window, most: number): Promise<Coming> {
  const due: Due[] = [];
  const isWhole = await isIndexed(deps, rule);
  const until = (wholeUntil: number): Coming => ({ due, wholeUntil: isWhole ? wholeUntil : window.after });
  let lookedAt = 0;
  for (let { after } = window; after < window.upTo; after += PIECE_MS) {
    // Within a piece the index has its own order: what comes first is known once the piece is read to its end.
    if (due.filter(({ at }) => at <= after).length >= most) return until(after);
    const piece = { after, upTo: Math.min(after + PIECE_MS, window.upTo) };
    let place: Place | null = null;
    do {
      if (lookedAt >= MOST_LOOKED_AT) return until(after);
      const page: Awaited<ReturnType<typeof findOccurrences>> = await findOccurrences(deps, rule, piece, place);
      const found = await Promise.all(page.found.map((one) => runsOf(deps, rule, one)));
      due.push(...found.flat().filter(({ at }) => at < window.upTo));
      lookedAt += page.found.length;
      place = page.next;
      // A store may answer without ever letting the event loop go on.
      await new Promise<void>((resolve) => void setImmediate(resolve));
    } while (place !== null);
  }
  return until(window.upTo);
}

/** Are all records found by the rule's date? Of a rule that is new they are within moments. */
async function isIndexed({ store, host }: ComingDeps, rule: DateRule): Promise<boolean> {
  if (host?.findsByDate) return true;
  const mark = await store.marks.mark(rule.organization, markOf(rule));
  return mark?.value["index"] === indexOf(rule);
}

/** Decided as it will be, by the record as it is now. */
async function runsOf(deps: ComingDeps, rule: DateRule, found: Found): Promise<readonly Due[]> {
  const { organization, id, name, version, module } = rule;
  const set = deps.definitions.current(organization).ruleSet(module);
  const event = eventOf(rule, found, found.at);
  const verdicts = decide(set, { event, previous: null, stale: false, alreadyFired: new Set() });
  const runs = verdicts.flatMap((verdict) => (verdict.fires ? verdict.executions.flatMap((execution) => execution.runs) : []));
  if (runs.length === 0 || (await hasFired(deps, event))) return [];
  const planner = plannerView({ rule: { id, name, version }, by: "rule", record: found.id });
  return runs.flatMap((run) => {
    const at = startOf(run, found.at);
    return at === null ? [] : [{ at, item: { dueAt: iso(at), ...planner, module: module.name, action: run.action, run: null } }];
  });
}

async function hasFired({ store }: ComingDeps, { organization, recordId, occurrence }: ReturnType<typeof eventOf>): Promise<boolean> {
  if (occurrence === null) return false;
  return (await store.events.firedBefore(organization, [occurrenceKey(occurrence)], recordId)).size > 0;
}

/** Null of what has no time or is past it. What is due before the date comes starts with it. */
function startOf({ dueAt, missed }: PlannedRun, comesAt: number): number | null {
  return dueAt === null || missed ? null : Math.max(dueAt, comesAt);
}

import { decide } from "../../decide/decide.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { dateRulesOf, type DateRule } from "../dates/date-rules.ts";
import { findOccurrences, type FindDeps, type Found, type Place, type Window } from "../dates/find-occurrences.ts";
import { eventOf } from "../dates/take-occurrences.ts";
import { iso, plannerView } from "../views.ts";
import type { Due } from "./upcoming.ts";

/** Looked through in pieces of this length, the nearest first. */
const PIECE_MS = 86_400_000;

export type ComingDeps = FindDeps & { readonly definitions: Definitions };

/** What date rules will run in a window, if records stay as they are: at most so many of each rule. */
export async function comingDates(deps: ComingDeps, organization: string, window: Window, most: number): Promise<readonly Due[]> {
  const rules = dateRulesOf(organization, deps.definitions.current(organization));
  const found = await Promise.all(rules.map((rule) => ofRule(deps, rule, window, most)));
  return found.flat();
}

async function ofRule(deps: ComingDeps, rule: DateRule, window: Window, most: number): Promise<readonly Due[]> {
  const due: Due[] = [];
  for (let { after } = window; after < window.upTo && due.length < most; after += PIECE_MS) {
    const piece = { after, upTo: Math.min(after + PIECE_MS, window.upTo) };
    let place: Place | null = null;
    do {
      const page: Awaited<ReturnType<typeof findOccurrences>> = await findOccurrences(deps, rule, piece, place);
      due.push(...page.found.flatMap((found) => runsOf(deps, rule, found)).filter(({ at }) => at < window.upTo));
      place = page.next;
    } while (place !== null && due.length < most);
  }
  return due;
}

/** Decided as it will be, by the record as it is now. */
function runsOf({ definitions }: ComingDeps, rule: DateRule, found: Found): readonly Due[] {
  const set = definitions.current(rule.organization).ruleSet(rule.module);
  const event = eventOf(rule, found, found.at);
  return decide(set, { event, previous: null, stale: false, alreadyFired: new Set() }).flatMap((verdict) => {
    if (!verdict.fires) return [];
    const planner = plannerView({ rule: verdict.rule.reference, by: "rule", record: found.id });
    return verdict.executions
      .flatMap(({ runs }) => runs)
      .flatMap(({ action, dueAt }) =>
        dueAt === null ? [] : [{ at: dueAt, item: { dueAt: iso(dueAt), ...planner, module: rule.module.name, action, run: null } }],
      );
  });
}

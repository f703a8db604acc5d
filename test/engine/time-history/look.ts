import type { Anchor } from "../../../src/time/anchor.ts";
import { instantByIntl } from "../../time/intl-oracle.ts";
import { occurrenceByOracle, occurrencesByOracle, ticksByOracle } from "../../time/oracle.ts";
import { place } from "./changes.ts";
import { DATE_RULES, LATER, OFF, type DateRuleName } from "./defined.ts";
import { dateId, isExecution, lineOf, NOT_FIRED, tickId, type Log } from "./log.ts";
import { dueOf, isExact, isOver, rhythmOf, textOf } from "./reckoning.ts";
import { activeOf, bodyOf, conclude, sinceKey, type Kept, type State, type Waiting } from "./state.ts";

/** Everybody looks at the clock, at some moment from `from` to `to` (ms), and does what has come by then. */
export type Look = {
  readonly from: number;
  readonly to: number;
  /** What the log says afterwards: where more than one thing may have come of it, that is asked. */
  readonly seen: Log;
  /** Somebody was killed or stood still meanwhile: an attempt may have been lost, of which nobody knows what it did. */
  readonly rough: boolean;
};

/** What is looked at this little after it came is not late. */
const PUNCTUAL_MS = 60_000;
const DAY_MS = 86_400_000;

export function look(state: State, eye: Look): void {
  // Where the clock has gone back, everything comes again; what came then is known.
  state.lookedAt = Math.min(state.lookedAt, eye.from);
  for (const run of state.waiting.values()) followZone(state, run, eye);
  for (const rule of DATE_RULES)
    if (activeOf(state, rule).active) for (const [record, kept] of state.records) followDate(state, rule, record, kept, eye);
  followTicks(state, eye);
  for (const run of state.waiting.values()) if (run.due !== null && run.due <= eye.to) end(state, run, run.due, eye);
  state.lookedAt = eye.to;
  state.lookedIn = state.defined.zone;
}

function followZone(state: State, run: Waiting, { to }: Look): void {
  if (run.zone === state.defined.zone || isExact(run.execute)) return;
  const kept = state.records.get(run.record);
  if (kept && (!kept.deleted || run.execute.of === "trigger")) place(state, run, kept.plan, to);
}

function followDate(state: State, rule: DateRuleName, record: string, kept: Kept, eye: Look): void {
  const { field, ...body } = bodyOf(state, rule);
  const known = kept.since.get(sinceKey(field, body.cycle));
  if (!known) return;
  const { anchor } = known;
  const { zone } = state.defined;
  const rhythm = rhythmOf(body);
  const begins = Math.max(activeOf(state, rule).since, state.lookedAt - (zone === state.lookedIn ? 0 : DAY_MS));
  for (const { k, at } of occurrencesByOracle(anchor, rhythm, zone, begins, eye.to)) {
    const cameAlready = at <= state.lookedAt && occurrenceByOracle(anchor, k, rhythm, state.lookedIn) <= state.lookedAt;
    if (cameAlready) continue;
    const isOlder = at <= known.at;
    const isUnclear = isOlder && (known.forgotten || at <= state.lookedAt);
    const key = dateId(rule, record, textOf(anchor), k);
    if (isOlder && !(isUnclear && isSeen(eye.seen, key))) continue;
    if (!state.came.has(key)) come(state, { rule, record, kept, anchor, key, at }, eye);
  }
}

type Coming = {
  readonly rule: DateRuleName;
  readonly record: string;
  readonly kept: Kept;
  readonly anchor: Anchor;
  readonly key: string;
  readonly at: number;
};

function come(state: State, { rule, record, kept, anchor, key, at }: Coming, eye: Look): void {
  state.came.add(key);
  if (kept.plan.status === OFF) return void state.log.set(lineOf(key, 0), { said: NOT_FIRED, dueAt: at });
  const { zone } = state.defined;
  const { catchUp, grace, ...body } = bodyOf(state, rule);
  const comesAgain = (now: number): boolean => occurrencesByOracle(anchor, rhythmOf(body), zone, at, now).length > 0;
  const said = choose(eye, lineOf(key, 1), at, (now) => (isMissed({ at, catchUp, grace, zone, now, comesAgain }) ? "missed" : "succeeded"));
  state.log.set(lineOf(key, 1), { said, dueAt: at });
  if (rule === "first") comeLater(state, { key, record, at, missed: said === "missed" }, eye);
}

/** The second action of `first`, two hours later. */
function comeLater(
  state: State,
  { key, record, at, missed }: { readonly key: string; readonly record: string; readonly at: number; readonly missed: boolean },
  eye: Look,
): void {
  const { zone, first } = state.defined;
  const due = dueOf(LATER, { instant: at }, zone);
  const common = { id: lineOf(key, 2), rule: "first" as const, record, n: 2, execute: LATER, grace: first.grace };
  const run = { ...common, triggeredAt: at, createdAt: eye.to, zone, due };
  const said = missed
    ? "missed"
    : choose(eye, run.id, at, (now) => (due !== null && isOver(due, first.grace, zone, now) ? "missed" : "waits"));
  if (said === "missed") conclude(state, run, "missed");
  else state.waiting.set(run.id, run);
}

function isSeen(seen: Log, key: string): boolean {
  return seen.has(lineOf(key, 0)) || seen.has(lineOf(key, 1));
}

type Late = {
  readonly at: number;
  readonly catchUp: "once" | "all" | "skip";
  readonly grace: Waiting["grace"];
  readonly zone: string;
  readonly now: number;
  /** Has the next one come by then, too? */
  comesAgain(now: number): boolean;
};

function isMissed({ at, catchUp, grace, zone, now, comesAgain }: Late): boolean {
  if (now - at <= PUNCTUAL_MS) return false;
  if (isOver(at, grace, zone, now) || catchUp === "skip") return true;
  return catchUp === "once" && comesAgain(now);
}

function followTicks(state: State, eye: Look): void {
  const { ticks: body, zone } = state.defined;
  if (!state.ticks.active) return;
  // In UTC they are wall times.
  for (const wall of ticksByOracle(body, "UTC", state.lookedAt - 2 * DAY_MS, eye.to + 2 * DAY_MS)) {
    const at = instantByIntl(wall, zone);
    const isNext = at > state.lookedAt || instantByIntl(wall, state.lookedIn) > state.lookedAt;
    if (!isNext || at <= state.ticks.since || at > eye.to || state.ticked.has(wall)) continue;
    if ("after" in body.expires && state.executions >= body.expires.after) return;
    const comesAgain = (now: number): boolean => ticksByOracle(body, zone, at, now).length > 0;
    const said = choose(
      eye,
      lineOf(tickId(at), 1),
      at,
      (now) => (isMissed({ ...body, at, zone, now, comesAgain }) ? "missed" : "succeeded"),
      // A function has one attempt.
      eye.rough ? ["failed"] : [],
    );
    state.ticked.add(wall);
    state.log.set(lineOf(tickId(at), 1), { said, dueAt: at });
    if (isExecution({ ...eye.seen.get(lineOf(tickId(at), 1)), said })) state.executions += 1;
  }
}

/** It is due: what it comes to is said by the record and the clock as they are then. */
function end(state: State, run: Waiting, due: number, eye: Look): void {
  const kept = state.records.get(run.record);
  const { zone } = state.defined;
  if (!kept || kept.deleted) return conclude(state, run, "recordDeleted");
  const outcome = (now: number): string => {
    if (isOver(due, run.grace, zone, now) && now - due > PUNCTUAL_MS) return "missed";
    return kept.plan.status === OFF ? "criteriaNotMet" : "succeeded";
  };
  // Whoever takes over an attempt that may have been made does not ask again whether it should be.
  conclude(state, run, choose(eye, run.id, due, outcome, eye.rough ? ["succeeded"] : []));
}

/** What came of it: at whichever moment it was looked at. Where that may be several things, what the log says has to be one of them. */
function choose(eye: Look, line: string, at: number, outcome: (now: number) => string, others: readonly string[] = []): string {
  const options = [...new Set([...[eye.from, eye.to].map((now) => outcome(Math.max(now, at))), ...others])];
  const said = eye.seen.get(line)?.said ?? "";
  const [only = ""] = options;
  if (options.length === 1) return only;
  if (options.includes("waits") && said !== "missed") return "waits";
  return options.includes(said) ? said : options.join(" or ");
}

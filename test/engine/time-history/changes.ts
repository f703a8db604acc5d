import { CYCLES, FIELDS, activeOf, conclude, sinceKey, type Kept, type Since, type State, type Waiting } from "./state.ts";
import { anchorOf, dueOf, isOver, sameInCycle } from "./reckoning.ts";
import type { DateBody, DateRuleName, RuleName, TicksBody, WaitsBody } from "./defined.ts";
import { OFF } from "./defined.ts";
import { lineOf } from "./log.ts";
import type { Plan } from "./steps.ts";

// What becomes of the model's state when somebody does something at an instant.

export type Event = {
  readonly id: string;
  readonly type: "created" | "submitted" | "edited" | "deleted";
  readonly record: string;
  readonly plan: Plan;
  readonly occurredAt: number;
};

/** The record has had a newer event. */
export function isOutdated(state: State, { record, occurredAt }: Pick<Event, "record" | "occurredAt">): boolean {
  return (state.records.get(record)?.occurredAt ?? -Infinity) > occurredAt;
}

export function takeEvent(state: State, event: Event, now: number): void {
  const { record, type } = event;
  const before = state.records.get(record);
  const outdated = isOutdated(state, event);
  const dated = [...state.waiting.values()].filter((run) => run.record === record && run.execute.of !== "trigger");
  const planned = plan(state, event, outdated && before ? before.plan : event.plan, now);
  const newest = new Set(planned.filter(({ execute }) => execute.of !== "trigger").map(({ n }) => n));
  const waitedFor = new Map(dated.map(({ n, id }) => [n, id]));
  if (!outdated && type !== "deleted")
    for (const run of dated) {
      if (newest.has(run.n) && run.rule === "waits") conclude(state, run, "superseded");
      else place(state, run, event.plan, now);
    }
  if (!outdated) state.records.set(record, written(state, event, before, now));
  if (state.records.get(record)?.deleted) for (const run of ofRecord(state, record)) conclude(state, run, "recordDeleted");
  for (const run of planned)
    if (outdated && run.execute.of !== "trigger" && waitedFor.has(run.n)) {
      state.gaveWay.set(waitedFor.get(run.n) ?? "", run);
      conclude(state, run, "superseded");
    } else if (before?.deleted && outdated) conclude(state, run, "recordDeleted");
    else state.waiting.set(run.id, run);
}

function ofRecord(state: State, record: string): readonly Waiting[] {
  return [...state.waiting.values()].filter((run) => run.record === record);
}

/** What the event's rule has it wait for; what is too late already is over. */
function plan(state: State, { id, type, record, plan: own, occurredAt }: Event, dates: Plan, now: number): readonly Waiting[] {
  const { waits, zone } = state.defined;
  if (!activeOf(state, "waits").active || (type !== "created" && type !== "submitted") || own.status === OFF) return [];
  return waits.executes.flatMap((execute, index): readonly Waiting[] => {
    const common = { id: lineOf(id, index + 1), rule: "waits" as const, record, n: index + 1, execute, grace: waits.grace };
    const run = { ...common, triggeredAt: occurredAt, createdAt: now, zone, due: null };
    const waiting = { ...run, due: dueByPlan(run, dates, zone) };
    if (waiting.due === null || !isOver(waiting.due, waits.grace, zone, now)) return [waiting];
    conclude(state, waiting, "missed");
    return [];
  });
}

export function dueByPlan({ execute, triggeredAt }: Pick<Waiting, "execute" | "triggeredAt">, dates: Plan, zone: string): number | null {
  const anchor = execute.of === "trigger" ? { instant: triggeredAt } : anchorOf(execute.of === "day" ? dates.day : dates.moment);
  return dueOf(execute, anchor, zone);
}

/** Where it belongs by a record as it is now. */
export function place(state: State, run: Waiting, dates: Plan, now: number): void {
  const { zone } = state.defined;
  const due = dueByPlan(run, dates, zone);
  if (due !== run.due && due !== null && isOver(due, run.grace, zone, now)) conclude(state, { ...run, due }, "missed");
  else state.waiting.set(run.id, { ...run, due, zone });
}

function written(state: State, { type, plan: dates, occurredAt }: Event, before: Kept | undefined, now: number): Kept {
  const deleted = type === "deleted";
  const since = new Map<string, Since>();
  for (const field of FIELDS)
    for (const cycle of CYCLES) {
      const anchor = deleted ? null : anchorOf(dates[field]);
      const known = before?.since.get(sinceKey(field, cycle));
      if (anchor === null) continue;
      const stays = known !== undefined && sameInCycle(cycle, known.anchor, anchor, state.defined.zone);
      since.set(sinceKey(field, cycle), stays ? { ...known, anchor } : { anchor, at: now, forgotten: false });
    }
  return { plan: dates, occurredAt, deleted, since };
}

export function rezone(state: State, zone: string): void {
  if (zone === state.defined.zone) return;
  state.defined = { ...state.defined, zone };
  forget(state, ({ anchor }) => "instant" in anchor);
}

/** The clock has been set back to an instant: dates that were written later, by the clock of then, may come before that again. */
export function setBack(state: State, now: number): void {
  forget(state, ({ at }) => at > now);
}

function forget(state: State, which: (since: Since) => boolean): void {
  for (const [id, kept] of state.records) {
    const since = [...kept.since].map(([key, one]) => [key, which(one) ? { ...one, forgotten: true } : one] as const);
    state.records.set(id, { ...kept, since: new Map(since) });
  }
}

export function redate(state: State, rule: DateRuleName, body: DateBody, now: number): void {
  const before = state.defined[rule];
  if (same(before, body)) return;
  const timing = ({ field, when, at, cycle }: DateBody): unknown => [field, when, at, cycle];
  const { active, since } = activeOf(state, rule);
  state.defined = { ...state.defined, [rule]: body };
  state.rules.set(rule, { active: true, since: active && same(timing(before), timing(body)) ? since : now });
}

export function rewait(state: State, body: WaitsBody, now: number): void {
  if (same(state.defined.waits, body)) return;
  state.defined = { ...state.defined, waits: body };
  state.rules.set("waits", { active: true, since: now });
}

export function retick(state: State, body: TicksBody, now: number): void {
  const before = state.defined.ticks;
  const timing = ({ recurrence, startsAt }: TicksBody): unknown => [recurrence, startsAt];
  const goesOn = before.active && same(timing(before), timing(body));
  state.defined = { ...state.defined, ticks: body };
  state.ticks = { active: body.active, since: goesOn ? state.ticks.since : now };
}

export function activate(state: State, rule: RuleName, now: number): void {
  if (!activeOf(state, rule).active) state.rules.set(rule, { active: true, since: now });
}

export function deactivate(state: State, rule: RuleName, cancel: boolean): void {
  state.rules.set(rule, { ...activeOf(state, rule), active: false });
  if (!cancel) return;
  state.calledOff.add(rule);
  for (const run of state.waiting.values()) if (run.rule === rule) conclude(state, run, "cancelled");
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

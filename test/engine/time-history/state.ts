import type { Anchor } from "../../../src/time/anchor.ts";
import type { Duration } from "../../../src/model/duration.ts";
import type { ExecutionTime } from "../../../src/model/rule.ts";
import type { DateBody, DateRuleName, Defined, Field, RuleName } from "./defined.ts";
import type { Line } from "./log.ts";
import type { Plan } from "./steps.ts";

/** A date as a cycle has it, and since when, by the clock of then; `forgotten`: of what came before that, nobody can say whether it had it then. */
export type Since = { readonly anchor: Anchor; readonly at: number; readonly forgotten: boolean };

export type Kept = {
  readonly plan: Plan;
  readonly occurredAt: number;
  readonly deleted: boolean;
  /** By field and cycle. */
  readonly since: ReadonlyMap<string, Since>;
};

/** Of a rule or the schedule: what came before `since` does not exist. */
export type Active = { readonly active: boolean; readonly since: number };

/** An action that waits for its time. */
export type Waiting = {
  readonly id: string;
  readonly rule: RuleName;
  readonly record: string;
  readonly n: number;
  readonly execute: ExecutionTime;
  readonly grace: Duration;
  readonly triggeredAt: number;
  readonly createdAt: number;
  /** By which it was reckoned. */
  readonly zone: string;
  readonly due: number | null;
};

/** Everything that the model tracks. */
export type State = {
  defined: Defined;
  readonly records: Map<string, Kept>;
  readonly rules: Map<RuleName, Active>;
  ticks: Active;
  /** Ticks that ran, in all. */
  executions: number;
  /** Ticks that have come, by their wall times in ms as if in UTC. */
  readonly ticked: Set<number>;
  /** Dates that have come, by rule, record, date and count. */
  readonly came: Set<string>;
  readonly waiting: Map<string, Waiting>;
  /** What gave way, when it was planned, to one that waited: by that one. */
  readonly gaveWay: Map<string, Waiting>;
  /** Rules whose runs somebody called off since it was asked what had come before. */
  readonly calledOff: Set<RuleName>;
  /** What is over. */
  readonly log: Map<string, Line>;
  /** When everybody looked at the clock last, and the zone of then. */
  lookedAt: number;
  lookedIn: string;
};

export const CYCLES: readonly DateBody["cycle"][] = ["once", "monthly", "yearly"];
export const FIELDS: readonly Field[] = ["day", "moment"];
export const sinceKey = (field: Field, cycle: DateBody["cycle"]): string => `${field} ${cycle}`;

export function begin(defined: Defined, now: number): State {
  const active = { active: true, since: now };
  return {
    defined,
    records: new Map(),
    rules: new Map<RuleName, Active>([
      ["first", active],
      ["second", active],
      ["waits", active],
    ]),
    ticks: { active: defined.ticks.active, since: now },
    executions: 0,
    ticked: new Set(),
    came: new Set(),
    waiting: new Map(),
    gaveWay: new Map(),
    calledOff: new Set(),
    log: new Map(),
    lookedAt: now,
    lookedIn: defined.zone,
  };
}

export function copyOf(state: State): State {
  return {
    ...state,
    records: new Map(state.records),
    rules: new Map(state.rules),
    ticked: new Set(state.ticked),
    came: new Set(state.came),
    waiting: new Map(state.waiting),
    gaveWay: new Map(state.gaveWay),
    calledOff: new Set(state.calledOff),
    log: new Map(state.log),
  };
}

export function activeOf(state: State, rule: RuleName): Active {
  return state.rules.get(rule) ?? { active: false, since: Infinity };
}

export function bodyOf({ defined }: State, rule: DateRuleName): DateBody {
  return defined[rule];
}

/** It is over, as `said`. */
export function conclude(state: State, { id, due }: Pick<Waiting, "id" | "due">, said: string): void {
  state.waiting.delete(id);
  state.log.set(id, { said, dueAt: due });
}

import fc from "fast-check";
import type { DateBody, DateRuleName, RuleName, TicksBody, WaitsBody } from "./defined.ts";

/** What a record holds; a date that is empty, or none, is one as well. */
export type Plan = { readonly day: string | null; readonly moment: string | null; readonly status: string };

/** Where the process that does a step dies, if it does: in the nth call of the store from its beginning on, before or after that had its effect. */
export type Kill = { readonly call: number; readonly when: "before" | "after" };

export type Doing =
  /** An event that the host sends; `age` ms ago. */
  | {
      readonly do: "created" | "submitted" | "edited" | "deleted";
      readonly record: string;
      readonly plan: Plan;
      readonly origin: "api" | "import";
      readonly age: number;
    }
  | { readonly do: "patch"; readonly record: string; readonly changes: Partial<Plan> }
  | { readonly do: "redate"; readonly rule: DateRuleName; readonly body: DateBody }
  | { readonly do: "rewait"; readonly body: WaitsBody }
  | { readonly do: "retick"; readonly body: TicksBody }
  | { readonly do: "zone"; readonly zone: string }
  | { readonly do: "activate"; readonly rule: RuleName }
  | { readonly do: "deactivate"; readonly rule: RuleName; readonly pendingRuns: "keep" | "cancel" }
  | { readonly do: "pass"; readonly ms: number }
  /** To the nth instant at which something is to come, or so many ms from it. */
  | { readonly do: "reach"; readonly nth: number; readonly off: number }
  | { readonly do: "set"; readonly ms: number }
  | { readonly do: "freeze"; readonly ms: number }
  /** Another process starts, or one ends in good order. */
  | { readonly do: "start" | "stop" };

/**
 * `looked`: everybody looks at the clock before the next step. `slow`: while an event is taken in, time passes until something is to come.
 */
export type Step = Doing & { readonly looked: boolean; readonly slow: boolean; readonly kill: Kill | null };

export type History = {
  readonly start: string;
  readonly zone: string;
  readonly first: DateBody;
  readonly second: DateBody;
  readonly waits: WaitsBody;
  readonly ticks: TicksBody;
  readonly processes: number;
  /** In which order what several do at once comes to the store. */
  readonly seed: number;
  readonly steps: readonly Step[];
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An ordinary day, and the days around the clock changes of Berlin. */
const STARTS = ["2026-11-20T07:00:00.000Z", "2026-10-24T07:00:00.000Z", "2027-03-27T07:00:00.000Z"] as const;
const ZONES = ["UTC", "Europe/Berlin"] as const;

const days = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: -70, max: 40 }) },
);
const RECORDS = ["1", "2", "3"] as const;
const GRACES = [{ hours: 24 }, { hours: 24 }, { minutes: 10 }, { hours: 3 }, { days: 3 }] as const;
const WALLS = ["09:00", "00:00", "02:30", "23:30"] as const;

function planAt(start: string): fc.Arbitrary<Plan> {
  const began = Date.parse(start);
  const day = days.map((n) => new Date(began + n * DAY).toISOString().slice(0, 10));
  const moment = fc
    .tuple(days, fc.integer({ min: 0, max: 47 }))
    .map(([n, halves]) => new Date(began + n * DAY - 7 * HOUR + (halves * HOUR) / 2).toISOString());
  const none = fc.constantFrom("2026-02-30", "soon", "", null);
  return fc.record({
    day: fc.oneof({ weight: 6, arbitrary: day }, { weight: 1, arbitrary: none }),
    moment: fc.oneof({ weight: 6, arbitrary: moment }, { weight: 1, arbitrary: day }, { weight: 1, arbitrary: none }),
    status: fc.constantFrom("on", "on", "on", "off"),
  });
}

const few = fc.constantFrom(0, 1, 1, 2, 3);
const length = fc.oneof(
  few.map((n) => ({ days: n })),
  fc.constantFrom(0, 1, 5, 26).map((hours) => ({ hours })),
  fc.constantFrom({ months: 1 }, { weeks: 1 }, { minutes: 30 }),
);
const wall = fc.option(fc.constantFrom(...WALLS));
const grace = fc.constantFrom(...GRACES);
const catchUp = fc.constantFrom("once" as const, "once" as const, "all" as const, "skip" as const);
const when = fc.oneof(
  length.map((after) => ({ after })),
  length.map((before) => ({ before })),
);

const dateBody: fc.Arbitrary<DateBody> = fc.record({
  field: fc.constantFrom("day" as const, "day" as const, "moment" as const),
  when,
  at: wall,
  cycle: fc.constantFrom("once" as const, "once" as const, "monthly" as const, "yearly" as const),
  catchUp,
  grace,
});

const execute = fc.oneof(
  fc.tuple(length, wall).map(([after, at]) => ({ after, of: "trigger", ...(at === null ? {} : { at }) })),
  fc.tuple(when, fc.constantFrom("day", "moment"), wall).map(([offset, of, at]) => ({ ...offset, of, ...(at === null ? {} : { at }) })),
);
const waitsBody: fc.Arbitrary<WaitsBody> = fc.record({ grace, executes: fc.array(execute, { minLength: 1, maxLength: 3 }) });

function ticksBodyAt(start: string): fc.Arbitrary<TicksBody> {
  return fc.record({
    active: fc.constantFrom(true, true, true, false),
    recurrence: fc.oneof(
      fc.record({ frequency: fc.constant("daily" as const), every: fc.constantFrom(1, 2), excludeWeekends: fc.boolean() }),
      fc.constant({ frequency: "weekly" as const, every: 1, on: { weekday: "sunday" as const } }),
      fc.constant({ frequency: "monthly" as const, every: 1, on: { day: "last" as const } }),
    ),
    startsAt: fc
      .tuple(fc.integer({ min: -40, max: 2 }), fc.constantFrom(...WALLS))
      .map(([n, at]) => `${new Date(Date.parse(start) + n * DAY).toISOString().slice(0, 10)}T${at}`),
    expires: fc.oneof(
      fc.constant({ never: true as const }),
      fc.constantFrom(1, 2, 3).map((after) => ({ after })),
    ),
    catchUp,
    grace,
  });
}

/** Something to begin with. */
function beginningAt(start: string): fc.Arbitrary<Doing> {
  return fc.record({
    do: fc.constant("created" as const),
    record: fc.constantFrom(...RECORDS),
    plan: planAt(start),
    origin: fc.constant("api" as const),
    age: fc.constant(0),
  });
}

function doingAt(start: string): fc.Arbitrary<Doing> {
  const record = fc.constantFrom(...RECORDS);
  const plan = planAt(start);
  const pass = fc.constantFrom(SECOND, 20 * SECOND, 2 * MINUTE, HOUR, HOUR, 8 * HOUR, 8 * HOUR, DAY, 3 * DAY, 40 * DAY);
  const weighted: readonly (readonly [number, fc.Arbitrary<Doing>])[] = [
    [
      8,
      fc.record({
        do: fc.constantFrom("created" as const, "created" as const, "submitted" as const, "edited" as const, "deleted" as const),
        record,
        plan,
        origin: fc.constantFrom("api" as const, "api" as const, "import" as const),
        age: fc.constantFrom(0, 0, 0, 30 * DAY, 2 * HOUR),
      }),
    ],
    [6, fc.record({ do: fc.constant("patch" as const), record, changes: changesOf(plan) })],
    [2, fc.record({ do: fc.constant("redate" as const), rule: fc.constantFrom("first" as const, "second" as const), body: dateBody })],
    [1, fc.record({ do: fc.constant("rewait" as const), body: waitsBody })],
    [1, fc.record({ do: fc.constant("retick" as const), body: ticksBodyAt(start) })],
    [2, fc.record({ do: fc.constant("zone" as const), zone: fc.constantFrom(...ZONES) })],
    [1, fc.record({ do: fc.constant("activate" as const), rule: fc.constantFrom("first" as const, "second" as const, "waits" as const) })],
    [
      2,
      fc.record({
        do: fc.constant("deactivate" as const),
        rule: fc.constantFrom("first" as const, "second" as const, "waits" as const),
        pendingRuns: fc.constantFrom("keep" as const, "cancel" as const),
      }),
    ],
    [4, fc.record({ do: fc.constant("pass" as const), ms: pass })],
    [
      14,
      fc.record({
        do: fc.constant("reach" as const),
        nth: fc.constantFrom(0, 0, 0, 1, 2),
        off: fc.constantFrom(0, 0, -1, -30 * MINUTE, 1, 500, 30 * SECOND, 60 * SECOND, 61 * SECOND, 11 * MINUTE),
      }),
    ],
    [2, fc.record({ do: fc.constant("set" as const), ms: fc.constantFrom(-HOUR, HOUR, -DAY, DAY, -DAY) })],
    [1, fc.record({ do: fc.constant("freeze" as const), ms: fc.constantFrom(SECOND, 10 * SECOND) })],
    [2, fc.record({ do: fc.constantFrom("start" as const, "stop" as const) })],
  ];
  return fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

function changesOf(plan: fc.Arbitrary<Plan>): fc.Arbitrary<Partial<Plan>> {
  return fc
    .tuple(plan, fc.subarray(["day", "moment", "status"] as const, { minLength: 1, maxLength: 2 }))
    .map(([whole, keys]) => Object.fromEntries(keys.map((key) => [key, whole[key]])));
}

/** How rough it gets: nobody dies and everybody looks at the clock after each step, or anything may happen. */
export type Roughness = "smooth" | "rough";

export function historyOf(roughness: Roughness): fc.Arbitrary<History> {
  const kill = fc.record({ call: fc.nat(40), when: fc.constantFrom("before" as const, "after" as const) });
  const smooth = { looked: fc.constant(true), slow: fc.constant(false), kill: fc.constant(null) };
  const rough = {
    looked: fc.constantFrom(true, true, true, false),
    slow: fc.constantFrom(false, false, false, true),
    kill: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: kill }),
  };
  const stepOf = (doing: fc.Arbitrary<Doing>): fc.Arbitrary<Step> =>
    fc.tuple(doing, fc.record(roughness === "smooth" ? smooth : rough)).map(([what, how]) => ({ ...what, ...how }));
  return fc.constantFrom(...STARTS).chain((start) =>
    fc.record({
      start: fc.constant(start),
      zone: fc.constantFrom(...ZONES),
      first: dateBody,
      second: dateBody,
      waits: waitsBody,
      ticks: ticksBodyAt(start),
      processes: fc.constantFrom(1, 2),
      seed: fc.nat(),
      steps: fc
        .tuple(
          fc.array(stepOf(beginningAt(start)), { minLength: 1, maxLength: 2 }),
          fc.array(stepOf(doingAt(start)), { maxLength: 14, size: "max" }),
        )
        .map((parts) => parts.flat()),
    }),
  );
}

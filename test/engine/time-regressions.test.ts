import { expect, it } from "vitest";
import { play } from "./time-history/play.ts";
import { created, dated, deleted, history, step, ticking, waiting, type Parts } from "./time-history/quiet.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const reach = { do: "reach", nth: 0, off: 0 } as const;
const pass = (ms: number) => ({ do: "pass", ms }) as const;
const set = (ms: number) => ({ do: "set", ms }) as const;
const zone = (to: string) => ({ do: "zone", zone: to }) as const;
const WAITING = waiting({ after: { days: 0 }, of: "day" }, { after: { days: 3 }, of: "trigger" });
const DAYS_LATE = { grace: { days: 3 } } as const;

/** What random histories found, shrunk to what mattered. */
const CASES: readonly (readonly [name: string, parts: Parts])[] = [
  [
    "runs that were planned by a clock that has gone back since are cancelled with their rule",
    {
      waits: WAITING,
      steps: [step(created({ day: "soon" })), step(set(-HOUR)), step({ do: "deactivate", rule: "waits", pendingRuns: "cancel" })],
    },
  ],
  [
    "nothing waits for a record that a newer event has deleted",
    { waits: WAITING, steps: [step(deleted()), step(created({}, { age: DAY }))] },
  ],
  [
    "ticks of another timetable come after the clock went back, and count",
    {
      ticks: ticking(),
      steps: [
        step(set(DAY)),
        step(pass(3 * HOUR)),
        step(set(-DAY)),
        step({ do: "retick", body: ticking({ startsAt: "2026-11-20T12:00", expires: { after: 3 } }) }),
        step(reach),
        step(reach),
        step(reach),
      ],
    },
  ],
  [
    "a tick that has run does not run again days later in another zone",
    {
      zone: "Europe/Berlin",
      ticks: ticking({ recurrence: { frequency: "weekly", every: 1, on: { weekday: "sunday" } }, ...DAYS_LATE }),
      steps: [step(reach), step(pass(2 * DAY)), step(zone("UTC")), step(reach)],
    },
  ],
  [
    "a tick that has run does not run again within the hour in another zone",
    { zone: "Europe/Berlin", ticks: ticking(), steps: [step(reach), step(zone("UTC"), { looked: false }), step(reach), step(reach)] },
  ],
  [
    "a tick that a gap has moved is the same in another zone, where the clock went back",
    {
      start: "2027-03-27T07:00:00.000Z",
      zone: "Europe/Berlin",
      ticks: ticking({ recurrence: { frequency: "weekly", every: 1, on: { weekday: "sunday" } }, startsAt: "2027-03-27T02:30" }),
      steps: [step(reach), step(zone("UTC")), step(set(-HOUR)), step(reach)],
    },
  ],
  [
    "a schedule that has had no tick yet has none of before it in another zone",
    {
      zone: "Europe/Berlin",
      ticks: ticking({ startsAt: "2026-11-20T08:00" }),
      steps: [step({ ...reach, off: -HOUR / 2 }), step(zone("UTC"))],
    },
  ],
  [
    "a tick of the minute in which its schedule began is still to come in another zone",
    { zone: "Europe/Berlin", ticks: ticking({ startsAt: "2026-11-20T08:00" }), steps: [step(zone("UTC")), step(reach)] },
  ],
  [
    "a tick that has passed in another zone comes late",
    { ticks: ticking(), steps: [step({ ...reach, off: -HOUR / 2 }), step(zone("Europe/Berlin")), step(reach)] },
  ],
  [
    "a schedule that goes on after its last execution has no ticks of the time between",
    {
      ticks: ticking({ expires: { after: 1 }, ...DAYS_LATE }),
      steps: [
        step(reach),
        step(pass(5 * DAY)),
        step({ do: "retick", body: ticking({ expires: { after: 3 }, ...DAYS_LATE }) }),
        step(reach),
        step(reach),
      ],
    },
  ],
  [
    "a schedule that goes on after its last day has no ticks of the time between",
    {
      ticks: ticking({ expires: { on: "2026-11-20" }, ...DAYS_LATE }),
      steps: [step(reach), step(pass(5 * DAY)), step({ do: "retick", body: ticking(DAYS_LATE) }), step(reach)],
    },
  ],
  [
    "a date that has passed in another zone comes late",
    { steps: [step(created({ day: "2026-11-20" })), step({ ...reach, off: -HOUR / 2 }), step(zone("Europe/Berlin"))] },
  ],
  [
    "an instant whose day is another in another zone, and has passed there, comes late",
    {
      zone: "Europe/Berlin",
      second: dated({ field: "moment", when: { before: { hours: 26 } } }),
      steps: [step(created({ moment: "2026-11-22T01:30:00.000Z" })), step(pass(14 * HOUR)), step(zone("UTC"))],
    },
  ],
  [
    "a date that had passed before the record had it does not come in another zone, where it is later",
    {
      zone: "Europe/Berlin",
      steps: [
        step({ ...reach, off: 0 }),
        step(pass(HOUR + 61_000)),
        step(created({ day: "2026-11-20" })),
        step(pass(20 * HOUR)),
        step(zone("UTC")),
      ],
    },
  ],
  [
    "what was missed is not looked through by another timing of the rule",
    {
      steps: [
        step(created({ day: "2026-11-22" })),
        step(pass(40 * DAY), { looked: false }),
        step(
          { do: "redate", rule: "first", body: dated({ when: { before: { days: 1 } }, grace: { days: 300 } }) },
          { looked: false, kill: { call: 14, when: "after" } },
        ),
      ],
    },
  ],
  [
    "a date is found though nobody was there for forty days after its rule was made",
    {
      steps: [
        step(created({ day: "2026-11-22" })),
        step({ do: "redate", rule: "first", body: dated({ at: "10:00" }) }, { looked: false }),
        step(pass(40 * DAY)),
      ],
    },
  ],
];

it.each(CASES)("%s", async (_name, parts) => {
  expect((await play(history(parts))).faults).toEqual([]);
});

/** In which order the calls of two processes come to the store. */
const ORDERS = Array.from({ length: 12 }, (_, seed) => seed);

it.each(ORDERS)("what one process was catching up on when it was killed goes on in the other (order %i)", async (seed) => {
  const steps = [
    step(created({ day: "2026-11-21" })),
    step(created({ day: "2026-11-22" }, { record: "2" })),
    step(pass(2 * DAY + 3 * HOUR), { kill: { call: 8, when: "after" } }),
  ];
  expect((await play(history({ processes: 2, seed, steps }))).faults).toEqual([]);
});

it.each(ORDERS)("a run that is claimed while a newer event takes its place does not come back beside it (order %i)", async (seed) => {
  const steps = [step(created({ day: "2026-11-20" }), { looked: false }), step(created({ day: "2026-11-22" }))];
  const waits = waiting({ after: { days: 0 }, of: "day" });
  expect((await play(history({ waits, seed, steps }))).faults).toEqual([]);
});

it.each(ORDERS)(
  "a date that comes with its record as it was looked at moves nothing that an edit since has planned (order %i)",
  async (seed) => {
    const steps = [
      step(created({ day: "2026-11-20", moment: "2026-11-20T00:00:00.000Z", status: "off" })),
      step({ ...reach, off: 0 }, { looked: false }),
      step(created({ moment: "2026-11-20T00:30:00.000Z" })),
    ];
    const waits = waiting({ after: { days: 0 }, of: "moment" });
    expect((await play(history({ waits, seed, steps }))).faults).toEqual([]);
  },
);

/** A night in which the clocks change, and a wall time that comes twice in it, or not at all. */
export type Hour = {
  readonly name: string;
  readonly zone: string;
  readonly day: string;
  readonly wall: string;
  /** From before the clocks change until after it. */
  readonly from: string;
  readonly until: string;
  /** When the wall time is, by what `docs/time.md` promises. */
  readonly comes: string;
  /** When it would be by the other of the two offsets, and must not be. */
  readonly other: string;
  /** When it is on the day after. */
  readonly next: string;
};

export const HOURS: readonly Hour[] = [
  {
    name: "the hour that comes twice in Berlin",
    zone: "Europe/Berlin",
    day: "2026-10-25",
    wall: "02:30",
    from: "2026-10-24T23:50:00Z",
    until: "2026-10-25T02:10:00Z",
    comes: "2026-10-25T00:30:00Z",
    other: "2026-10-25T01:30:00Z",
    next: "2026-10-26T01:30:00Z",
  },
  {
    name: "the hour that does not come in Berlin",
    zone: "Europe/Berlin",
    day: "2027-03-28",
    wall: "02:30",
    from: "2027-03-28T00:10:00Z",
    until: "2027-03-28T02:10:00Z",
    comes: "2027-03-28T01:30:00Z",
    other: "2027-03-28T00:30:00Z",
    next: "2027-03-29T00:30:00Z",
  },
  {
    name: "the hour that comes twice in New York",
    zone: "America/New_York",
    day: "2026-11-01",
    wall: "01:30",
    from: "2026-11-01T04:50:00Z",
    until: "2026-11-01T07:10:00Z",
    comes: "2026-11-01T05:30:00Z",
    other: "2026-11-01T06:30:00Z",
    next: "2026-11-02T06:30:00Z",
  },
];

const MINUTE_MS = 60_000;

/** The wall time and some minutes after it, each with a date rule, a time-based action, and a schedule with its function. */
export function rulesOf(hour: Hour, minutes: number, port: number): string {
  const head = `
kind: Organization
timeZone: ${hour.zone}
---
kind: Webhook
name: tell
module: invoices
url: http://127.0.0.1:${port}/tell
`;
  return [head, ...Array.from({ length: minutes }, (_, n) => rulesAt(hour, n))].join("---");
}

/** What counts minutes (`count`) comes at the other instant. */
function rulesAt({ day, wall, from, other }: Hour, n: number): string {
  const at = wall.slice(0, -1) + String(n);
  return `
kind: CustomFunction
name: ${functionAt(n)}
module: invoices
language: host
retry: { attempts: 10 }
---
kind: WorkflowRule
name: come-${n}
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 0 } }, at: "${at}" }
conditions:
  - immediateActions: [{ type: webhook, name: tell }]
---
kind: WorkflowRule
name: remind-${n}
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - timeBasedActions: [{ execute: { after: { days: 0 }, of: due_date, at: "${at}" }, actions: [{ type: webhook, name: tell }] }]
---
kind: WorkflowRule
name: count-${n}
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - timeBasedActions:
      - execute: { after: { minutes: ${(Date.parse(other) - Date.parse(from)) / MINUTE_MS + n} } }
        actions: [{ type: webhook, name: tell }]
---
kind: Schedule
name: nightly-${n}
function: ${functionAt(n)}
recurrence: { frequency: daily }
startsAt: "${day}T${at}"
`;
}

/** The name of the function that runs so many minutes after the wall time. */
export function functionAt(n: number): string {
  return `sync-${n}`;
}

/** Of the rules above, those that fire for each record that is created. */
export function firingOnCreation(minutes: number): readonly string[] {
  return Array.from({ length: minutes }, (_, n) => [`remind-${n}`, `count-${n}`]).flat();
}

/** What must have been done: by which rule or schedule, for which record, when; and whether it is the clock that brings it. */
export type Due = { readonly rule: string; readonly record: string; readonly at: number; readonly brought: boolean };

/** @param through ms; so far has the clock been moved */
export function dueIn(hour: Hour, minutes: number, records: readonly string[], through: number): readonly Due[] {
  const all = Array.from({ length: minutes }, (_, n): readonly Due[] => {
    const at = (iso: string): number => Date.parse(iso) + n * MINUTE_MS;
    const ofRecords = records.flatMap((record) => [
      { rule: `come-${n}`, record, at: at(hour.comes), brought: true },
      { rule: `remind-${n}`, record, at: at(hour.comes), brought: false },
      { rule: `count-${n}`, record, at: at(hour.other), brought: false },
    ]);
    const ticks = [hour.comes, hour.next].map((iso) => ({ rule: `nightly-${n}`, record: "", at: at(iso), brought: true }));
    return [...ofRecords, ...ticks];
  });
  return all.flat().filter(({ at }) => at <= through);
}

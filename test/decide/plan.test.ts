import { describe, expect, it } from "vitest";
import type { PlannedRun } from "../../src/decide/plan.ts";
import type { z } from "zod";
import type { ExecutionTime } from "../../src/model/rule.ts";
import { situation, verdictOn, type RuleSpec } from "./rules.ts";

const HOOK = { type: "webhook", name: "post" } as const;
const NOTE = { type: "inAppNotification", name: "note" } as const;
const HOUR = 3_600_000;

type Timing = { readonly occurredAt: string; readonly storedAt?: string; readonly zone?: string };

function planOf(
  more: Pick<RuleSpec, "conditions"> & Partial<RuleSpec>,
  { occurredAt, storedAt = occurredAt, zone }: Timing,
): readonly PlannedRun[] {
  const spec: RuleSpec = { trigger: { type: "event", on: ["created"] }, ...more };
  const event = { occurredAt: Date.parse(occurredAt), storedAt: Date.parse(storedAt) };
  const verdict = verdictOn(spec, situation({ event }), zone);
  return verdict.fires ? verdict.executions.flatMap(({ runs }) => runs) : [];
}

function timed(execute: z.input<typeof ExecutionTime>) {
  return { timeBasedActions: [{ execute, actions: [HOOK] }] };
}

const iso = ({ dueAt }: PlannedRun): string | null => (dueAt === null ? null : new Date(dueAt).toISOString());

describe("a run is due", () => {
  const timing = { occurredAt: "2026-11-20T08:59:30.500Z", storedAt: "2026-11-20T09:00:00.000Z" };

  it("when the event was stored, where it is immediate", () => {
    const [run] = planOf({ conditions: [{ immediateActions: [HOOK] }] }, timing);
    expect(run).toEqual({
      n: 1,
      action: HOOK,
      dueAt: Date.parse(timing.storedAt),
      timed: false,
      recheck: false,
      timing: null,
      missed: false,
    });
  });

  it("counted from when the event occurred, where it is time-based", () => {
    const [run] = planOf({ conditions: [timed({ after: { minutes: 30 } })] }, timing);
    expect(run).toEqual({
      n: 1,
      action: HOOK,
      dueAt: Date.parse("2026-11-20T09:29:30.500Z"),
      timed: true,
      recheck: true,
      timing: {
        execute: { after: { minutes: 30 }, of: "trigger" },
        grace: { hours: 24 },
        triggeredAt: Date.parse(timing.occurredAt),
        zone: "Asia/Kolkata",
      },
      missed: false,
    });
  });

  it("in the order written, immediate ones first, numbered through", () => {
    const timeBasedActions = [
      { execute: { after: { days: 2 } }, actions: [HOOK, NOTE] },
      { execute: { after: { days: 1 } }, recheck: false, actions: [NOTE] },
    ];
    const runs = planOf({ conditions: [{ timeBasedActions, immediateActions: [NOTE, HOOK] }] }, timing);
    expect(runs.map(({ n, action, timed: isTimed, recheck }) => [n, action.type, isTimed, recheck])).toEqual([
      [1, "inAppNotification", false, false],
      [2, "webhook", false, false],
      [3, "webhook", true, true],
      [4, "inAppNotification", true, true],
      [5, "inAppNotification", true, false],
    ]);
  });

  it.each<[execute: z.input<typeof ExecutionTime>, zone: string, occurredAt: string, dueAt: string]>([
    [{ after: { minutes: 0 } }, "UTC", "2026-11-20T09:00:00Z", "2026-11-20T09:00:00.000Z"],
    [{ after: { hours: 36 } }, "Asia/Kolkata", "2026-11-20T09:00:00Z", "2026-11-21T21:00:00.000Z"],
    [{ after: { days: 14 }, at: "09:00" }, "Asia/Kolkata", "2026-11-20T09:00:00Z", "2026-12-04T03:30:00.000Z"],
    // 19:00 UTC is the next day in Kolkata.
    [{ after: { days: 1 }, at: "09:00" }, "Asia/Kolkata", "2026-11-20T19:00:00Z", "2026-11-22T03:30:00.000Z"],
    [{ after: { weeks: 2 } }, "Asia/Kolkata", "2026-11-20T09:00:00Z", "2026-12-04T09:00:00.000Z"],
    [{ after: { months: 1 } }, "UTC", "2027-01-31T09:00:00Z", "2027-02-28T09:00:00.000Z"],
    [{ after: { months: 1 } }, "UTC", "2028-01-31T09:00:00Z", "2028-02-29T09:00:00.000Z"],
    // From the anchor, never from a clamped month.
    [{ after: { months: 2 } }, "UTC", "2027-01-31T09:00:00Z", "2027-03-31T09:00:00.000Z"],
    [{ after: { months: 1 }, at: "08:15" }, "Asia/Kolkata", "2027-01-31T09:00:00Z", "2027-02-28T02:45:00.000Z"],
    // New York, 2026-03-08, clocks go from 02:00 to 03:00: days keep 09:00, hours do not.
    [{ after: { days: 1 } }, "America/New_York", "2026-03-07T14:00:00Z", "2026-03-08T13:00:00.000Z"],
    [{ after: { hours: 24 } }, "America/New_York", "2026-03-07T14:00:00Z", "2026-03-08T14:00:00.000Z"],
    [{ after: { days: 1 }, at: "02:30" }, "America/New_York", "2026-03-07T14:00:00Z", "2026-03-08T07:30:00.000Z"],
    // 2026-11-01, clocks go back from 02:00 to 01:00: the earlier 01:30.
    [{ after: { days: 1 }, at: "01:30" }, "America/New_York", "2026-10-31T14:00:00Z", "2026-11-01T05:30:00.000Z"],
  ])("%j in %s, of an event at %s", (execute, zone, occurredAt, dueAt) => {
    expect(planOf({ conditions: [timed(execute)] }, { occurredAt, zone }).map(iso)).toEqual([dueAt]);
  });
});

describe("a run is missed", () => {
  const due = Date.parse("2026-11-20T10:00:00Z");
  const stored = (lateMs: number): Timing => ({ occurredAt: "2026-11-20T09:00:00Z", storedAt: new Date(due + lateMs).toISOString() });
  const conditions = [{ immediateActions: [NOTE], ...timed({ after: { hours: 1 } }) }];

  it.each<[grace: RuleSpec["grace"], lateMs: number, missed: boolean]>([
    [undefined, 0, false],
    [undefined, 24 * HOUR, false],
    [undefined, 24 * HOUR + 1, true],
    [{ hours: 1 }, HOUR, false],
    [{ hours: 1 }, HOUR + 1, true],
    [{ minutes: 0 }, 0, false],
    [{ minutes: 0 }, 60_000, false],
    [{ minutes: 0 }, 60_001, true],
    [{ days: 3 }, 71 * HOUR, false],
  ])("beyond a grace of %j: %i ms late, %s; what is immediate never is", (grace, lateMs, missed) => {
    const runs = planOf({ conditions, ...(grace ? { grace } : {}) }, stored(lateMs));
    expect(runs.map((run) => run.missed)).toEqual([false, missed]);
  });
});

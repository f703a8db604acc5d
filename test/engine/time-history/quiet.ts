import type { DateBody, TicksBody, WaitsBody } from "./defined.ts";
import type { Doing, History, Kill, Plan, Step } from "./steps.ts";

// A history in which nothing comes but what a test names.

const LATE = { catchUp: "once", grace: { hours: 24 } } as const;
const NOTHING: Plan = { day: null, moment: null, status: "on" };

export const dated = (body: Partial<DateBody> = {}): DateBody => ({
  field: "day",
  when: { after: { days: 0 } },
  at: "09:00",
  cycle: "once",
  ...LATE,
  ...body,
});

export const waiting = (...executes: WaitsBody["executes"]): WaitsBody => ({ grace: { hours: 24 }, executes });

export const ticking = (body: Partial<TicksBody> = {}): TicksBody => ({
  active: true,
  recurrence: { frequency: "daily", every: 1, excludeWeekends: false },
  startsAt: "2026-11-20T09:00",
  expires: { never: true },
  ...LATE,
  ...body,
});

type Sent = { readonly record?: string; readonly age?: number };

export const created = (body: Partial<Plan>, { record = "1", age = 0 }: Sent = {}): Doing => sent("created", body, record, age);
export const deleted = (): Doing => sent("deleted", {}, "1", 0);

function sent(type: "created" | "deleted", body: Partial<Plan>, record: string, age: number): Doing {
  return { do: type, record, plan: { ...NOTHING, ...body }, origin: "api", age };
}

type How = { readonly looked?: boolean; readonly slow?: boolean; readonly kill?: Kill };

export const step = (doing: Doing, { looked = true, slow = false, kill }: How = {}): Step => ({
  ...doing,
  looked,
  slow,
  kill: kill ?? null,
});

export type Parts = Partial<Omit<History, "steps">> & Pick<History, "steps">;

/** It begins on 20 November 2026 at 07:00 in UTC. */
export function history(parts: Parts): History {
  return {
    start: "2026-11-20T07:00:00.000Z",
    zone: "UTC",
    first: dated(),
    second: dated({ field: "moment" }),
    waits: waiting({ after: { days: 300 }, of: "trigger" }),
    ticks: ticking({ active: false }),
    processes: 1,
    seed: 0,
    ...parts,
  };
}

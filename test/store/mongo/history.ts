import { ACTION_TYPES, type ActionType } from "../../../src/model/action-type.ts";
import type { ActionRun, RunStatus, RunTiming } from "../../../src/model/run.ts";
import type { DateKey } from "../../../src/store/dates.ts";
import type { NewEvent } from "../../../src/store/events.ts";
import { MINUTE, NOW } from "../../support/make.ts";

/** Of 100 runs, these have not just succeeded. */
const OTHERS: readonly RunStatus[] = [
  "failed",
  "failed",
  "skipped",
  "skipped",
  "cancelled",
  "cancelled",
  "retrying",
  "retrying",
  "scheduled",
  "scheduled",
  "scheduled",
  "scheduled",
];
const MODULES = ["invoices", "bills", "contacts", "orders"];
const TYPES = ["created", "created", "edited", "edited", "edited", "deleted"];

/** By which old runs were reckoned: half of them wait for a date, and half for the time of day. */
export const OLD_ZONE = "America/New_York";
const timing = (execute: RunTiming["execute"]): RunTiming => ({ execute, grace: { hours: 24 }, triggeredAt: NOW, zone: OLD_ZONE });
const TIMINGS = [timing({ after: { days: 3 }, of: "due_date" }), timing({ after: { days: 3 }, of: "trigger", at: "09:00" })];

/** Dates that old records have. */
export const OLD_DATES = [
  { field: "due_date", cycle: "once" },
  { field: "cf.signed", cycle: "yearly" },
] as const satisfies readonly Omit<DateKey, "key">[];

/** The nth run of a store that has been used for long: of everything that lists ask for there is some, and none is running. */
export function makeOldRun(n: number): Partial<ActionRun> {
  const status = OTHERS[n % 100] ?? "succeeded";
  const pending = status === "retrying" || status === "scheduled";
  const type = ACTION_TYPES[Math.floor(n / 7) % ACTION_TYPES.length] as ActionType;
  return {
    rule: { id: `rule-${Math.floor(n / 100) % 7}`, name: "any", version: 1 },
    // Two actions of each execution.
    condition: Math.floor(n / 2) + 1,
    n: (n % 2) + 1,
    action: { type, name: "any" },
    status,
    dueAt: pending ? NOW + 10 * MINUTE + ((n * 48_271) % 86_400_000) : NOW,
    finishedAt: pending ? null : NOW,
    timed: pending,
    timing: (n % 3 > 0 && TIMINGS[n % 2]) || null,
    token: pending ? 0 : 1,
  };
}

/** The nth event of the same. */
export function makeOldEvent(n: number): Partial<NewEvent> {
  const at = NOW - 60 * MINUTE + n;
  const isUpdate = n % 50 === 49;
  return {
    module: MODULES[n % MODULES.length] ?? "",
    type: isUpdate ? "edited" : (TYPES[Math.floor(n / MODULES.length) % TYPES.length] ?? ""),
    origin: isUpdate ? "fieldUpdate" : "user",
    occurredAt: at,
    storedAt: at,
    dates: OLD_DATES.map((date) => ({ ...date, key: n % 12 })),
  };
}

import { z } from "zod";
import { JsonRecord } from "./record.ts";
import type { JsonObject } from "./json.ts";

/** Event types every module has; others are custom triggers that the module declares. */
export const EVENT_TYPES = ["created", "edited", "deleted", "submitted", "approved", "rejected"] as const;

/** Who caused an event. `fieldUpdate` is the engine's own; the others are what a caller may say. */
export const ORIGINS = ["user", "api", "fieldUpdate", "function", "sync", "import"] as const;
/** Also `clock`: a date of a record or a tick of a schedule has come; nobody sends that, and no rule asks for it. */
export const LOGGED_ORIGINS = [...ORIGINS, "clock"] as const;
export type Origin = (typeof LOGGED_ORIGINS)[number];

export const EVENT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/** What a caller sends (contract, section 3). */
export const EventInput = z.strictObject({
  id: z.string().regex(EVENT_ID, "expected 1 to 128 of A-Z a-z 0-9 _ . : -").optional(),
  module: z.string().min(1),
  type: z.string().min(1),
  record: JsonRecord,
  previous: JsonRecord.nullish(),
  occurredAt: z.iso.datetime({ offset: true, error: "expected an ISO 8601 instant such as 2026-11-20T09:00:00Z" }).optional(),
  actor: z.strictObject({ id: z.string().min(1) }).nullish(),
  origin: z.enum(["user", "api", "function", "sync", "import"]).optional(),
});
export type EventInput = z.infer<typeof EventInput>;

/** A rule that led to an event by its field update, nearest last. */
export type Cause = { readonly rule: string; readonly module: string; readonly record: string };

/** What an event of the clock stands for: a date of a record that a date rule waited for (`date`), or a tick of a schedule (`schedule`). */
export type Occurrence = {
  /** Id of the date rule or the schedule. */
  readonly of: string;
  /** The record's date, `2026-12-01` or ISO 8601; empty for a schedule. */
  readonly anchor: string;
  /** Which one of its cycle, from 0. */
  readonly k: number;
  /** Found too late to run: it is in the log and nothing else. */
  readonly missed: boolean;
};

/** An event as the ledger keeps it. Instants are ms since the epoch. */
export type RecordEvent = {
  readonly organization: string;
  readonly id: string;
  readonly module: string;
  readonly type: string;
  /** The record's id. */
  readonly recordId: string;
  readonly record: JsonObject;
  /** As the caller gave it; null where the stored record is to be compared with. */
  readonly previous: JsonObject | null;
  readonly occurredAt: number;
  readonly storedAt: number;
  readonly actor: string | null;
  readonly origin: Origin;
  readonly ancestry: readonly Cause[];
  /** Of an event of the clock, whose `occurredAt` is the instant that came; null of any other. */
  readonly occurrence: Occurrence | null;
};

/** Is it told by an event what its record has become? A field update has written the record before, and a date changes nothing. */
export function writesRecord({ origin }: Pick<RecordEvent, "origin">): boolean {
  return origin !== "fieldUpdate" && origin !== "clock";
}

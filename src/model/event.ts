import { z } from "zod";
import { JsonRecord } from "./record.ts";
import type { JsonObject } from "./json.ts";

/** Event types every module has; others are custom triggers that the module declares. */
export const EVENT_TYPES = ["created", "edited", "deleted", "submitted", "approved", "rejected"] as const;

/** Who caused an event. `fieldUpdate` is the engine's own; the others are what a caller may say. */
export const ORIGINS = ["user", "api", "fieldUpdate", "function", "sync", "import"] as const;
export type Origin = (typeof ORIGINS)[number];

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
};

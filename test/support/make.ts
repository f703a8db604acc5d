import { derivedId } from "../../src/engine/ids.ts";
import { ACTION_TYPES, type ActionType } from "../../src/model/action-type.ts";
import type { DefinitionEntry, Generation } from "../../src/model/definition.ts";
import type { StoredRecord } from "../../src/model/record.ts";
import type { ActionRun, Attempt, Decision } from "../../src/model/run.ts";
import type { StoredVersion } from "../../src/store/definitions.ts";
import type { Decided, NewEvent, NewRun } from "../../src/store/events.ts";
import type { Notification } from "../../src/store/notifications.ts";
import type { CascadeEvent, RecordKey } from "../../src/store/records.ts";
import type { ClaimRequest, QuotaRequest, Settlement } from "../../src/store/runs.ts";

// Valid objects with what a test does not care about filled in; a test names only what it is about.

/** The instant at which a builder's things happen, ms. */
export const NOW = Date.parse("2026-11-20T09:00:00.000Z");
export const MINUTE = 60_000;

export function makeEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  const id = overrides.id ?? "evt-1";
  const recordId = overrides.recordId ?? "90300";
  return {
    organization: "default",
    id,
    module: "invoices",
    type: "created",
    recordId,
    record: { invoice_id: recordId, status: "paid", total: "12000.0" },
    previous: null,
    occurredAt: NOW,
    storedAt: NOW,
    actor: null,
    origin: "user",
    ancestry: [],
    occurrence: null,
    fingerprint: `content of ${id}`,
    firstTimeRules: [],
    dates: null,
    expectRevision: null,
    ...overrides,
  };
}

/** A run as the event plans it: immediate, a webhook, due when the event was stored. Its id comes from event, rule, block and n, as the engine's does. */
export function makeRun(event: NewEvent, overrides: Partial<ActionRun> = {}): ActionRun {
  const rule = overrides.rule ?? { id: "rule-1", name: "thank-you", version: 1 };
  const condition = overrides.condition ?? 1;
  const n = overrides.n ?? 1;
  const idOf = (prefix: string, position: number): string =>
    derivedId(prefix, event.storedAt, [event.organization, event.id, rule.id, condition, position]);
  return {
    organization: event.organization,
    id: idOf("run", n),
    execution: idOf("exe", 1),
    event: event.id,
    rule,
    by: "rule",
    module: event.module,
    record: event.recordId,
    condition,
    n,
    action: { type: "webhook", name: "post-to-erp" },
    status: "scheduled",
    reason: null,
    dueAt: event.storedAt,
    createdAt: event.storedAt,
    finishedAt: null,
    attempts: [],
    timed: false,
    recheck: false,
    timing: null,
    outlivesRecord: false,
    waitsFor: null,
    quotaDay: null,
    frozen: null,
    token: 0,
    ...overrides,
  };
}

export function makeNewRun(event: NewEvent, overrides: Partial<ActionRun> = {}): NewRun {
  return { run: makeRun(event, overrides), leaseUntil: null, quota: null };
}

/** A run that is written already claimed, its lease ending 8 s after its event. */
export function makeRunning(event: NewEvent, overrides: Partial<ActionRun> = {}, quota: QuotaRequest | null = null): NewRun {
  return { run: makeRun(event, { status: "running", token: 1, ...overrides }), leaseUntil: event.storedAt + 8_000, quota };
}

export function makeDecision(overrides: Partial<Decision> = {}): Decision {
  return { generation: 1, previous: null, stale: false, alreadyFired: [], executions: [], ...overrides };
}

export function makeDecided(overrides: Partial<Decided> = {}): Decided {
  return { decision: makeDecision(), runs: [], firstTime: [], moves: [], ...overrides };
}

export function makeRecord(overrides: Partial<StoredRecord> = {}): StoredRecord {
  const { organization, module, recordId, record, occurredAt } = makeEvent();
  return { organization, module, id: recordId, revision: 1, occurredAt, deleted: false, body: record, ...overrides };
}

export function makeKey(overrides: Partial<RecordKey> = {}): RecordKey {
  return { organization: "default", module: "invoices", id: "90300", ...overrides };
}

/** The edit that a field update of this record makes. */
export function makeCascade(overrides: Partial<CascadeEvent> = {}): CascadeEvent {
  const {
    firstTimeRules: _rules,
    expectRevision: _revision,
    dates: _dates,
    ...event
  } = makeEvent({ id: "evt-cascade", type: "edited", origin: "fieldUpdate" });
  return { ...event, ...overrides };
}

export function makeAttempt(overrides: Partial<Attempt> = {}): Attempt {
  return {
    number: 1,
    startedAt: NOW,
    durationMs: 12,
    outcome: "succeeded",
    error: null,
    response: { status: 200, body: "ok" },
    ...overrides,
  };
}

export function makeSettlement(overrides: Partial<Settlement> = {}): Settlement {
  return { status: "succeeded", reason: null, dueAt: null, attempt: makeAttempt(), at: NOW + 12, ...overrides };
}

/** So many free slots of every action type, or of the given ones. */
export function makeSlots(each: number, overrides: Partial<Record<ActionType, number>> = {}): Record<ActionType, number> {
  const slots = { emailAlert: each, inAppNotification: each, fieldUpdate: each, webhook: each, customFunction: each };
  for (const type of ACTION_TYPES) slots[type] = overrides[type] ?? each;
  return slots;
}

/** Claims at NOW with a lease of 8 s and room for 100 of each type. */
export function makeClaim(overrides: Partial<ClaimRequest> = {}): ClaimRequest {
  const now = overrides.now ?? NOW;
  return { now, leaseUntil: now + 8_000, slots: makeSlots(100), ...overrides };
}

export function makeQuota(overrides: Partial<QuotaRequest> = {}): QuotaRequest {
  return { type: "webhook", day: "2026-11-20", limit: 500, deferUntil: null, ...overrides };
}

export function makeNotification(overrides: Partial<Notification> = {}): Notification {
  return {
    organization: "default",
    id: "ntf-1",
    user: "7605001",
    title: "Sale worth Rs.12,000.00",
    message: "Zylker bought for Rs.12,000.00",
    module: "invoices",
    record: "90300",
    read: false,
    createdAt: NOW,
    ...overrides,
  };
}

export function makeEntry(overrides: Partial<DefinitionEntry> = {}): DefinitionEntry {
  return {
    id: "rule-1",
    kind: "WorkflowRule",
    module: "invoices",
    name: "thank-you",
    version: 1,
    active: true,
    removed: false,
    managedBy: "api",
    order: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...overrides,
  };
}

export function makeGeneration(overrides: Partial<Generation> = {}): Generation {
  return { number: 1, entries: [makeEntry()], ...overrides };
}

export function makeVersion(overrides: Partial<StoredVersion> = {}): StoredVersion {
  return {
    id: "def-1",
    version: 1,
    kind: "FieldUpdate",
    document: { name: "close", module: "invoices", field: "status", value: "closed" },
    conditions: null,
    createdAt: NOW,
    ...overrides,
  };
}

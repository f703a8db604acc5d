import { openDefinitions } from "../../src/engine/definitions/definitions.ts";
import { createIntake } from "../../src/engine/intake.ts";
import { ORGANIZATION, type TestEngine } from "../support/engine.ts";
import { firing, send, type Scenario } from "./ambiguous-scenario.ts";

const RULES = `
kind: Organization
timeZone: Asia/Kolkata
users: [{ id: u0, name: U0, email: u0@example.com }, { id: u1, name: U1, email: u1@example.com }]
---
kind: InAppNotification
name: seen
module: invoices
title: Seen
recipients: [{ everyone: true }]
---
kind: WorkflowRule
name: remind
module: invoices
trigger: { type: event, on: [created, approved] }
conditions:
  - timeBasedActions: [{ execute: { after: { days: 3 }, of: due_date, at: "09:00" }, actions: [{ type: inAppNotification, name: seen }] }]
---
kind: WorkflowRule
name: come
module: invoices
trigger: { type: date, field: due_date, when: { before: { days: 3 } } }
conditions:
  - timeBasedActions: [{ execute: { before: { days: 1 }, of: due_date, at: "09:00" }, actions: [{ type: inAppNotification, name: seen }] }]
`;

const invoice = (id: string, type: string, due_date: string, event = `evt-${id}-${type}`) => ({
  id: event,
  module: "invoices",
  type,
  origin: "user",
  record: { invoice_id: id, due_date },
});

/** What the clock brings: that a date of this record has come. */
async function bring({ store, clock }: TestEngine, id: string, recordId: string): Promise<void> {
  const definitions = await openDefinitions(store);
  const module = definitions.current(ORGANIZATION).modules.get("invoices");
  const rule = definitions.current(ORGANIZATION).generation.entries.find(({ name }) => name === "come");
  const stored = await store.records.record({ organization: ORGANIZATION, module: "invoices", id: recordId });
  if (!module || !rule || !stored) throw new Error("expected a rule and a record");
  const slots = { tryTake: () => false, free: () => undefined, setWaiting: () => undefined, reserveAll: noSlots };
  const intake = createIntake({
    store,
    definitions,
    clock,
    slots,
    leaseMs: 0,
    backlog: 1,
    start: () => undefined,
    wakeAt: () => undefined,
    onWritten: () => undefined,
  });
  await intake.take({
    event: {
      organization: ORGANIZATION,
      id,
      module: "invoices",
      type: "date",
      recordId,
      record: stored.body,
      previous: null,
      occurredAt: clock.now(),
      storedAt: clock.now(),
      actor: null,
      origin: "clock",
      ancestry: [],
      occurrence: { of: rule.id, anchor: "2026-12-01", k: 0, missed: false },
    },
    module,
    fingerprint: "",
  });
}

/** What is left half stored is found within so many. */
const LEFT_SECONDS = 7;

function noSlots(): never {
  throw new Error("nothing is started here");
}

/**
 * Runs that count from a date which moves, is emptied and comes back, and of which a second firing supersedes the first; and a date that has
 * come, brought twice.
 */
export function dates(): Scenario {
  const created = ["1", "2", "3"].map((id) => invoice(id, "created", "2026-12-01"));
  const moved = [invoice("1", "edited", "2026-12-05"), invoice("3", "edited", "")];
  const again = [invoice("2", "approved", "2026-12-07")];
  const filled = [invoice("3", "edited", "2026-12-09", "evt-3-filled")];
  return {
    name: "dates",
    puts: 0,
    async play(subject) {
      await subject.ask(({ apply }) => apply(RULES));
      await send(subject, created);
      // Of what happens in the same millisecond in two processes, nobody can say which is later.
      subject.clock.moveBy(1);
      await send(subject, [...moved, ...again]);
      subject.clock.moveBy(1);
      await send(subject, filled);
      for (const _time of ["first", "again"]) await subject.ask((engine) => bring(engine, "evt-come", "2"));
      // Before the clock leaps to the next date.
      for (let second = 1; second <= LEFT_SECONDS; second++) {
        await subject.quiet();
        subject.clock.moveBy(1000);
      }
    },
    expected: () => ({
      acknowledged: new Map([
        ...firing([...created, ...again], "remind"),
        ...firing([...moved, ...filled]),
        ...firing([{ id: "evt-come" }], "come"),
      ]),
      cascades: new Map(),
      firstTime: new Map(),
      records: [],
      limits: {},
      dated: [
        { rule: "remind", record: "1", dueAt: Date.parse("2026-12-08T09:00:00+05:30") },
        { rule: "remind", record: "2", dueAt: Date.parse("2026-12-10T09:00:00+05:30") },
        { rule: "remind", record: "3", dueAt: Date.parse("2026-12-12T09:00:00+05:30") },
        { rule: "come", record: "2", dueAt: Date.parse("2026-12-06T09:00:00+05:30") },
      ],
    }),
  };
}

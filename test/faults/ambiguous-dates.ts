import { firing, send, type Scenario } from "./ambiguous-scenario.ts";
import type { Subject } from "./ambiguous-subject.ts";

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
trigger: { type: date, field: payment_expected_date, when: { before: { days: 3 } } }
conditions:
  - timeBasedActions: [{ execute: { before: { days: 1 }, of: payment_expected_date, at: "09:00" }, actions: [{ type: inAppNotification, name: seen }] }]
`;

/** The one that has a date which comes. */
const SHIPPED = "2";

const invoice = (id: string, type: string, due_date: string, event = `evt-${id}-${type}`) => ({
  id: event,
  module: "invoices",
  type,
  origin: "user",
  record: { invoice_id: id, due_date, ...(id === SHIPPED ? { payment_expected_date: "2026-11-25" } : {}) },
});

/** What is left half stored is found within so long, and what was the turn of a process that died is another's. */
const LEFT_MS = 10_000;
const TURN_MS = 40_000;
const STEP_MS = 5000;

/** Before the clock leaps to the next date. */
async function wait({ clock, quiet }: Subject, ms: number): Promise<void> {
  for (let waited = 0; waited < ms; waited += STEP_MS) {
    await quiet();
    clock.moveBy(STEP_MS);
  }
  await quiet();
}

/** Runs that count from a date which moves, is emptied and comes back, and of which a second firing supersedes the first; and a date that comes. */
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
      await wait(subject, LEFT_MS);
      subject.clock.moveTo("2026-11-22T00:00:00+05:30");
      await wait(subject, TURN_MS);
    },
    expected: () => ({
      acknowledged: new Map([...firing([...created, ...again], "remind"), ...firing([...moved, ...filled])]),
      cascades: new Map(),
      firstTime: new Map(),
      records: [],
      limits: {},
      dated: [
        { rule: "remind", record: "1", dueAt: Date.parse("2026-12-08T09:00:00+05:30") },
        { rule: "remind", record: "2", dueAt: Date.parse("2026-12-10T09:00:00+05:30") },
        { rule: "remind", record: "3", dueAt: Date.parse("2026-12-12T09:00:00+05:30") },
        { rule: "come", record: SHIPPED, dueAt: Date.parse("2026-11-24T09:00:00+05:30") },
      ],
    }),
  };
}

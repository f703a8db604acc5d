import type { ActionRun, RunTiming } from "../../../src/model/run.ts";
import type { Decided, DecisionInputs, NewEvent, NewRun } from "../../../src/store/events.ts";
import type { Move } from "../../../src/store/runs.ts";
import { makeDecided, makeEvent, makeNewRun, MINUTE, NOW } from "../../support/make.ts";

/** When the run of a test is due before anything moves it. */
export const DUE = NOW + 60 * MINUTE;
export const ZONE = "Asia/Kolkata";

const OF_DATE: RunTiming = {
  execute: { after: { days: 3 }, of: "due_date", at: "09:00" },
  grace: { hours: 24 },
  triggeredAt: NOW,
  zone: ZONE,
};

/** A run that counts from a date field of its event's record. */
export function makeDatedRun(event: NewEvent, overrides: Partial<ActionRun> = {}): NewRun {
  return makeNewRun(event, { timed: true, timing: OF_DATE, dueAt: DUE, ...overrides });
}

/** The nth edit of the record, ms after it was made. */
export function makeEdit(n: number, overrides: Partial<NewEvent> = {}): NewEvent {
  return makeEvent({ id: `evt-edit-${n}`, type: "edited", occurredAt: NOW + n, storedAt: NOW + n, ...overrides });
}

/** Decides that all the record's pending runs belong at this time. */
export function movingTo(dueAt: number | null): (inputs: DecisionInputs) => Decided {
  return ({ pending }) => makeDecided({ moves: pending.flatMap((run) => (run.dueAt === dueAt ? [] : later(run, dueAt))) });
}

export function later(run: Pick<ActionRun, "id" | "dueAt">, dueAt: number | null, zone = ZONE): Move {
  return {
    run: run.id,
    from: run.dueAt,
    to: { status: "scheduled", reason: dueAt === null ? "dateEmpty" : null, dueAt, zone },
  };
}

/**
 * Decides as an engine does whose rule plans one run for each event and record, by the date that is behind `due` in the record's status: it
 * supersedes the one before, and what comes late plans by the newest dates, or not at all.
 */
export function planning(event: NewEvent, due: (status: unknown) => number): (inputs: DecisionInputs) => Decided {
  return ({ stored, pending }) => {
    const isLate = stored !== null && stored.occurredAt > event.occurredAt;
    const dueAt = due((isLate ? stored.body : event.record)["status"]);
    const over = { status: "skipped", reason: "superseded", at: event.storedAt } as const;
    const run = makeDatedRun(
      event,
      isLate && pending.length > 0 ? { status: over.status, reason: over.reason, finishedAt: over.at } : { dueAt },
    );
    return makeDecided({ runs: [run], moves: isLate ? [] : pending.map(({ id, dueAt: from }) => ({ run: id, from, to: over })) });
  };
}

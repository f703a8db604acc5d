import { RulewrightError } from "../model/errors.ts";
import { occurrenceKey } from "../decide/decide.ts";
import { writesRecord, type RecordEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import type { Module } from "../model/module.ts";
import type { ActionRun, Decision } from "../model/run.ts";
import type { Clock } from "../clock/clock.ts";
import type { Decided, DecisionInputs, Intake as StoreIntake, NewEvent } from "../store/events.ts";
import type { Move } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions/definitions.ts";
import { datesOf } from "./dates/dates-of.ts";
import { decideArrival } from "./decide-arrival.ts";
import type { Failures } from "./failures.ts";
import { createReservation, type Reservation } from "./reservation.ts";
import type { Slots } from "./slots.ts";

/** An event with what it was decided with: what its runs look at. */
export type EventContext = { readonly event: RecordEvent; readonly previous: JsonObject | null; readonly decision: Decision };

export type Arrival = {
  readonly event: RecordEvent;
  readonly module: Module;
  /** Of the caller's content; null where the id is new, so that nothing can have been sent under it before. */
  readonly fingerprint: string | null;
  readonly expectRevision?: number | null;
};

export type IntakeDeps = {
  readonly store: Store;
  readonly definitions: Definitions;
  readonly clock: Clock;
  readonly slots: Slots;
  readonly leaseMs: number;
  readonly failures: Failures;
  /** Events that may wait for their commit at once. */
  readonly backlog: number;
  /** Starts a run that was written already claimed by this process. */
  start(run: ActionRun, context: EventContext): void;
  /** Something is due at that instant. */
  wakeAt(instant: number): void;
  /** It has changed its record. */
  onWritten(event: RecordEvent): void;
};

/** What a failure keeps from being written here is written by `recover`. */
const FOLLOWING = "writing what follows from accepted events";
/** By then somebody has, here or in another process. */
const RECOVERED_MS = 10_000;

/** Takes events in: stored, decided and recorded, durable when the promise resolves; then what is due starts. */
export type Intake = {
  take(arrival: Arrival): Promise<StoreIntake>;
  /** Resolves as soon as it is stored and decided for good, which may be before its runs and its record are written. */
  accept(arrival: Arrival): Promise<StoreIntake["status"]>;
  /** Resolves once what was accepted until now is written: whoever sent it finds its runs and its record. */
  written(): Promise<void>;
  /** Somebody has looked for what could not be written, and has written that of so many. */
  recovered(finished: number): void;
  /** @throws RulewrightError overloaded where so many more would not fit into the backlog. */
  admit(events: number): void;
  /** Resolves once what follows from those that are on their way in now is written. */
  recorded(): Promise<void>;
  /** Resolves once none is under way: also those whose sender has gone start what they store. */
  quiet(): Promise<void>;
};

export function createIntake(deps: IntakeDeps): Intake {
  const underWay = new Set<Promise<unknown>>();
  const accepted = new Set<Promise<unknown>>();
  let failedAt = -Infinity;

  function take(arrival: Arrival, onDurable?: () => void): Promise<StoreIntake> {
    const taking = takeIn(arrival, () => {
      accepted.add(taking);
      onDurable?.();
    });
    underWay.add(taking);
    taking.then(
      () => ended(taking),
      (error: unknown) => ended(taking, error),
    );
    return taking;
  }

  function ended(taking: Promise<StoreIntake>, error?: unknown): void {
    underWay.delete(taking);
    if (!accepted.delete(taking)) return;
    if (error === undefined) return deps.failures.over(FOLLOWING);
    failedAt = deps.clock.now();
    deps.failures.failed(FOLLOWING, error);
  }

  /** What fails after it was accepted is nobody's but the log's. */
  function accept(arrival: Arrival): Promise<StoreIntake["status"]> {
    return new Promise((resolve, reject) => {
      take(arrival, () => resolve("accepted")).then(({ status }) => resolve(status), reject);
    });
  }

  async function takeIn(arrival: Arrival, onDurable: () => void): Promise<StoreIntake> {
    const reserved = createReservation(deps.slots);
    let moves: readonly Move[] = [];
    try {
      const decide = (inputs: DecisionInputs): Decided => {
        const decided = plan(arrival, inputs, reserved);
        ({ moves } = decided);
        return decided;
      };
      const taken = await deps.store.events.intake(toNewEvent(arrival, deps.definitions), decide, onDurable);
      if (taken.status === "accepted") begin(arrival.event, taken, moves, reserved);
      else reserved.release();
      return taken;
    } catch (error) {
      reserved.release();
      throw error;
    }
  }

  function plan({ event, module }: Arrival, inputs: DecisionInputs, reserved: Reservation): Decided {
    // The store may ask again after a failed write; only the last answer's slots count.
    reserved.release();
    return decideArrival(
      {
        event,
        module,
        snapshot: deps.definitions.current(event.organization),
        leaseUntil: deps.clock.now() + deps.leaseMs,
        slots: reserved.slots,
      },
      inputs,
    );
  }

  function begin(
    event: RecordEvent,
    taken: Extract<StoreIntake, { status: "accepted" }>,
    moves: readonly Move[],
    reserved: Reservation,
  ): void {
    const context = { event, previous: event.previous ?? taken.decision.previous, decision: taken.decision };
    reserved.handOver(taken.runs);
    for (const run of taken.runs) {
      if (run.status === "running") deps.start(run, context);
      else if (run.status === "scheduled" && run.waitsFor === null && run.dueAt !== null) deps.wakeAt(run.dueAt);
    }
    if (writesRecord(event) && taken.record?.occurredAt === event.occurredAt) deps.onWritten(event);
    for (const { to } of moves) if (to.status === "scheduled" && to.dueAt !== null) deps.wakeAt(to.dueAt);
  }

  return {
    take: (arrival) => take(arrival),
    accept,
    async written() {
      await Promise.allSettled(accepted);
    },
    recovered(finished) {
      if (finished > 0 || deps.clock.now() - failedAt >= RECOVERED_MS) deps.failures.over(FOLLOWING);
    },
    admit(events) {
      if (underWay.size + events > deps.backlog)
        throw new RulewrightError("overloaded", `More than ${deps.backlog} events wait to be stored; send this again in a moment.`, {
          retryAfter: 1,
        });
    },
    async recorded() {
      await Promise.allSettled(underWay);
    },
    async quiet() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

function toNewEvent({ event, module, fingerprint, expectRevision = null }: Arrival, definitions: Definitions): NewEvent {
  // Key by key: a spread of so many costs a microsecond and the shape that the store's code is compiled for.
  return {
    organization: event.organization,
    id: event.id,
    module: event.module,
    type: event.type,
    recordId: event.recordId,
    record: event.record,
    previous: event.previous,
    occurredAt: event.occurredAt,
    storedAt: event.storedAt,
    actor: event.actor,
    origin: event.origin,
    ancestry: event.ancestry,
    occurrence: event.occurrence,
    fingerprint,
    // As they are when the store asks, which is when the event is decided: a rule may have become one of them meanwhile.
    get firstTimeRules() {
      if (event.occurrence !== null) return [occurrenceKey(event.occurrence)];
      return definitions.current(event.organization).ruleSet(module).firstTimeRules;
    },
    get dates() {
      return writesRecord(event) ? datesOf(definitions.current(event.organization).ruleSet(module), event.record) : null;
    },
    expectRevision,
  };
}

import { RulewrightError } from "../model/errors.ts";
import type { ActionRun } from "../model/run.ts";
import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Intake } from "./intake.ts";
import { parseEvent, type ParsedEvent } from "./parse-event.ts";
import { executionView, runView, type ExecutionView } from "./views.ts";
import type { Waits } from "./waits.ts";

export type EmitOptions = { readonly organization: string; readonly wait: boolean };

/** What became of one event that was sent. */
export type Emitted = {
  readonly id: string;
  readonly status: "accepted" | "duplicate" | "conflict";
  /** With `wait` only, and only of what was accepted. */
  readonly executions?: readonly ExecutionView[];
};

export type EmitDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly intake: Intake;
  readonly waits: Waits;
};

/** How long `wait` waits for the immediate actions at most (contract, section 3). */
const LONGEST_WAIT_MS = 10_000;
/** Requests that may wait at once; each holds a connection open. */
const MOST_WAITS = 1000;
export const MOST_EVENTS = 1000;

/**
 * Takes events in: all are checked before any is stored, each is then stored for itself, and the answer comes when all are durable.
 * @throws RulewrightError validation_failed, overloaded, rate_limited
 */
export async function emit(deps: EmitDeps, inputs: readonly unknown[], options: EmitOptions): Promise<readonly Emitted[]> {
  const parsed = parseAll(deps, inputs, options.organization);
  admit(deps, parsed.length, options);
  return Promise.all(parsed.map((one) => take(deps, one, options)));
}

/** One event, and a conflict is an error. @throws RulewrightError also idempotency_conflict */
export async function emitOne(deps: EmitDeps, input: unknown, options: EmitOptions): Promise<Emitted> {
  const event = parseEvent(input, "", deps.definitions.current(options.organization), options.organization, deps.clock.now());
  admit(deps, 1, options);
  const emitted = await take(deps, event, options);
  if (emitted.status === "conflict")
    throw new RulewrightError("idempotency_conflict", `Event ${emitted.id} was sent before with other content`, {
      issues: [{ path: "id", message: "this id was used before with other content" }],
    });
  return emitted;
}

function admit({ intake, waits }: EmitDeps, events: number, { wait }: EmitOptions): void {
  intake.admit(events);
  if (wait && waits.size() + events > MOST_WAITS)
    throw new RulewrightError(
      "rate_limited",
      `More than ${MOST_WAITS} events are waited for; send without wait=true or try again in a moment.`,
      {
        retryAfter: 1,
      },
    );
}

function parseAll({ definitions, clock }: EmitDeps, inputs: readonly unknown[], organization: string): readonly ParsedEvent[] {
  if (inputs.length === 0 || inputs.length > MOST_EVENTS)
    throw new RulewrightError("validation_failed", `Expected 1 to ${MOST_EVENTS} events, got ${inputs.length}`, {
      issues: [{ path: "", message: `expected 1 to ${MOST_EVENTS} events, got ${inputs.length}` }],
    });
  const snapshot = definitions.current(organization);
  const now = clock.now();
  const parsed: ParsedEvent[] = [];
  const errors: RulewrightError[] = [];
  for (const [index, input] of inputs.entries()) {
    try {
      parsed.push(parseEvent(input, String(index), snapshot, organization, now));
    } catch (error) {
      if (!(error instanceof RulewrightError)) throw error;
      errors.push(error);
    }
  }
  if (errors[0])
    throw new RulewrightError("validation_failed", errors[0].message, { issues: errors.flatMap((error) => error.issues).slice(0, 100) });
  return parsed;
}

async function take(deps: EmitDeps, { event, module, fingerprint }: ParsedEvent, { wait }: EmitOptions): Promise<Emitted> {
  const arrival = { event, module, fingerprint };
  if (!wait) return { id: event.id, status: neverStale(await deps.intake.accept(arrival)) };
  const taken = await deps.intake.take(arrival);
  if (taken.status !== "accepted") return { id: event.id, status: neverStale(taken.status) };
  // No run can have landed yet: each has to be settled in the store first, which is a turn of the event loop away.
  await deps.waits.until(taken.runs, LONGEST_WAIT_MS);
  return { id: event.id, status: "accepted", executions: executionsOf(await deps.store.runs.runsOfEvent(event.organization, event.id)) };
}

function neverStale<S extends string>(status: S | "stale"): Exclude<S, "stale"> {
  if (status === "stale") throw new Error("an event without an expected revision cannot be stale");
  return status as Exclude<S, "stale">;
}

/** Runs of one event by their execution, in the order they were planned. */
function executionsOf(runs: readonly ActionRun[]): readonly ExecutionView[] {
  const byExecution = new Map<string, ActionRun[]>();
  for (const run of runs) {
    if (run.execution === null) continue;
    const others = byExecution.get(run.execution);
    if (others) others.push(run);
    else byExecution.set(run.execution, [run]);
  }
  return [...byExecution.values()].flatMap((own) => {
    const first = own[0];
    if (!first?.execution) return [];
    const { execution: id, event, rule, by, module, record, condition, createdAt: firedAt } = first;
    return [executionView({ id, event, rule, by, module, record, condition, firedAt, runs: own }, runView)];
  });
}

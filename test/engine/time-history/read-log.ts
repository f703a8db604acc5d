import { occurrenceKey } from "../../../src/decide/decide.ts";
import type { ActionRun } from "../../../src/model/run.ts";
import type { StoredEvent } from "../../../src/store/events.ts";
import type { Store } from "../../../src/store/store.ts";
import { ORGANIZATION } from "../../support/engine.ts";
import { readLedger } from "../../faults/ledger.ts";
import type { DateRuleName } from "./defined.ts";
import { dateId, lineOf, NOT_FIRED, tickId, type Line } from "./log.ts";

export type ReadLog = {
  readonly lines: ReadonlyMap<string, Line>;
  readonly runs: readonly ActionRun[];
  /** What stands in it twice. */
  readonly twice: readonly string[];
};

/** What the engine's log says, as the model says it. */
export async function readLog(store: Store, ruleName: (id: string) => DateRuleName): Promise<ReadLog> {
  const { events, runs } = await readLedger(store, ORGANIZATION);
  const byId = new Map(events.map((event) => [event.id, event]));
  const lines = new Map<string, Line>();
  const twice: string[] = [];
  const say = (id: string, line: Line): void => {
    if (lines.has(id)) twice.push(id);
    lines.set(id, line);
  };
  for (const run of runs) {
    const event = byId.get(run.event);
    if (event) say(lineOf(idOf(event, run, ruleName), run.n), { said: run.reason ?? run.status, dueAt: run.dueAt });
  }
  const withRuns = new Set(runs.map(({ event }) => event));
  for (const event of events)
    if (event.type === "date" && event.occurrence && !withRuns.has(event.id) && !cameBefore(event))
      say(lineOf(ofDate(event, ruleName), 0), { said: NOT_FIRED, dueAt: event.occurredAt });
  return { lines, runs, twice };
}

function idOf(event: StoredEvent, run: ActionRun, ruleName: (id: string) => DateRuleName): string {
  if (run.by === "schedule") return tickId(event.occurredAt);
  return event.type === "date" ? ofDate(event, ruleName) : event.id;
}

function ofDate({ occurrence, recordId }: StoredEvent, ruleName: (id: string) => DateRuleName): string {
  const { of = "", anchor = "", k = -1 } = occurrence ?? {};
  return dateId(ruleName(of), recordId, anchor, k);
}

/** The log says that it had come already: at another instant, in another zone or by another timing of its rule. */
function cameBefore({ occurrence, decision }: StoredEvent): boolean {
  return occurrence !== null && decision.alreadyFired.includes(occurrenceKey(occurrence));
}

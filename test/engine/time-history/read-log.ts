import { occurrenceKey } from "../../../src/decide/decide.ts";
import type { ActionRun } from "../../../src/model/run.ts";
import type { StoredEvent } from "../../../src/store/events.ts";
import type { Store } from "../../../src/store/store.ts";
import { ORGANIZATION } from "../../support/engine.ts";
import { readLedger } from "../../faults/ledger.ts";
import { dateId, lineOf, NOT_FIRED, tickId, type Line, type Log } from "./log.ts";

export type ReadLog = {
  readonly lines: Log;
  readonly runs: readonly ActionRun[];
  /** What stands in it twice. */
  readonly twice: readonly string[];
};

/** What the engines' log says, as the model says it. */
export async function readLog(store: Store): Promise<ReadLog> {
  const { events, runs } = await readLedger(store, ORGANIZATION);
  const entries = (await store.definitions.current(ORGANIZATION))?.entries ?? [];
  const nameOf = new Map(entries.map(({ id, name }) => [id, name]));
  const lines = new Map<string, Line>();
  const twice: string[] = [];

  function say(id: string, line: Line): void {
    if (lines.has(id)) twice.push(id);
    lines.set(id, line);
  }

  function idOf({ id, type, occurrence, recordId, occurredAt }: StoredEvent): string {
    if (occurrence === null) return id;
    return type === "schedule" ? tickId(occurredAt) : dateId(nameOf.get(occurrence.of) ?? "", recordId, occurrence.anchor, occurrence.k);
  }

  const byId = new Map(events.map((event) => [event.id, event]));
  for (const run of runs) {
    const event = byId.get(run.event);
    const { status, reason, dueAt, createdAt, finishedAt } = run;
    if (event) say(lineOf(idOf(event), run.n), { said: reason ?? status, dueAt, wasPlanned: finishedAt !== createdAt });
  }
  const withRuns = new Set(runs.map(({ event }) => event));
  for (const event of events)
    if (event.type === "date" && !withRuns.has(event.id) && !cameBefore(event))
      say(lineOf(idOf(event), 0), { said: NOT_FIRED, dueAt: event.occurredAt });
  return { lines, runs, twice };
}

/** The log says that it had come already: at another instant, in another zone or by another timing of its rule. */
function cameBefore({ occurrence, decision }: StoredEvent): boolean {
  return occurrence !== null && decision.alreadyFired.includes(occurrenceKey(occurrence));
}

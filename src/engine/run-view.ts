import type { JsonObject } from "../model/json.ts";
import type { ActionRun, Decision } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import type { HostAccess } from "./host-records.ts";
import type { EventContext } from "./intake.ts";
import { changesOf } from "./settle.ts";

/** The record as one run sees it. */
export type RunView = {
  readonly record: JsonObject;
  /** The record is gone. */
  readonly deleted: boolean;
};

export type RunViewDeps = {
  readonly store: Store;
  readonly host: HostAccess | null;
  /** What was accepted before the run looks is what it sees. */
  written(): Promise<void>;
};

/**
 * Immediate runs see the event's record with the field updates before them, delayed ones the record as it is when due (DESIGN, section 5):
 * the host's own, where it has given its records. @throws HostRecordsError
 */
export async function viewOf({ store, host, written }: RunViewDeps, run: ActionRun, { event, decision }: EventContext): Promise<RunView> {
  if (!run.timed) {
    const earlier = fieldUpdatesBefore(run, decision);
    return { record: earlier.length === 0 ? event.record : await updated(store, run, event.record, earlier), deleted: false };
  }
  await written();
  const record = host ? await host.get(run.module, run.record) : await storedRecord(store, run);
  return record ? { record, deleted: false } : { record: event.record, deleted: true };
}

async function storedRecord(store: Store, { organization, module, record: id }: ActionRun): Promise<JsonObject | null> {
  const stored = await store.records.record({ organization, module, id });
  return stored && !stored.deleted ? stored.body : null;
}

function fieldUpdatesBefore(run: ActionRun, { executions }: Decision): readonly string[] {
  const before: string[] = [];
  for (const { runs } of executions)
    for (const { id, action } of runs) {
      if (id === run.id) return before;
      if (action.type === "fieldUpdate") before.push(id);
    }
  return before;
}

async function updated(store: Store, run: ActionRun, record: JsonObject, earlier: readonly string[]): Promise<JsonObject> {
  const runs = await store.runs.runsOfEvent(run.organization, run.event);
  const done = runs.filter((one) => earlier.includes(one.id) && !one.timed);
  return done.reduce<JsonObject>((current, one) => ({ ...current, ...changesOf(one) }), record);
}

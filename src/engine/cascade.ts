import type { Clock } from "../clock/clock.ts";
import type { RecordEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import type { StoredRecord } from "../model/record.ts";
import type { ActionRun } from "../model/run.ts";
import type { CascadeEvent } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions/definitions.ts";
import { datesOf } from "./dates/dates-of.ts";
import { isStoreAway, type Failures } from "./failures.ts";
import type { HostAccess } from "./host-records.ts";
import { updateHost, type Change } from "./host-update.ts";
import type { EventContext, Intake } from "./intake.ts";
import type { Logger } from "./log.ts";

export type CascadeDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly log: Logger;
  readonly failures: Failures;
  readonly host: HostAccess | null;
  intake(): Intake;
};

type Updated = { readonly status: "updated" | "unchanged" | "applied" | "deleted"; readonly changes: JsonObject };

/** Field updates and the edits that they cause. */
export type Cascades = {
  /** Changes the stored record once for this run (the host's own at least once, before it) and takes in the edit that this makes. @throws HostRecordsError */
  update(run: ActionRun, context: EventContext, change: Change): Promise<Updated>;
  /** Takes in the edits that a crash left in the outbox; resolves with how many. */
  drain(): Promise<number>;
};

export function createCascades(deps: CascadeDeps): Cascades {
  const { store, clock } = deps;

  async function update(run: ActionRun, { event }: EventContext, change: Change): Promise<Updated> {
    const key = { organization: run.organization, module: run.module, id: run.record };
    const told = deps.host ? await updateHost({ store, host: deps.host, hasChanged }, run, event.record, change) : null;
    if (told?.status === "deleted" || told?.status === "unchanged") return { status: told.status, changes: told.changes };
    if (told?.status === "toldAlone") {
      const before = { body: told.before, occurredAt: event.occurredAt };
      await takeIn(editOf(run, event, before, { ...told.before, ...told.changes }, clock.now()));
      return { status: "updated", changes: told.changes };
    }
    let changes: JsonObject = {};
    const done = await store.records.update(key, run.id, (record) => {
      const before = (told?.status === "told" ? told.before : null) ?? record.body;
      // What the host was told is what counts.
      changes = told?.status === "told" ? told.changes : change(before);
      if (!hasChanged(run, before, changes)) return null;
      const body = { ...before, ...changes };
      const cascade = editOf(run, event, { ...record, body: before }, body, clock.now());
      const snapshot = deps.definitions.current(run.organization);
      const module = snapshot.modules.get(run.module);
      return { body, cascade, dates: module ? datesOf(snapshot.ruleSet(module), body) : null };
    });
    // Repeated after a crash: the record already holds what was set, and what was set is what `change` asks of the record before it.
    if (done.status === "applied") changes = await appliedChanges(run, event, change);
    if (done.status === "updated") await takeIn(done.cascade);
    return { status: done.status, changes };
  }

  /** The edit in the ledger holds the record before and after, so what a lost attempt changed is read from there. */
  async function appliedChanges(run: ActionRun, event: RecordEvent, change: Change): Promise<JsonObject> {
    await drain();
    const edit = await store.events.event(run.organization, editId(run));
    return edit?.previous ? change(edit.previous) : change(event.record);
  }

  function hasChanged(run: ActionRun, before: JsonObject, changes: JsonObject): boolean {
    const snapshot = deps.definitions.current(run.organization);
    const module = snapshot.modules.get(run.module);
    if (!module) return true;
    const { changed } = snapshot.ruleSet(module);
    return Object.keys(changes).some((key) => changed(key, { ...before, ...changes }, before));
  }

  async function takeIn(edit: CascadeEvent): Promise<void> {
    const { fingerprint, ...event } = edit;
    const module = deps.definitions.current(event.organization).modules.get(event.module);
    if (module) await deps.intake().take({ event, module, fingerprint });
    else
      deps.log.warn(
        { event: event.id, module: event.module },
        "the module of a field update's edit is not defined any more; the edit triggers nothing",
      );
    await store.records.outboxDone(edit);
  }

  /** One edit that cannot be taken in must not keep the others out; it stays in the outbox. @throws RulewrightError overloaded */
  async function takeInOrLog(edit: CascadeEvent): Promise<void> {
    const what = `taking in edit ${edit.id} of record ${edit.recordId}`;
    try {
      await takeIn(edit);
      deps.failures.over(what);
    } catch (error) {
      if (isStoreAway(error)) throw error;
      deps.failures.failed(what, error);
    }
  }

  async function drain(): Promise<number> {
    const edits = await store.records.outbox(100);
    for (const edit of edits) await takeInOrLog(edit);
    return edits.length;
  }

  return { update, drain };
}

/** The edit's id comes from the run's, so taking it in twice finds it done. */
function editId(run: ActionRun): string {
  return run.id.replace(/^run_/, "evt_");
}

function editOf(
  run: ActionRun,
  cause: RecordEvent,
  before: Pick<StoredRecord, "body" | "occurredAt">,
  record: JsonObject,
  now: number,
): CascadeEvent {
  return {
    organization: run.organization,
    id: editId(run),
    module: run.module,
    type: "edited",
    recordId: run.record,
    record,
    previous: before.body,
    occurredAt: Math.max(now, before.occurredAt),
    storedAt: now,
    actor: cause.actor,
    origin: "fieldUpdate",
    ancestry: [...cause.ancestry, { rule: run.rule.id, module: run.module, record: run.record }],
    occurrence: null,
    fingerprint: "",
  };
}

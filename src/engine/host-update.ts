import type { JsonObject } from "../model/json.ts";
import type { ActionRun } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import type { HostAccess } from "./host-records.ts";

/** The top-level keys that a field update sets, given the record before. Pure. */
export type Change = (record: JsonObject) => JsonObject;

/** What came of a field update at the host. `applied`: this run had done all of it before a crash. */
export type HostUpdate =
  /** `before`: the host's record as it was; null: the stored one counts. */
  | { readonly status: "told"; readonly before: JsonObject | null; readonly changes: JsonObject }
  /** No event has brought the record, so that there is none stored: a date of the host's records has come. */
  | { readonly status: "toldAlone"; readonly before: JsonObject; readonly changes: JsonObject }
  | { readonly status: "unchanged" | "deleted" | "applied"; readonly changes: JsonObject };

export type HostUpdateDeps = {
  readonly store: Store;
  readonly host: HostAccess;
  hasChanged(run: ActionRun, before: JsonObject, changes: JsonObject): boolean;
};

/**
 * Tells the host before anything is written here, so a crash in between repeats it and nothing is lost. An immediate update counts from the
 * stored record, which stays as it is until the host has been told: what is repeated says the same. A delayed one counts from the host's.
 * @param said the record of the event that led to the run
 * @throws HostRecordsError
 */
export async function updateHost(
  { store, host, hasChanged }: HostUpdateDeps,
  run: ActionRun,
  said: JsonObject,
  change: Change,
): Promise<HostUpdate> {
  const key = { organization: run.organization, module: run.module, id: run.record };
  // Changes nothing: only the store knows whether this run has written before.
  const stored = await store.records.update(key, run.id, () => null);
  if (stored.status === "applied") return { status: stored.status, changes: {} };
  const known = stored.status === "deleted" ? await store.records.record(key) : stored.record;
  const kept = known?.body ?? said;
  const own = run.timed || !known ? await host.get(run.module, run.record) : kept;
  if (!own || known?.deleted) return { status: "deleted", changes: {} };
  const changes = change(own);
  // Where the host was told before a crash, only what is stored still says what was there.
  const before = hasChanged(run, own, changes) ? own : { ...own, ...pick(kept, Object.keys(changes)) };
  if (!hasChanged(run, before, changes)) return { status: "unchanged", changes };
  await host.update(run.module, run.record, changes, run.id);
  if (!known) return { status: "toldAlone", before, changes };
  return { status: "told", before: run.timed ? before : null, changes };
}

function pick(record: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, record[key] ?? null]));
}

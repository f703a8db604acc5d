import type { DefinitionEntry, Generation } from "../../model/definition.ts";
import type { Modules } from "../../model/module.ts";
import type { Store } from "../../store/store.ts";
import { modulesOf } from "./modules-of.ts";
import { EMPTY_GENERATION, joinVersions, type Defined } from "./snapshot.ts";

/** Everything that is defined before a change, as the store has it. */
export type DefinitionState = {
  readonly generation: Generation;
  /** What was removed too: a document that comes back to its folder is the same definition. */
  readonly all: readonly Defined[];
  readonly live: readonly Defined[];
  readonly modules: Modules;
};

/** @param known versions that need not be read again */
export async function readState(store: Store, organization: string, known: readonly Defined[]): Promise<DefinitionState> {
  const generation = (await store.definitions.current(organization)) ?? EMPTY_GENERATION;
  const all = await definedOf(store, organization, generation, known);
  const live = all.filter(({ entry }) => !entry.removed);
  return { generation, all, live, modules: modulesOf(live) };
}

/** What a generation names. Versions never change, so those that are known are taken as they are. */
export async function definedOf(
  store: Store,
  organization: string,
  generation: Generation,
  known: readonly Defined[],
): Promise<readonly Defined[]> {
  const byKey = new Map(known.map((one) => [`${one.entry.id} ${one.entry.version}`, one]));
  const missing = generation.entries.filter(({ id, version }) => !byKey.has(`${id} ${version}`));
  const read = joinVersions({ ...generation, entries: missing }, await store.definitions.versions(organization, missing));
  for (const one of read) byKey.set(`${one.entry.id} ${one.entry.version}`, one);
  return withEntries(generation.entries, byKey);
}

/** Each entry with its version's document. */
export function withEntries(entries: readonly DefinitionEntry[], byKey: ReadonlyMap<string, Defined>): readonly Defined[] {
  return entries.map((entry) => {
    const one = byKey.get(`${entry.id} ${entry.version}`);
    if (!one) throw new Error(`version ${entry.version} of ${entry.id} is not stored`);
    return { ...one, entry };
  });
}

/** A rule that left its folder is inactive, not gone: its pending runs stay, and somebody may want to call them off (contract, section 1). */
export function isShown({ entry }: Pick<Defined, "entry">): boolean {
  return !entry.removed || (entry.kind === "WorkflowRule" && entry.managedBy === "file");
}

export function isRule({ kind, removed }: DefinitionEntry): boolean {
  return kind === "WorkflowRule" && !removed;
}

import { compileRuleSet, type CompiledRule, type RuleSet } from "../../decide/rule-set.ts";
import type { TopLevelCondition } from "../../criteria/conditions.ts";
import type { Module } from "../../model/module.ts";
import type { WorkflowRule } from "../../model/rule.ts";
import type { Store } from "../../store/store.ts";
import { createSnapshot, EMPTY_GENERATION, toRuleVersion, type Snapshot } from "./snapshot.ts";

/** The definitions of every organization as this process sees them, and older rule versions for the runs that they planned. */
export type Definitions = {
  /** The current snapshot; synchronous, because every event asks for it. */
  current(organization: string): Snapshot;
  /** A rule version alone, compiled, whether or not it is current. */
  ruleVersion(organization: string, module: Module, id: string, version: number): Promise<{ set: RuleSet; rule: CompiledRule } | null>;
  /** Reads the current generation from the store and makes it the one that decides from now on. */
  refresh(organization: string): Promise<Snapshot>;
};

/** Old versions kept compiled; pending runs of one rule share them. */
const VERSIONS_KEPT = 200;

export async function openDefinitions(store: Store): Promise<Definitions> {
  const snapshots = new Map<string, Snapshot>();
  const versions = new Map<string, { set: RuleSet; rule: CompiledRule }>();

  async function refresh(organization: string): Promise<Snapshot> {
    const generation = (await store.definitions.current(organization)) ?? EMPTY_GENERATION;
    const stored = await store.definitions.versions(organization, generation.entries);
    const snapshot = createSnapshot(organization, generation, stored);
    snapshots.set(organization, snapshot);
    versions.clear();
    return snapshot;
  }

  async function ruleVersion(organization: string, module: Module, id: string, version: number) {
    const key = `${organization}\n${id}\n${version}`;
    const known = versions.get(key);
    if (known) return known;
    const [stored] = await store.definitions.versions(organization, [{ id, version }]);
    if (!stored || stored.kind !== "WorkflowRule") return null;
    // Its kind says what was parsed before it was written, and its conditions were made by `toConditions`.
    const document = stored.document as WorkflowRule;
    const conditions = stored.conditions as readonly (TopLevelCondition | null)[];
    const set = compileRuleSet(module, current(organization).organization.timeZone, [
      toRuleVersion({ id, name: document.name, version, active: true }, document, conditions),
    ]);
    const rule = set.rules[0];
    if (!rule) return null;
    if (versions.size >= VERSIONS_KEPT) versions.clear();
    versions.set(key, { set, rule });
    return { set, rule };
  }

  function current(organization: string): Snapshot {
    let snapshot = snapshots.get(organization);
    if (!snapshot) snapshots.set(organization, (snapshot = createSnapshot(organization, EMPTY_GENERATION, [])));
    return snapshot;
  }

  for (const organization of await store.definitions.organizations()) await refresh(organization);
  return { current, ruleVersion, refresh };
}

import type { TopLevelCondition } from "../../criteria/conditions.ts";
import { compileRuleSet, type RuleSet, type RuleVersion } from "../../decide/rule-set.ts";
import type { ActionType } from "../../model/action-type.ts";
import type { EmailTemplate } from "../../model/actions/email-template.ts";
import { KIND_OF_ACTION, type ActionDefinition, type DefinitionEntry, type Document, type Generation } from "../../model/definition.ts";
import type { Module, Modules } from "../../model/module.ts";
import { Organization } from "../../model/organization.ts";
import { keyOf } from "./identity.ts";
import { modulesOf } from "./modules-of.ts";
import type { StoredVersion } from "../../store/definitions.ts";

/** Everything that is defined at one moment, compiled: what events are decided with. Never changes once made. */
export type Snapshot = {
  readonly generation: Generation;
  readonly organization: Organization;
  readonly modules: Modules;
  /** Those that left their folder too: runs that were planned with them stay. */
  readonly modulesOfRuns: Modules;
  /** Every version that the generation names, removed ones too. */
  readonly all: readonly Defined[];
  /** Every version of the generation that is not removed, with its entry. */
  readonly definitions: readonly Defined[];
  /** The rules of a module in their order, compiled; inactive ones too, because "why did it not fire" is asked of them. */
  ruleSet(module: Module): RuleSet;
  /** Also one that left its folder, for the runs that were planned with it. */
  action(type: ActionType, module: string, name: string): ActionDefinition | null;
  template(module: string, name: string): EmailTemplate | null;
};

export type Defined = Document & { readonly entry: DefinitionEntry; readonly conditions: readonly (TopLevelCondition | null)[] };

/** The generation before the first save: the catalogue and an organization with the defaults. */
export const EMPTY_GENERATION: Generation = { number: 0, entries: [] };

/** @param all every definition that the generation names, in its order */
export function createSnapshot(id: string, generation: Generation, all: readonly Defined[]): Snapshot {
  const definitions = all.filter(({ entry }) => !entry.removed);
  const organization = definitions.find((one) => one.kind === "Organization")?.document ?? Organization.parse({ id });
  const modules = modulesOf(definitions);
  // Removed ones and former names too: runs that were planned with them stay (contract, section 1). What is there now comes last and wins.
  const callable = [...all.filter(({ entry }) => entry.removed), ...definitions];
  const byName = new Map(
    [
      ...callable.flatMap((one) => (one.entry.formerly ?? []).map((name) => [name, one] as const)),
      ...callable.map((one) => [one.entry.name, one] as const),
    ].map(([name, one]) => [keyOf(one.kind, one.entry.module, name), one]),
  );
  const sets = new Map<string, RuleSet>();

  function ruleSet(module: Module): RuleSet {
    let set = sets.get(module.name);
    if (!set) sets.set(module.name, (set = compileRuleSet(module, organization.timeZone, rulesOf(definitions, module))));
    return set;
  }

  return {
    generation,
    organization,
    modules,
    modulesOfRuns: modulesOf(all.toSorted((a, b) => Number(b.entry.removed) - Number(a.entry.removed))),
    all,
    definitions,
    ruleSet,
    action(type, module, name) {
      const found = byName.get(keyOf(KIND_OF_ACTION[type], module, name));
      // The key names the kind, so what it finds is that type's definition.
      return found ? ({ type, document: found.document } as ActionDefinition) : null;
    },
    template(module, name) {
      const found = byName.get(keyOf("EmailTemplate", module, name));
      return found?.kind === "EmailTemplate" ? found.document : null;
    },
  };
}

/** A generation's entries with their versions. */
export function joinVersions(generation: Generation, versions: readonly StoredVersion[]): readonly Defined[] {
  const byKey = new Map(versions.map((version) => [`${version.id} ${version.version}`, version]));
  return generation.entries.map((entry) => {
    const version = byKey.get(`${entry.id} ${entry.version}`);
    if (!version) throw new Error(`generation ${generation.number} names ${entry.id} version ${entry.version}, which is not stored`);
    const conditions = version.conditions ?? [];
    // A stored version was parsed by its kind's schema before it was written, and its conditions were made by `toConditions`.
    return { kind: version.kind, document: version.document, entry, conditions } as Defined;
  });
}

function rulesOf(definitions: readonly Defined[], module: Module): readonly RuleVersion[] {
  return definitions
    .filter((one) => one.kind === "WorkflowRule" && one.entry.module === module.name)
    .toSorted((a, b) => a.entry.order - b.entry.order)
    .flatMap((one) => (one.kind === "WorkflowRule" ? [toRuleVersion(one.entry, one.document, one.conditions)] : []));
}

export function toRuleVersion(
  entry: Pick<DefinitionEntry, "id" | "name" | "version" | "active">,
  document: RuleVersion["document"],
  conditions: RuleVersion["conditions"],
): RuleVersion {
  // Whether a rule is active is the generation's word: one stopped by hand keeps its document.
  return {
    reference: { id: entry.id, name: entry.name, version: entry.version },
    document: { ...document, active: entry.active },
    conditions,
  };
}

import type { TopLevelCondition } from "../../criteria/conditions.ts";
import { compileRuleSet, type RuleSet, type RuleVersion } from "../../decide/rule-set.ts";
import { CATALOGUE } from "../../model/catalogue.ts";
import type { ActionType } from "../../model/action-type.ts";
import type { EmailTemplate } from "../../model/actions/email-template.ts";
import { KIND_OF_ACTION, type ActionDefinition, type DefinitionEntry, type Document, type Generation } from "../../model/definition.ts";
import { resolveModules, type Module, type Modules } from "../../model/module.ts";
import { Organization } from "../../model/organization.ts";
import type { StoredVersion } from "../../store/definitions.ts";

/** Everything that is defined at one moment, compiled: what events are decided with. Never changes once made. */
export type Snapshot = {
  readonly generation: Generation;
  readonly organization: Organization;
  readonly modules: Modules;
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

export function createSnapshot(id: string, generation: Generation, versions: readonly StoredVersion[]): Snapshot {
  const all = join(generation, versions);
  const definitions = all.filter(({ entry }) => !entry.removed);
  const organization = definitions.find((one) => one.kind === "Organization")?.document ?? Organization.parse({ id });
  const modules = resolveModules(
    CATALOGUE,
    definitions.flatMap((one) => (one.kind === "Module" ? [one.document] : [])),
  );
  // Those that left their folder too: runs that were planned with them stay (contract, section 1).
  const byName = new Map(all.map((one) => [key(one.kind, one.entry.module, one.entry.name), one]));
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
    definitions,
    ruleSet,
    action(type, module, name) {
      const found = byName.get(key(KIND_OF_ACTION[type], module, name));
      // The key names the kind, so what it finds is that type's definition.
      return found && (found.entry.active || found.entry.removed) ? ({ type, document: found.document } as ActionDefinition) : null;
    },
    template(module, name) {
      const found = byName.get(key("EmailTemplate", module, name));
      return found?.kind === "EmailTemplate" ? found.document : null;
    },
  };
}

function key(kind: string, module: string | null, name: string): string {
  return `${kind}\n${module ?? ""}\n${name}`;
}

function join(generation: Generation, versions: readonly StoredVersion[]): readonly Defined[] {
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

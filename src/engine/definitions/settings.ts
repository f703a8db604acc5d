import { isDeepStrictEqual } from "node:util";
import type { Document } from "../../model/definition.ts";
import { CATALOGUE } from "../../model/catalogue.ts";
import { RulewrightError } from "../../model/errors.ts";
import { parseWith, validationError } from "../../model/issues.ts";
import type { Field } from "../../model/field.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { ModuleDocument, type Module } from "../../model/module.ts";
import { Limits, Organization } from "../../model/organization.ts";
import { changeDefinitions, type ChangeDeps } from "./change.ts";
import { findModule } from "./find-module.ts";
import { checkChange } from "./check-change.ts";
import type { Defined } from "./snapshot.ts";
import { titleOf } from "./identity.ts";
import { modulesOf } from "./modules-of.ts";
import type { DefinitionState } from "./state.ts";
import type { ModuleView, SettingsUseCases } from "./use-cases.ts";
import { save, saveAnew } from "./versions.ts";
import type { OrganizationView } from "./view.ts";

/** The organization, its limits and modules as use cases. */
export function createSettings(deps: ChangeDeps): SettingsUseCases {
  const { definitions } = deps;
  const current = (organization: string) => definitions.current(organization);

  /** Saves the one document of its kind (and name), and anew every rule whose conditions depend on it. */
  async function put(organization: string, what: (state: DefinitionState) => { one: Document; old: Defined | null }): Promise<void> {
    await changeDefinitions(deps, organization, (state) => {
      const { one, old } = what(state);
      if (old?.entry.managedBy === "file")
        throw new RulewrightError("managed_by_file", `${titleOf(old.kind, old.entry.name)} comes from a rule file: change it there`);
      checkChange(state, old?.entry.id ?? null, one, "This cannot be saved", deps.checks);
      const at = deps.now();
      const modules = modulesOf([...state.live.filter(({ entry }) => entry.id !== old?.entry.id), one]);
      const own = save(one, old, { sealing: deps.sealing, modules, managedBy: "api", at });
      const rules = saveAnew(state.live, { sealing: deps.sealing, modules, at });
      const entries = new Map([own, ...rules].map(({ defined }) => [defined.entry.id, defined.entry]));
      const next = state.generation.entries.map((entry) => entries.get(entry.id) ?? entry);
      return {
        entries: old ? next : [...next, own.defined.entry],
        versions: [own, ...rules].flatMap(({ version }) => (version ? [version] : [])),
        answer: undefined,
      };
    });
  }

  function organizationView(organization: string): OrganizationView {
    const snapshot = current(organization);
    const found = snapshot.definitions.find(({ kind }) => kind === "Organization");
    return { ...snapshot.organization, managedBy: found?.entry.managedBy ?? "default" };
  }

  async function putOrganization(organization: string, next: (now: Organization) => unknown): Promise<void> {
    await put(organization, (state) => {
      const old = state.live.find(({ kind }) => kind === "Organization") ?? null;
      const now = old?.kind === "Organization" ? old.document : current(organization).organization;
      const parsed = parseWith(Organization, next(now));
      if (parsed.issues !== null) throw validationError(parsed.issues);
      return { one: { kind: "Organization", document: parsed.data }, old };
    });
  }

  return {
    organization: organizationView,
    async replaceOrganization(organization, body) {
      await putOrganization(organization, ({ id, limits }) => {
        if (!isJsonObject(body)) return body;
        const { managedBy: _given, ...document } = body;
        const given = document["limits"];
        // Limits are set on their own as well: those that are not named stay as they are.
        return { id, ...document, limits: given === undefined || isJsonObject(given) ? { ...limits, ...given } : given };
      });
      return organizationView(organization);
    },
    limits: (organization) => current(organization).organization.limits,
    async replaceLimits(organization, body) {
      const parsed = parseWith(Limits, body);
      if (parsed.issues !== null) throw validationError(parsed.issues);
      await putOrganization(organization, (now) => ({ ...now, limits: parsed.data }));
      return current(organization).organization.limits;
    },
    modules(organization) {
      const { modules } = current(organization);
      return [...new Set(modules.values())].map((module) => moduleView(module, current(organization).definitions)).toSorted(byName);
    },
    module: (organization, name) => moduleView(findModule(current(organization).modules, name), current(organization).definitions),
    async replaceModule(organization, name, body) {
      await put(organization, (state) => {
        const own = state.modules.get(name)?.name ?? name;
        const parsed = parseWith(ModuleDocument, isJsonObject(body) ? { ...ownPart(body, own), name: own } : body);
        if (parsed.issues !== null) throw validationError(parsed.issues);
        const old = state.live.find(({ kind, entry }) => kind === "Module" && (state.modules.get(entry.name)?.name ?? entry.name) === own);
        return { one: { kind: "Module", document: parsed.data }, old: old ?? null };
      });
      return moduleView(findModule(current(organization).modules, name), current(organization).definitions);
    },
  };
}

/** Of a module's view that is sent back, what is its own document: without the keys that a view adds and what would be so anyway. */
function ownPart(body: JsonObject, name: string): JsonObject {
  const { name: _name, aliases: _aliases, idFields: _ids, builtIn: _builtIn, managedBy: _managed, ...document } = body;
  // The module as it would be if nothing were said of it.
  const base = modulesOf([{ kind: "Module", document: { name, fields: [], triggers: [] } }]).get(name);
  if (!base) return document;
  const isOwn = ([key, value]: [string, unknown]): boolean => !((key === "label" || key === "singular") && value === base[key]);
  const known = new Map<unknown, Field>(base.fields.map((field) => [field.name, field]));
  const { fields } = document;
  const own = Array.isArray(fields)
    ? fields.filter((field) => !(isJsonObject(field) && isDeepStrictEqual(field, known.get(field["name"]))))
    : fields;
  return Object.fromEntries(Object.entries({ ...document, ...(own === undefined ? {} : { fields: own }) }).filter(isOwn));
}

function moduleView({ name, label, singular, aliases, idFields, fields, triggers }: Module, definitions: readonly Defined[]): ModuleView {
  const own = definitions.find(({ kind, entry }) => kind === "Module" && (entry.name === name || aliases.includes(entry.name)));
  const builtIn = CATALOGUE.some((module) => module.name === name);
  const idField = own?.kind === "Module" && own.document.idField !== undefined ? { idField: own.document.idField } : {};
  return {
    name,
    label,
    singular,
    aliases,
    ...idField,
    idFields,
    fields,
    triggers,
    builtIn,
    managedBy: own?.entry.managedBy ?? "catalogue",
  };
}

function byName(a: ModuleView, b: ModuleView): number {
  return a.name < b.name ? -1 : 1;
}

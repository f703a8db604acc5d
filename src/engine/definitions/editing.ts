import type { Document } from "../../model/definition.ts";
import { RulewrightError } from "../../model/errors.ts";
import { validationError } from "../../model/issues.ts";
import { changeDefinitions, type Change, type ChangeDeps } from "./change.ts";
import { checkChange } from "./check-change.ts";
import { kindInWords, nameOf, titleOf, uniqueKeyOf } from "./identity.ts";
import { withPlaces } from "./order.ts";
import { merged, parseBody } from "./parse-body.ts";
import type { Defined } from "./snapshot.ts";
import { isRule, type DefinitionState } from "./state.ts";
import type { DefinitionUseCases, Expectation } from "./use-cases.ts";
import { definitionView, shown, type NamedKind } from "./view.ts";
import { save } from "./versions.ts";
import { moduleOf } from "../../model/definition.ts";

type Editing = Pick<DefinitionUseCases, "create" | "replace" | "patch" | "remove" | "rollback" | "clone">;

/** Changes of one definition made by REST or the library. `onRemoved`: a rule is gone, its pending runs are to be cancelled. */
export function createEditing(deps: ChangeDeps, onRemoved: (organization: string, rule: string) => Promise<void>): Editing {
  /** Saves a document as the next version of `old`, or as a new definition. */
  function put(state: DefinitionState, one: Document, old: Defined | null): Change<Defined> {
    const at = deps.now();
    refuseTwin(state, one, old);
    refuseOtherModule(one, old);
    checkChange(state, old?.entry.id ?? null, one, `${titleOf(one.kind, nameOf(one))} cannot be saved`, deps.checks);
    const { defined, version } = save(switchedAs(one, old), old, { sealing: deps.sealing, modules: state.modules, managedBy: "api", at });
    const active = "active" in one.document ? one.document.active : true;
    const entry = active === defined.entry.active ? defined.entry : { ...defined.entry, active, updatedAt: at };
    const { entries } = state.generation;
    const next = old ? entries.map((each) => (each.id === entry.id ? entry : each)) : [...entries, entry];
    const placed = withPlaces(next, fileOrder(state));
    const answer = { ...defined, entry: placed.find(({ id }) => id === entry.id) ?? entry };
    return { entries: placed, versions: version ? [version] : [], answer };
  }

  function editable(state: DefinitionState, kind: NamedKind, id: string, expects: Expectation | null): Defined {
    const found = findDefined(state.live, kind, id);
    refuseManaged(found);
    if (expects !== null && !expects.fits(definitionView(kind, found)))
      throw new RulewrightError("precondition_failed", `${titleOf(kind, found.entry.name)} is not what was asked for: ${expects.asked}`);
    return found;
  }

  return {
    async create(organization, kind, body) {
      const made = await changeDefinitions(deps, organization, (state) => put(state, parseBody(kind, body, null, state.modules), null));
      return definitionView(kind, made);
    },
    async replace(organization, kind, id, body, expects = null) {
      const saved = await changeDefinitions(deps, organization, (state) => {
        const old = editable(state, kind, id, expects);
        return put(state, parseBody(kind, body, old.document, state.modules), old);
      });
      return definitionView(kind, saved);
    },
    async patch(organization, kind, id, changes, expects = null) {
      const saved = await changeDefinitions(deps, organization, (state) => {
        const old = editable(state, kind, id, expects);
        return put(state, parseBody(kind, merged(currentOf(old), changes), old.document, state.modules), old);
      });
      return definitionView(kind, saved);
    },
    async remove(organization, kind, id, expects = null) {
      await changeDefinitions(deps, organization, (state) => {
        const old = editable(state, kind, id, expects);
        checkChange(state, id, null, `${titleOf(kind, old.entry.name)} is in use`, deps.checks);
        const at = deps.now();
        const entry = {
          ...old.entry,
          removed: true,
          active: false,
          updatedAt: at,
          ...(kind === "WorkflowRule" ? { cancelling: true as const } : {}),
        };
        const next = state.generation.entries.map((each) => (each.id === id ? entry : each));
        return { entries: withPlaces(next, fileOrder(state)), versions: [], answer: undefined };
      });
      if (kind === "WorkflowRule") await onRemoved(organization, id);
    },
    async rollback(organization, kind, id, number) {
      const [version] = await deps.store.definitions.versions(organization, [{ id, version: number }]);
      const saved = await changeDefinitions(deps, organization, (state) => {
        const old = editable(state, kind, id, null);
        // A removed definition's id may have versions that the present one's number is below.
        if (!version || version.kind !== kind || number > old.entry.version)
          throw new RulewrightError(
            "not_found",
            `${titleOf(kind, old.entry.name)} has no version ${number}; it has 1 to ${old.entry.version}`,
          );
        // Whether it runs is not a matter of its versions.
        const document = { ...shown(version.document), ...("active" in version.document ? { active: old.entry.active } : {}) };
        return put(state, parseBody(kind, document, { ...old.document, ...version.document } as Defined["document"], state.modules), old);
      });
      return definitionView(kind, saved);
    },
    async clone(organization, kind, id, changes) {
      const made = await changeDefinitions(deps, organization, (state) => {
        const old = findDefined(state.live, kind, id);
        const copy = { ...currentOf(old), name: freeName(state, old), ...("active" in old.document ? { active: false } : {}) };
        return put(state, parseBody(kind, merged(copy, changes), old.document, state.modules), null);
      });
      return definitionView(kind, made);
    },
  };
}

export function findDefined(definitions: readonly Defined[], kind: NamedKind, id: string): Defined {
  const found = definitions.find((one) => one.kind === kind && one.entry.id === id);
  if (!found) throw new RulewrightError("not_found", `There is no ${kindInWords(kind)} ${id}`);
  return found;
}

function refuseManaged({ kind, entry }: Defined): void {
  if (entry.managedBy !== "file") return;
  const how = kind === "WorkflowRule" ? "; it can be activated, deactivated and cloned here" : "";
  throw new RulewrightError("managed_by_file", `${titleOf(kind, entry.name)} comes from a rule file: change it there${how}`);
}

/** Switched on or off alone makes no version, so whether it runs is compared with nothing; the entry says it. */
function switchedAs(one: Document, old: Defined | null): Document {
  if (old === null || !("active" in one.document) || !("active" in old.document)) return one;
  return { kind: one.kind, document: { ...one.document, active: old.document.active } } as Document; // of its kind as before
}

/** A document as it stands now: whether a rule is active is the entry's word. */
function currentOf({ document, entry }: Defined): object {
  return { ...shown(document), ...("active" in document ? { active: entry.active } : {}) };
}

/** What a definition remembers, such as which records it fired for, is of its module. */
function refuseOtherModule(one: Document, old: Defined | null): void {
  const module = moduleOf(one);
  if (old === null || module === null || module === old.entry.module) return;
  const message = `expected ${old.entry.module}: ${titleOf(one.kind, old.entry.name)} stays in its module, got ${module}`;
  throw validationError([{ path: "module", message, hint: "make another one there" }]);
}

function refuseTwin(state: DefinitionState, one: Document, old: Defined | null): void {
  const key = uniqueKeyOf(one.kind, moduleOf(one), nameOf(one));
  const twin = state.live.find(({ kind, entry }) => entry.id !== old?.entry.id && uniqueKeyOf(kind, entry.module, entry.name) === key);
  if (!twin) return;
  const where = twin.entry.managedBy === "file" ? "comes from a rule file" : `is ${twin.entry.id}`;
  throw new RulewrightError("conflict", `There is already ${an(titleOf(one.kind, nameOf(one)))}: it ${where}`, {
    issues: [{ path: "name", message: `expected a name that no other ${kindInWords(one.kind)} has, got "${nameOf(one)}"` }],
  });
}

function an(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

/** Rules from files in the order in which they run now. */
export function fileOrder(state: DefinitionState): readonly string[] {
  return state.generation.entries
    .filter((entry) => isRule(entry) && entry.managedBy === "file")
    .toSorted((a, b) => a.order - b.order)
    .map(({ id }) => id);
}

/** `thank-you copy`, `thank-you copy 2`, ... */
function freeName(state: DefinitionState, { kind, entry }: Defined): string {
  const taken = new Set(state.live.map((one) => uniqueKeyOf(one.kind, one.entry.module, one.entry.name)));
  const base = `${entry.name.slice(0, 90)} copy`;
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!taken.has(uniqueKeyOf(kind, entry.module, name))) return name;
  }
}

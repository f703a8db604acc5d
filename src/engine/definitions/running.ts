import type { DefinitionEntry } from "../../model/definition.ts";
import { RulewrightError } from "../../model/errors.ts";
import { validationError } from "../../model/issues.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { changeDefinitions, type ChangeDeps } from "./change.ts";
import { fileOrder, findDefined } from "./editing.ts";
import { withPlaces } from "./order.ts";
import { titleOf } from "./identity.ts";
import { isRule, isShown } from "./state.ts";
import type { DefinitionUseCases } from "./use-cases.ts";
import { definitionView } from "./view.ts";

/** Whether and in which order rules run: allowed for those from files, too. `onCancel`: a rule's pending runs are to be cancelled. */
export function createRunning(
  deps: ChangeDeps,
  onCancel: (organization: string, rule: string) => Promise<void>,
): Pick<DefinitionUseCases, "activate" | "deactivate" | "order"> {
  async function setActive(organization: string, id: string, active: boolean, cancel: boolean) {
    const changed = await changeDefinitions(deps, organization, (state) => {
      const { entry, ...rest } = findDefined(state.all.filter(isShown), "WorkflowRule", id);
      if (active && entry.removed)
        throw new RulewrightError("managed_by_file", `${titleOf("WorkflowRule", entry.name)} left its folder: put its document back`);
      const at = deps.now();
      const next: DefinitionEntry = {
        ...entry,
        active,
        updatedAt: entry.active === active ? entry.updatedAt : at,
        ...(cancel ? { cancelling: true as const } : {}),
      };
      const entries = state.generation.entries.map((each) => (each.id === id ? next : each));
      return { entries, versions: [], answer: { ...rest, entry: next } };
    });
    if (cancel) await onCancel(organization, id);
    // `rest` is that of the definition found; the spread hides from the compiler that its kind and document still go together.
    return definitionView("WorkflowRule", changed as Parameters<typeof definitionView>[1]);
  }

  return {
    activate: (organization, id) => setActive(organization, id, true, false),
    deactivate: (organization, id, pendingRuns) => setActive(organization, id, false, pendingRuns === "cancel"),
    async order(organization, name, asked) {
      const definitions = await changeDefinitions(deps, organization, (state) => {
        const module = state.modules.get(name)?.name;
        if (module === undefined) throw validationError([unknownName("module", "module", name, [...state.modules.keys()])]);
        // A list shows those that left their folder, too; they have no place among the others.
        const gone = new Set(state.all.filter(({ entry }) => entry.removed).map(({ entry }) => entry.id));
        const ids = asked.filter((id) => !gone.has(id));
        const rules = state.live.filter(({ entry }) => isRule(entry) && entry.module === module);
        refuseOtherIds(
          rules.map(({ entry }) => entry.id),
          ids,
          module,
        );
        const places = new Map(ids.map((id, index) => [id, index + 1]));
        const entries = state.generation.entries.map((entry) => ({ ...entry, order: places.get(entry.id) ?? entry.order }));
        // Files say in which order theirs run; a place among them is REST's to give to its own.
        if (withPlaces(entries, fileOrder(state)).some((entry, index) => entry.order !== entries[index]?.order))
          throw new RulewrightError(
            "managed_by_file",
            "Rules from files run in the order of their files: change it there; others can stand anywhere between them",
          );
        const byId = new Map(entries.map((entry) => [entry.id, entry]));
        const answer = rules
          .map((rule) => ({ ...rule, entry: byId.get(rule.entry.id) ?? rule.entry }))
          .toSorted((a, b) => a.entry.order - b.entry.order);
        return { entries, versions: [], answer };
      });
      return definitions.map((one) => definitionView("WorkflowRule", one));
    },
  };
}

function refuseOtherIds(known: readonly string[], ids: readonly string[], module: string): void {
  const missing = known.filter((id) => !ids.includes(id));
  const issues = [
    ...ids.flatMap((id, index) =>
      known.includes(id) ? [] : [{ path: `ids.${index}`, message: `expected the id of a rule of ${module}, got "${id}"` }],
    ),
    ...ids.flatMap((id, index) => (ids.indexOf(id) === index ? [] : [{ path: `ids.${index}`, message: `${id} stands twice` }])),
    ...(missing.length > 0 ? [{ path: "ids", message: `expected every rule of ${module}, missing: ${missing.join(", ")}` }] : []),
  ];
  if (issues.length > 0) throw validationError(issues);
}

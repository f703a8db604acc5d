import { fromCursor, toCursor } from "../../store/cursor.ts";
import type { Page, PageRequest } from "../../store/page.ts";
import type { Store } from "../../store/store.ts";
import type { Definitions } from "./definitions.ts";
import { findDefined } from "./editing.ts";
import type { Defined } from "./snapshot.ts";
import { isShown } from "./state.ts";
import type { DefinitionFilter, DefinitionUseCases } from "./use-cases.ts";
import { definitionView, versionView, type NamedKind } from "./view.ts";

/** Definitions as they are now, and their versions. */
export function createDefinitionLists(store: Store, definitions: Definitions): Pick<DefinitionUseCases, "list" | "get" | "versions"> {
  const one = (organization: string, kind: NamedKind, id: string): Defined =>
    findDefined(definitions.current(organization).all.filter(isShown), kind, id);
  return {
    async list(organization, kind, filter, request) {
      const all = definitions.current(organization).all.filter((each) => each.kind === kind && isShown(each));
      const page = pageOf(all.filter(matcher(filter, definitions, organization)), request);
      return { data: page.data.map((each) => definitionView(kind, each)), nextCursor: page.nextCursor };
    },
    get: async (organization, kind, id) => definitionView(kind, one(organization, kind, id)),
    async versions(organization, kind, id, { limit, cursor }) {
      const newest = Math.min(
        one(organization, kind, id).entry.version,
        cursor === null ? Infinity : Math.floor(fromCursor(cursor, ["number"])[0]) - 1,
      );
      const numbers = Array.from({ length: Math.max(0, Math.min(limit, newest)) }, (_, index) => newest - index);
      const found = await store.definitions.versions(
        organization,
        numbers.map((version) => ({ id, version })),
      );
      const last = numbers.at(-1) ?? 1;
      return {
        data: found.toSorted((a, b) => b.version - a.version).map((version) => versionView(kind, version)),
        nextCursor: last > 1 ? toCursor([last]) : null,
      };
    },
  };
}

function matcher({ module, active }: DefinitionFilter, definitions: Definitions, organization: string): (one: Defined) => boolean {
  const name = module === undefined ? undefined : (definitions.current(organization).modules.get(module)?.name ?? module);
  return ({ entry }) => (name === undefined || entry.module === name) && (active === undefined || entry.active === active);
}

/** What a list is sorted by and its cursor says; the id makes it unique. */
function sortKey({ entry }: Defined): readonly [string, number, string, string] {
  return [entry.module ?? "", entry.kind === "WorkflowRule" ? entry.order : 0, entry.name, entry.id];
}

type SortKey = ReturnType<typeof sortKey>;

function compare(a: SortKey, b: SortKey): number {
  for (const index of [0, 1, 2, 3] as const) {
    if (a[index] < b[index]) return -1;
    if (a[index] > b[index]) return 1;
  }
  return 0;
}

function pageOf(all: readonly Defined[], { limit, cursor }: PageRequest): Page<Defined> {
  const after = cursor === null ? null : fromCursor(cursor, ["string", "number", "string", "string"]);
  const rest = all.toSorted((a, b) => compare(sortKey(a), sortKey(b))).filter((one) => after === null || compare(sortKey(one), after) > 0);
  const data = rest.slice(0, limit);
  const last = data.at(-1);
  const more = rest.length > limit && last !== undefined;
  return { data, nextCursor: more ? toCursor(sortKey(last)) : null };
}

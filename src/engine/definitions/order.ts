import type { DefinitionEntry } from "../../model/definition.ts";
import { isRule } from "./state.ts";

/**
 * Gives the rules of each module their places, from 1. Rules from files run in the order of their documents (`fileIds`), those made by
 * REST stay behind as many of them as before; a new one runs last.
 */
export function withPlaces(entries: readonly DefinitionEntry[], fileIds: readonly string[]): readonly DefinitionEntry[] {
  const rank = new Map(fileIds.map((id, index) => [id, index]));
  const places = new Map<string, number>();
  for (const module of new Set(entries.filter(isRule).map((entry) => entry.module))) {
    const rules = entries.filter((entry) => isRule(entry) && entry.module === module);
    const files = rules.filter(({ id }) => rank.has(id)).toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0));
    const own = rules.filter(({ id }) => !rank.has(id)).toSorted((a, b) => lastIfNew(a) - lastIfNew(b));
    merge(files, own).forEach(({ id }, index) => places.set(id, index + 1));
  }
  return entries.map((entry) => {
    const order = places.get(entry.id);
    return order === undefined || order === entry.order ? entry : { ...entry, order };
  });
}

/** Rules from files in their order, each of the others behind as many of them as it was. */
function merge(files: readonly DefinitionEntry[], own: readonly DefinitionEntry[]): readonly DefinitionEntry[] {
  const behind = new Map(own.map((rule) => [rule.id, files.filter((file) => file.order !== 0 && file.order < lastIfNew(rule)).length]));
  return [
    ...own.filter(({ id }) => behind.get(id) === 0),
    ...files.flatMap((file, index) => [file, ...own.filter(({ id }) => behind.get(id) === index + 1)]),
  ];
}

function lastIfNew({ order }: DefinitionEntry): number {
  return order === 0 ? Infinity : order;
}

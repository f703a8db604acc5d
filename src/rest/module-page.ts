import type { ModuleView } from "../engine/definitions/use-cases.ts";
import type { Page, PageRequest } from "../store/page.ts";

/** They are all at hand, so a page is a slice; the cursor is the last name of the page before. */
export function pageOfModules(all: readonly ModuleView[], { limit, cursor }: PageRequest): Page<ModuleView> {
  const rest = cursor === null ? all : all.filter(({ name }) => name > cursor);
  const data = rest.slice(0, limit);
  return { data, nextCursor: rest.length > limit ? (data.at(-1)?.name ?? null) : null };
}

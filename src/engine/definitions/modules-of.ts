import { CATALOGUE } from "../../model/catalogue.ts";
import type { Document } from "../../model/definition.ts";
import { resolveModules, type Modules } from "../../model/module.ts";

/** The catalogue with the module documents of a set laid over it, in their order. */
export function modulesOf(documents: readonly Document[]): Modules {
  return resolveModules(
    CATALOGUE,
    documents.flatMap((one) => (one.kind === "Module" ? [one.document] : [])),
  );
}

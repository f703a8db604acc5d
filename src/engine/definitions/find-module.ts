import { RulewrightError } from "../../model/errors.ts";
import type { Module, Modules } from "../../model/module.ts";
import { nearest } from "../../model/nearest.ts";

/** The module of a name or alias. @throws RulewrightError not_found */
export function findModule(modules: Modules, name: string): Module {
  const module = modules.get(name);
  if (module) return module;
  const near = nearest(name, modules.keys());
  throw new RulewrightError("not_found", `There is no module "${name}"${near === null ? "" : `; did you mean "${near}"?`}`);
}

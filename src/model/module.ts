import { z } from "zod";
import { Field } from "./field.ts";

const moduleName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "expected a-z, 0-9 and _, beginning with a letter");

/** A module of one's own, or more fields for a built-in one. */
export const ModuleDocument = z
  .strictObject({
    name: moduleName.describe("The module's name, plural; that of a built-in one adds to it."),
    label: z.string().min(1).max(100).optional().describe("What people call it; without it, the name."),
    singular: moduleName
      .optional()
      .describe("Keys the default payload, placeholders and function arguments; without it, the name without its final s."),
    idField: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("The field that holds a record's id; without it, the singular with _id, then id."),
    fields: z.array(Field).default([]).describe("Its fields, or more fields of a built-in module; one of the same name takes its place."),
    triggers: z.array(moduleName).default([]).describe("Names of custom triggers, which events and rules of this module may use."),
  })
  .describe("A kind of record of your own, or more fields for a built-in one.");
export type ModuleDocument = z.infer<typeof ModuleDocument>;

/** A kind of record as the engine uses it: the catalogue's and the organization's own fields together. */
export type Module = {
  /** Plural and unique: `invoices`. */
  readonly name: string;
  readonly label: string;
  /** Other names that mean this module: `estimates` for `quotes`. */
  readonly aliases: readonly string[];
  /** Keys the default payload, placeholders and function arguments: `invoice`. */
  readonly singular: string;
  /** Where a record's id stands, tried in order: `quote_id`, `estimate_id`, `id`. */
  readonly idFields: readonly string[];
  readonly fields: readonly Field[];
  /** Custom trigger names that events and rules may use. */
  readonly triggers: readonly string[];
};

/** All modules of an organization by name and by alias. */
export type Modules = ReadonlyMap<string, Module>;

/** The built-in catalogue with the organization's own module documents laid over it. A document that names an alias adds to the module behind it. */
export function resolveModules(builtIn: readonly Module[], documents: readonly ModuleDocument[]): Modules {
  const byName = new Map(builtIn.map((module) => [module.name, module]));
  const nameOf = new Map(builtIn.flatMap((module) => module.aliases.map((alias) => [alias, module.name])));
  for (const document of documents) {
    const name = nameOf.get(document.name) ?? document.name;
    byName.set(name, lay(byName.get(name), { ...document, name }));
  }
  const all = new Map<string, Module>();
  for (const module of byName.values()) for (const name of [module.name, ...module.aliases]) all.set(name, module);
  return all;
}

function lay(base: Module | undefined, document: ModuleDocument): Module {
  const singular = document.singular ?? base?.singular ?? document.name.replace(/s$/, "");
  const own = new Set(document.fields.map((field) => field.name));
  const idFields = document.idField ? [document.idField, "id"] : (base?.idFields ?? [`${singular}_id`, "id"]);
  return {
    name: document.name,
    label: document.label ?? base?.label ?? document.name,
    aliases: base?.aliases ?? [],
    singular,
    idFields: [...new Set(idFields)],
    fields: [...(base?.fields ?? []).filter((field) => !own.has(field.name)), ...document.fields],
    triggers: [...new Set([...(base?.triggers ?? []), ...document.triggers])],
  };
}

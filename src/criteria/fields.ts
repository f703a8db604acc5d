import type { Field } from "../model/field.ts";
import type { Module } from "../model/module.ts";

/** A field that may stand at top level under its name, or in `custom_fields` under its name or label. */
export type CustomField = { readonly name: string; readonly label?: string };

/** What the catalogue knows of a path; `field` is null where it knows nothing. */
export type FieldAddress = { readonly field: Field | null; readonly customField: CustomField | null };

const CUSTOM_FIELDS = "custom_fields.";

/** Finds a path (`status`, `billing_address.country`, `line_items.*.item_total`, `custom_fields.Quote Number`) in a module's fields. */
export function findField(module: Module, path: string): FieldAddress {
  const field = path.startsWith(CUSTOM_FIELDS) ? findCustom(module, path.slice(CUSTOM_FIELDS.length)) : findNested(module, path);
  if (isCustom(field?.name ?? path)) return { field, customField: customField(field?.name ?? path, field?.label) };
  return { field, customField: null };
}

/** True for a path that addresses any element of a list. */
export function isAnyPath(path: string): boolean {
  return path.split(".").includes("*");
}

function isCustom(name: string): boolean {
  return name.startsWith("cf_") && !name.includes(".");
}

function customField(name: string, label: string | undefined): CustomField {
  return label === undefined ? { name } : { name, label };
}

function findCustom(module: Module, key: string): Field | null {
  const label = key.toLowerCase();
  return module.fields.find((field) => isCustom(field.name) && (field.name === key || field.label?.toLowerCase() === label)) ?? null;
}

function findNested(module: Module, path: string): Field | null {
  let fields: readonly Field[] = module.fields;
  let found: Field | null = null;
  for (const segment of path.split(".")) {
    // A list's elements have its fields but not its type.
    found = segment === "*" ? null : (fields.find((field) => field.name === segment) ?? null);
    if (segment === "*") continue;
    if (found === null) return null;
    fields = found.fields ?? [];
  }
  return found;
}

import { findField, isAnyPath } from "../criteria/fields.ts";
import type { Issue } from "../model/errors.ts";
import type { Field } from "../model/field.ts";
import type { Module } from "../model/module.ts";
import { unknownName } from "../model/unknown-name.ts";

/** Names that lead to what every object has, never to a record's own. */
const HIDDEN_KEYS = new Set(["constructor", "prototype", "__proto__"]);

/**
 * What is wrong with a path that an action names, which stands at `at`: a field must be declared, be a custom one (`cf_...`, `custom_fields.<label>`)
 * or lie inside an object or list whose own fields are not declared.
 */
export function checkFieldPath(path: string, module: Module, at: string, { many }: { readonly many: boolean }): readonly Issue[] {
  if (isAnyPath(path) && !many) return [{ path: at, message: `expected one field, got "${path}", which is any element of a list` }];
  const segments = path.split(".");
  if (segments.some((segment) => segment === "" || HIDDEN_KEYS.has(segment))) return [{ path: at, message: `"${path}" is no field` }];
  return isKnown(segments, module) ? [] : [unknownName(at, "field", path, fieldPaths(module.fields))];
}

function isKnown(segments: readonly string[], module: Module): boolean {
  const [first = ""] = segments;
  if (first.startsWith("cf_") || module.idFields.includes(first))
    return segments.length === 1 || findField(module, first).field?.fields === undefined;
  if (first === "custom_fields" && segments.length > 1) return true;
  for (let length = 1; length <= segments.length; length++) {
    if (segments[length - 1] === "*") continue;
    const { field } = findField(module, segments.slice(0, length).join("."));
    if (!field) return false;
    if ((field.type === "object" || field.type === "list") && field.fields === undefined) return true;
  }
  return true;
}

/** Every path there is to misspell, elements of lists included. */
function fieldPaths(fields: readonly Field[]): readonly string[] {
  return fields.flatMap(({ name, type, fields: inner = [] }) => [
    name,
    ...fieldPaths(inner).map((below) => (type === "list" ? `${name}.*.${below}` : `${name}.${below}`)),
  ]);
}

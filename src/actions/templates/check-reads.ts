import type { Issue } from "../../model/errors.ts";
import type { Module } from "../../model/module.ts";
import { nearest } from "../../model/nearest.ts";
import { Organization, organizationMap } from "../../model/organization.ts";
import { findField } from "../../criteria/fields.ts";
import { userMap } from "./data.ts";
import type { Read } from "./parse.ts";

/** What is known of each variable but the records, which may hold more than their module declares. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  event: ["id", "type", "module", "occurredAt", "origin"],
  rule: ["id", "name", "version"],
  organization: Object.keys(organizationMap(Organization.parse({}))),
  user: Object.keys(userMap({ id: "", name: "", email: "", roles: [] }) ?? {}),
};

/**
 * Reads of what is not there, which would print nothing. A field of the record that no module declares is let through, as in criteria,
 * unless its name is nearly that of one that is declared.
 */
export function checkReads(reads: readonly Read[], path: string, module: Module): readonly Issue[] {
  const fields = [...module.fields.map(({ name }) => name), ...module.idFields];
  return reads.flatMap(({ variable, key, line, column }): readonly Issue[] => {
    const isRecord = variable === "record" || variable === "previous";
    const known = isRecord ? fields : (KEYS[variable] ?? []);
    if (known.includes(key) || (isRecord && (key === "custom_fields" || findField(module, key).field !== null))) return [];
    const near = nearest(key, known);
    if (isRecord && (near === null || key.startsWith("cf_"))) return [];
    const what = isRecord ? `unknown field "${key}" of ${module.name}` : `unknown key "${key}" of ${variable}`;
    const hint = near === null ? `known: ${known.join(", ")}` : `did you mean "${variable}.${near}"?`;
    return [{ path, message: `line ${line}, column ${column}: ${what}`, hint, unknownName: key }];
  });
}

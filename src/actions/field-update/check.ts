import { FAMILY } from "../../criteria/comparators.ts";
import { findField } from "../../criteria/fields.ts";
import type { FieldUpdate } from "../../model/actions/field-update.ts";
import type { Issue } from "../../model/errors.ts";
import type { FieldType } from "../../model/field.ts";
import type { Module } from "../../model/module.ts";
import { checkFieldPath } from "../field-path.ts";
import { checkLiteral } from "./literal.ts";

/** Types that can hold a date which was counted from another. */
const HOLDS_DATES: ReadonlySet<FieldType> = new Set(["date", "datetime", "text", "textarea"]);

/** What is wrong with a field update beyond its schema. */
export function checkFieldUpdate({ field, value }: FieldUpdate, module: Module): readonly Issue[] {
  const target = checkTarget(field, module);
  if (value === undefined) return target;
  if (typeof value !== "object" || !("field" in value || "of" in value)) {
    return target.length > 0 ? target : checkLiteral(value, findField(module, field).field);
  }
  return [...target, ...("field" in value ? checkCopy(value.field, field, module) : checkDays(value.of, field, module))];
}

function checkTarget(path: string, module: Module): readonly Issue[] {
  if (module.idFields.includes(path)) return [{ path: "field", message: `${path} is the record's id, which cannot be updated` }];
  return checkSource(path, module, "field");
}

function checkSource(path: string, module: Module, at: string): readonly Issue[] {
  const unknown = checkFieldPath(path, module, at, { many: false });
  return unknown.length > 0 ? unknown : checkNoElement(path, module, at);
}

/** Without the `*`, `line_items.rate` still names a field of every element. */
function checkNoElement(path: string, module: Module, at: string): readonly Issue[] {
  const segments = path.split(".");
  const leads = segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("."));
  const list = leads.find((lead) => lead !== "custom_fields" && findField(module, lead).field?.type === "list");
  return list === undefined ? [] : [{ path: at, message: `expected one field, got "${path}", but ${list} is a list` }];
}

/** What cannot hold the other's values would write a value that criteria read as malformed. */
function checkCopy(from: string, to: string, module: Module): readonly Issue[] {
  const unknown = checkSource(from, module, "value.field");
  const [source, target] = [findField(module, from).field?.type, findField(module, to).field?.type];
  if (unknown.length > 0 || source === undefined || target === undefined) return unknown;
  if (FAMILY[source] === FAMILY[target] || FAMILY[target] === "text") return [];
  return [{ path: "value.field", message: `expected a field whose values ${to} can hold (${target}), got ${from}, which is ${source}` }];
}

function checkDays(of: string, path: string, module: Module): readonly Issue[] {
  const unknown = checkSource(of, module, "value.of");
  if (unknown.length > 0) return unknown;
  const from = findField(module, of).field?.type;
  if (from !== undefined && from !== "date" && from !== "datetime")
    return [{ path: "value.of", message: `expected a date or datetime field to count days from, got ${of}, which is ${from}` }];
  const to = findField(module, path).field?.type;
  if (to === undefined || HOLDS_DATES.has(to)) return [];
  return [{ path: "value", message: `expected a field that can hold a date, but ${path} is ${to}` }];
}

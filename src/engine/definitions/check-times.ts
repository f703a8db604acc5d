import { findField, isAnyPath } from "../../criteria/fields.ts";
import type { Issue } from "../../model/errors.ts";
import type { Module } from "../../model/module.ts";
import { nearest } from "../../model/nearest.ts";
import type { DateTrigger, ExecutionTime } from "../../model/rule.ts";
import { dueAt, offsetOf } from "../../time/offset.ts";

/** What a date trigger counts from, and how far. */
export function checkDateTrigger({ field, when }: DateTrigger, module: Module): readonly Issue[] {
  return [...checkDateField(field, module, "trigger.field"), ...checkLength(when, "trigger.when")];
}

/** What a time-based action counts from, and how far. */
export function checkExecutionTime(execute: ExecutionTime, module: Module, path: string): readonly Issue[] {
  if ("before" in execute && execute.of === "trigger") {
    const message = 'expected a date field to count back from, got "trigger": before it happens nobody knows of it';
    return [{ path: `${path}.of`, message, hint: `date fields: ${dateFields(module).join(", ")}` }];
  }
  return [...(execute.of === "trigger" ? [] : checkDateField(execute.of, module, `${path}.of`)), ...checkLength(execute, path)];
}

function checkDateField(name: string, module: Module, path: string): readonly Issue[] {
  const { field } = findField(module, name);
  const isDate = field?.type === "date" || field?.type === "datetime";
  if (isDate && !isAnyPath(name)) return [];
  const dates = dateFields(module);
  const near = nearest(name, dates);
  const got = isDate ? `${name}, which may be several` : field ? `${name}, which is ${field.type}` : `"${name}"`;
  const hint = near === null ? `date fields: ${dates.join(", ")}` : `did you mean "${near}"?`;
  return [{ path, message: `expected a date or datetime field of module ${module.name}, got ${got}`, hint, unknownName: name }];
}

function dateFields({ fields }: Module): readonly string[] {
  return fields.filter(({ type }) => type === "date" || type === "datetime").map(({ name }) => name);
}

/** From any day of our time, so that it does not depend on the one on which it is asked. */
const DAY = { day: "2000-01-01" };

/** What leads out of the calendar would never be due. */
function checkLength(length: DateTrigger["when"], path: string): readonly Issue[] {
  const offset = offsetOf(length, undefined);
  if (dueAt(DAY, offset, "UTC") !== null) return [];
  const { direction, duration } = offset;
  const [unit = "", count = 0] = Object.entries(duration)[0] ?? [];
  const message = `expected a length of time that stays within the years 0000 to 9999, got ${count} ${unit} ${direction}`;
  return [{ path: `${path}.${direction}.${unit}`, message }];
}

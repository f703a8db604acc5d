import { findField } from "../../criteria/fields.ts";
import { parseMoment } from "../../criteria/moment.ts";
import { createRead } from "../../criteria/read.ts";
import type { FieldUpdate } from "../../model/actions/field-update.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Module } from "../../model/module.ts";
import { relativeDay } from "../../time/relative.ts";
import { dayText } from "../../time/zone.ts";

/** Why a field cannot be set on this record; the message is for the log, and trying again cannot help. */
export class FieldUpdateError extends Error {
  override readonly name = "FieldUpdateError";
}

/**
 * What the field is to hold: a literal, what another field of the record holds (null where empty), so many days from a date, or null.
 * @throws FieldUpdateError where the date to count from is missing or none.
 */
export function valueFor({ field, value }: FieldUpdate, record: JsonObject, module: Module, zone: string): Json {
  if (value === undefined) return null;
  if (typeof value !== "object" || !("field" in value || "of" in value)) return value;
  if ("field" in value) return read(value.field, record, module) ?? null;
  const from = read(value.of, record, module);
  const moment = typeof from === "string" ? parseMoment(from, zone) : null;
  if (typeof from !== "string" || moment === null)
    throw new FieldUpdateError(`${field} cannot be set, because ${value.of} ${notADate(from)}`);
  // A date field holds the organization's day of an instant; anything else keeps the form of what is counted from.
  const isDay = findField(module, field).field?.type === "date";
  const day = relativeDay(isDay ? dayText(moment.day) : from.slice(0, 10), { days: value.days });
  if (day === null) throw new FieldUpdateError(`${field} cannot be set, because ${value.days} days from ${from} is outside the calendar`);
  return isDay ? day : day + from.slice(10);
}

function read(path: string, record: JsonObject, module: Module): Json | undefined {
  return createRead(path, findField(module, path).customField)(record);
}

function notADate(value: Json | undefined): string {
  return value === undefined || value === null || value === ""
    ? "is empty"
    : `holds ${JSON.stringify(value).slice(0, 100)}, which is no date`;
}

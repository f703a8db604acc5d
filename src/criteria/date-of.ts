import type { JsonObject } from "../model/json.ts";
import type { CriteriaContext } from "./facts.ts";
import { findField } from "./fields.ts";
import { parseMoment } from "./moment.ts";
import { createRead } from "./read.ts";
import { dayText, startOfDay } from "../time/zone.ts";

/** What a date or datetime field says, ms; a date is its day's first instant in the zone. Null where it is empty or malformed. */
export function dateOf(path: string, record: JsonObject, { module, zone }: CriteriaContext): number | null {
  const value = createRead(path, findField(module, path).customField)(record);
  if (typeof value !== "string") return null;
  const moment = parseMoment(value, zone);
  if (moment === null) return null;
  return moment.ms ?? startOfDay(dayText(moment.day), zone);
}

import type { JsonObject } from "../model/json.ts";
import type { Anchor } from "../time/anchor.ts";
import { dayText } from "../time/zone.ts";
import type { CriteriaContext } from "./facts.ts";
import { findField } from "./fields.ts";
import { parseMoment } from "./moment.ts";
import { createRead } from "./read.ts";

/**
 * What a date or datetime field says: a day, or an instant, of which a field of type date has the day in the zone. Null where it is empty or
 * malformed.
 */
export function dateOf(path: string, record: JsonObject, { module, zone }: CriteriaContext): Anchor | null {
  const { field, customField } = findField(module, path);
  const value = createRead(path, customField)(record);
  if (typeof value !== "string") return null;
  const moment = parseMoment(value, zone);
  if (moment === null) return null;
  return moment.ms === null || field?.type === "date" ? { day: dayText(moment.day) } : { instant: moment.ms };
}

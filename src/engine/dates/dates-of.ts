import { dateOf } from "../../criteria/date-of.ts";
import type { RuleSet } from "../../decide/rule-set.ts";
import type { JsonObject } from "../../model/json.ts";
import type { DateKey } from "../../store/dates.ts";
import { dateKey } from "../../time/date-keys.ts";

/** A record's dates that date rules of its module wait for, as the date index has them; null where there is no such rule. */
export function datesOf(set: RuleSet, record: JsonObject): readonly DateKey[] | null {
  if (set.dated.length === 0) return null;
  return set.dated.flatMap(({ field, cycle }) => {
    const anchor = dateOf(field, record, set);
    return anchor === null ? [] : [{ field, cycle, key: dateKey(anchor, cycle, set.zone) }];
  });
}

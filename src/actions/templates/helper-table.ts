import { compareDecimals, parseDecimal } from "../../criteria/decimal.ts";
import { isList } from "../../criteria/list.ts";
import type { Json } from "../../model/json.ts";
import type { Organization } from "../../model/organization.ts";
import { formatDate } from "./format-date.ts";
import { formatMoney, formatNumber } from "./format-number.ts";

export type Value = Json | undefined;

type Helper = { readonly takes: number; readonly call: (args: readonly Value[], organization: Organization) => Value };

/** What `{{name value}}` can do; each is a pure function of its arguments and the organization's settings. An absent value stays absent. */
export const HELPERS = {
  formatMoney: { takes: 1, call: ([value], { currencySymbol }) => formatMoney(textOf(value), currencySymbol) },
  formatDate: {
    takes: 1,
    call: ([value], { dateFormat, languageCode, timeZone }) =>
      formatDate(textOf(value), { format: dateFormat, languageCode, zone: timeZone }),
  },
  formatNumber: { takes: 1, call: ([value]) => formatNumber(textOf(value)) },
  default: { takes: 2, call: ([value, otherwise]) => (value === undefined || value === null || value === "" ? otherwise : value) },
  eq: { takes: 2, call: ([a, b]) => isSame(textOf(a), textOf(b)) },
  lower: { takes: 1, call: ([value]) => textOf(value).toLowerCase() },
  upper: { takes: 1, call: ([value]) => textOf(value).toUpperCase() },
} as const satisfies Record<string, Helper>;
export type HelperName = keyof typeof HELPERS;

export function isHelperName(name: string): name is HelperName {
  return Object.hasOwn(HELPERS, name);
}

/** A value as it is printed: as Handlebars does, but nothing that the data brings along is ever called. */
export function textOf(value: Value): string {
  if (value === undefined || value === null) return "";
  if (isList(value)) return value.map(textOf).join(",");
  return typeof value === "object" ? "[object Object]" : String(value);
}

/** Equal texts, or numbers of one value: a record's `"12000.0"` is 12000. */
function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  return left !== null && right !== null && compareDecimals(left, right) === 0;
}

import type { CriterionVerdict } from "../../criteria/explain.ts";
import { createRead } from "../../criteria/read.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { relativeDay } from "../../time/relative.ts";
import { printable } from "../printable.ts";

/** What a criterion's values refer to: the record, and the day (YYYY-MM-DD) of its event. */
export type Surroundings = { readonly record: JsonObject; readonly day: string };

const SHOWN_ELEMENTS = 5;
const SHOWN_CHARACTERS = 60;

/** Comparators that read their values as numbers or dates, so that quotes would only puzzle. */
const ORDERING: ReadonlySet<string> = new Set(["greaterThan", "greaterEqual", "lessThan", "lessEqual", "between", "notBetween"]);

/** What stands in the record, as a person reads it: texts in quotes, what is missing as "empty", long lists and texts cut. */
export function actualInWords({ actual, expected, comparator }: CriterionVerdict): string {
  return valueInWords(actual, ORDERING.has(comparator) || typeof expected === "number");
}

/** What the rule compares with: a value, each of a list, a relative date with its day, another field with what it holds. */
export function expectedInWords({ actual, expected, comparator }: CriterionVerdict, surroundings: Surroundings): readonly string[] {
  const bare = ORDERING.has(comparator) || typeof actual === "number";
  const operands: readonly Json[] = Array.isArray(expected) ? expected : [expected];
  return operands.map((operand) => operandInWords(operand, bare, surroundings));
}

function operandInWords(operand: Json, bare: boolean, { record, day }: Surroundings): string {
  if (!isJsonObject(operand)) return valueInWords(operand, bare);
  const { field } = operand;
  if (typeof field === "string") {
    const value = createRead(field, null)(record);
    return `${field} of the same record${value === undefined ? "" : ` (${valueInWords(value, bare)})`}`;
  }
  const [unit = "days", count = 0] = Object.entries(operand)[0] ?? [];
  const distance = Math.abs(Number(count));
  if (distance === 0) return `the event's day (${day})`;
  // Its unit and count were checked when the rule was saved, so it is one of the four relative dates.
  const date = relativeDay(day, { [unit]: Number(count) } as Parameters<typeof relativeDay>[1]);
  const length = `${distance} ${distance === 1 ? unit.replace(/s$/, "") : unit}`;
  return `${length} ${Number(count) < 0 ? "before" : "after"} the event's day${date === null ? "" : ` (${date})`}`;
}

/** @param bare numbers and dates that arrived as text are shown without quotes. */
function valueInWords(value: Json, bare: boolean): string {
  if (isEmpty(value)) return "empty";
  if (Array.isArray(value)) return listInWords(value.map((element: Json) => valueInWords(element, bare)));
  if (typeof value === "string") return bare && /^[+-]?\.?\d[\dT:.+eEZ%-]*$/.test(value) ? value : quote(value);
  return shorten(printable(JSON.stringify(value)));
}

/** `a, b and 7 more`. */
export function listInWords(elements: readonly string[]): string {
  const more = elements.length - SHOWN_ELEMENTS;
  return more > 0 ? `${elements.slice(0, SHOWN_ELEMENTS).join(", ")} and ${more} more` : elements.join(", ");
}

function isEmpty(value: Json): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function quote(text: string): string {
  return printable(JSON.stringify(shorten(text)));
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 3)}...` : text;
}

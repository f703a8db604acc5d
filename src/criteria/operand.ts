import type { RelativeDate } from "../model/criterion.ts";
import { relativeDay } from "../time/relative.ts";
import { ROWS, valueType } from "./comparators.ts";
import type { Leaf, LeafOperand, Reference } from "./conditions.ts";
import { createDecoder } from "./decode.ts";
import { MALFORMED, type Decoded } from "./decoded.ts";
import type { Facts } from "./facts.ts";
import { isAnyPath } from "./fields.ts";
import { parseDay, plainDate } from "./moment.ts";
import { createRead } from "./read.ts";

/** One value of a criterion: the same for every event, or read from each. */
export type OperandReader = { readonly constant: Decoded } | { readonly read: (facts: Facts) => Decoded };

/** How a leaf's value, or an element of it, is read: a literal by the field's type, a relative date from the event's day, another field of the record. */
export function createOperand(value: LeafOperand, { operator, params }: Pick<Leaf, "operator" | "params">, zone: string): OperandReader {
  if (typeof value === "object" && value !== null) return { read: "fact" in value ? readReference(value, zone) : readRelative(value) };
  const type = valueType(ROWS[operator], params.type);
  return { constant: createDecoder(type, { caseSensitive: params.caseSensitive ?? false, zone })(value) };
}

function readReference({ fact, params }: Reference, zone: string): (facts: Facts) => Decoded {
  // Which element would be meant is not known; checkCriteria refuses it.
  if (isAnyPath(fact)) return () => MALFORMED;
  const read = createRead(fact, params.customField ?? null);
  const decode = createDecoder(params.type, { caseSensitive: params.caseSensitive ?? false, zone });
  return (facts) => decode(read(facts.record));
}

function readRelative(relative: RelativeDate): (facts: Facts) => Decoded {
  let lastDay = "";
  let last: Decoded = MALFORMED;
  return ({ day }) => {
    if (day !== lastDay) {
      const text = relativeDay(day, relative);
      const number = text === null ? null : parseDay(text);
      last = number === null ? MALFORMED : plainDate(number);
      lastDay = day;
    }
    return last;
  };
}

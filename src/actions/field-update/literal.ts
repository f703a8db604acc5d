import { createDecoder } from "../../criteria/decode.ts";
import { type Decoded, EMPTY, MALFORMED } from "../../criteria/decoded.ts";
import { parseDay, parseMoment } from "../../criteria/moment.ts";
import type { FieldUpdateValue } from "../../model/actions/field-update.ts";
import type { Issue } from "../../model/errors.ts";
import type { Field, FieldType } from "../../model/field.ts";
import { nearest } from "../../model/nearest.ts";

type Literal = Exclude<FieldUpdateValue, { readonly field: string } | { readonly of: string }>;
type Row = { readonly expected: string; readonly fits: (value: Literal) => boolean };

/** What is wrong with a literal as the value of a field; a field that is not declared takes any. */
export function checkLiteral(value: Literal, field: Field | null): readonly Issue[] {
  if (value === "") return [issue("expected a value, got an empty one", "updateWithEmptyValue: true empties the field")];
  if (!field) return [];
  const { expected, fits } = ROWS[field.type];
  if (!fits(value)) {
    const quoted = typeof value !== "object" && fits(String(value)) ? `"${value}"` : undefined;
    return [issue(`expected ${expected} for ${field.name}, got ${JSON.stringify(value)}`, quoted)];
  }
  const chosen: readonly Literal[] = Array.isArray(value) ? value : [value];
  return field.options === undefined || field.options.length === 0 ? [] : chosen.flatMap((each) => checkOption(each, field.options ?? []));
}

function checkOption(value: Literal, options: readonly string[]): readonly Issue[] {
  const text = String(value);
  if (options.includes(text)) return [];
  const near = nearest(text, options);
  return [issue(`expected one of ${options.join(", ")}, got "${text}"`, near === null ? undefined : `did you mean ${near}?`)];
}

function issue(message: string, hint?: string): Issue {
  return { path: "value", message, ...(hint === undefined ? {} : { hint }) };
}

const TEXT: Row = { expected: "text", fits: (value) => typeof value === "string" };
const LIST: Row = { expected: "a list", fits: (value) => Array.isArray(value) };
const NO_LITERAL: Row = { expected: "{ field } or updateWithEmptyValue: true", fits: () => false };

const ROWS: Readonly<Record<FieldType, Row>> = {
  text: TEXT,
  textarea: TEXT,
  email: TEXT,
  phone: TEXT,
  url: TEXT,
  picklist: TEXT,
  lookup: { expected: "an id as text", fits: TEXT.fits },
  integer: { expected: "a whole number", fits: (value) => isWhole(decoded("integer", value)) },
  decimal: numeric("decimal"),
  currency: numeric("currency"),
  percent: { expected: "a percentage such as 12.5 or 12.5%", fits: numeric("percent").fits },
  boolean: { expected: "true or false", fits: readable("boolean") },
  date: { expected: "a date such as 2026-11-20", fits: (value) => typeof value === "string" && parseDay(value) !== null },
  datetime: {
    expected: "an instant such as 2026-11-20T09:00:00Z",
    // A wall time's zone does not matter to whether it can be read.
    fits: (value) => typeof value === "string" && (parseMoment(value, "UTC")?.ms ?? null) !== null,
  },
  multiselect: LIST,
  list: LIST,
  attachment: NO_LITERAL,
  object: NO_LITERAL,
};

function numeric(type: FieldType): Row {
  return { expected: "a number such as 12000.50", fits: readable(type) };
}

function readable(type: FieldType): Row["fits"] {
  return (value) => {
    const read = decoded(type, value);
    return read !== MALFORMED && read !== EMPTY;
  };
}

function decoded(type: FieldType, value: Literal): Decoded {
  return createDecoder(type, { caseSensitive: true, zone: "UTC" })(value);
}

function isWhole(value: Decoded): boolean {
  if (typeof value === "number") return Number.isInteger(value);
  return typeof value === "object" && "kind" in value && value.kind === "decimal" && value.point >= value.digits.length;
}

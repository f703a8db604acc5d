import type { Criterion, Operand } from "../model/criterion.ts";
import type { Issue } from "../model/errors.ts";
import type { FieldType } from "../model/field.ts";
import type { Module } from "../model/module.ts";
import type { Limits } from "../model/organization.ts";
import { comparatorsFor, FAMILY, ROWS, valueType, type Row } from "./comparators.ts";
import { typeOf, type CriteriaBlock } from "./conditions.ts";
import { createDecoder } from "./decode.ts";
import { EMPTY, MALFORMED } from "./decoded.ts";
import { findField, isAnyPath } from "./fields.ts";
import { parsePattern } from "./pattern.ts";
import { compileRegex } from "./regex.ts";

/** What is wrong with a block's criteria and pattern, each with its path below the block (`criteria.0.comparator`, `pattern`). */
export function checkCriteria(block: CriteriaBlock, module: Module, limits: Pick<Limits, "criteriaPerCondition">): readonly Issue[] {
  const { criteria, pattern } = block;
  const most = limits.criteriaPerCondition;
  return [
    ...(criteria.length > most
      ? [{ path: "criteria", message: `expected at most ${most} criteria, got ${criteria.length}`, overLimit: true as const }]
      : []),
    ...checkPattern(pattern, criteria.length),
    ...criteria.flatMap((criterion, index) =>
      checkCriterion(criterion, module).map((issue) => ({ ...issue, path: `criteria.${index}.${issue.path}` })),
    ),
  ];
}

function checkPattern(pattern: string | undefined, criteria: number): readonly Issue[] {
  if (pattern === undefined) return [];
  if (criteria === 0) return [{ path: "pattern", message: "expected criteria for the pattern to combine, there are none" }];
  const parsed = parsePattern(pattern, criteria);
  return "error" in parsed ? [{ path: "pattern", message: parsed.error }] : [];
}

function checkCriterion(criterion: Criterion, module: Module): readonly Issue[] {
  const { comparator } = criterion;
  const field = checkField(criterion.field, module, "field");
  if (field.length > 0) return field;
  const type = typeOf(criterion, module);
  const row = ROWS[comparator];
  if (type && !row.fits.includes(FAMILY[type])) {
    const fitting = comparatorsFor(type).join(", ");
    return [
      { path: "comparator", message: `expected a comparator that ${type} fields take, got ${comparator}`, hint: `one of ${fitting}` },
    ];
  }
  return checkValue(criterion, row, type, module);
}

/** An unknown field is no mistake; a list's field that is addressed as if there were one element is. */
function checkField(path: string, module: Module, at: string): readonly Issue[] {
  const segments = path.split(".");
  if (segments.includes("")) return [{ path: at, message: `expected names with a point between them, got "${path}"` }];
  if (path.startsWith("custom_fields.")) return [];
  for (let length = 1; length < segments.length; length++) {
    const lead = segments.slice(0, length).join(".");
    const parent = findField(module, lead).field;
    const child = segments[length] ?? "";
    if (parent?.type === "list" && parent.fields?.some(({ name }) => name === child)) {
      const rest = segments.slice(length).join(".");
      return [{ path: at, message: `expected *, because ${lead} is a list, got "${path}"`, hint: `${lead}.*.${rest}` }];
    }
  }
  return [];
}

function checkValue(criterion: Criterion, row: Row, type: FieldType | undefined, module: Module): readonly Issue[] {
  const { value, comparator } = criterion;
  const wrong = (message: string): readonly Issue[] => [{ path: "value", message }];
  switch (row.takes) {
    case "none":
      return value === undefined ? [] : wrong(`expected no value, because ${comparator} takes none, got ${show(value)}`);
    case "regex": {
      if (typeof value !== "string" || value === "") return wrong(`expected a regular expression, got ${show(value)}`);
      const regex = compileRegex(value);
      return typeof regex === "string" ? wrong(regex) : [];
    }
    case "one":
      if (value === undefined || Array.isArray(value)) return wrong(`expected one value, got ${show(value)}`);
      return checkOperand(value, "value", row, type, criterion, module);
    case "list":
      if (!Array.isArray(value) || value.length === 0) return wrong(`expected a list of values, got ${show(value)}`);
      return value.flatMap((element, index) => checkOperand(element, `value.${index}`, row, type, criterion, module));
    case "pair":
      if (!Array.isArray(value) || value.length !== 2) return wrong(`expected [low, high], got ${show(value)}`);
      return value.flatMap((element, index) => checkOperand(element, `value.${index}`, row, type, criterion, module));
  }
}

function checkOperand(
  operand: Operand,
  path: string,
  row: Row,
  fieldType: FieldType | undefined,
  criterion: Criterion,
  module: Module,
): readonly Issue[] {
  const type = valueType(row, fieldType);
  if (typeof operand === "object" && operand !== null) {
    if ("field" in operand) return checkReference(operand.field, `${path}.field`, type, module);
    if (type === undefined || FAMILY[type] === "time") return [];
    return [{ path, message: `expected ${EXPECTED[type]}, got the relative date ${show(operand)}` }];
  }
  const decoded = createDecoder(type, { caseSensitive: criterion.caseSensitive ?? false, zone: "UTC" })(operand);
  if (decoded === MALFORMED) return [{ path, message: `expected ${type ? EXPECTED[type] : "a value"}, got ${show(operand)}` }];
  if (decoded === EMPTY && !TAKES_EMPTY.has(criterion.comparator)) {
    return [{ path, message: `expected a value for ${criterion.comparator}, got ${show(operand)}` }];
  }
  return [];
}

function checkReference(reference: string, path: string, type: FieldType | undefined, module: Module): readonly Issue[] {
  if (isAnyPath(reference)) return [{ path, message: `expected one field, got "${reference}", which is any element of a list` }];
  const field = checkField(reference, module, path);
  if (field.length > 0) return field;
  const other = findField(module, reference).field?.type;
  if (!other || !type || isComparable(other, type)) return [];
  return [{ path, message: `expected a field that can be compared with ${type}, got ${reference}, which is ${other}` }];
}

/** Text reads any scalar, and an id is text to whoever stores it in a text field. */
function isComparable(other: FieldType, type: FieldType): boolean {
  const family = FAMILY[type];
  if (FAMILY[other] === family) return true;
  return (family === "text" || family === "lookup") && (FAMILY[other] === "text" || FAMILY[other] === "lookup");
}

/** Comparators for which "nothing" is something to compare with. */
const TAKES_EMPTY: ReadonlySet<string> = new Set(["equal", "notEqual", "in", "notIn", "changedFrom", "changedTo"]);

const TEXT = "text";
const NUMBER = "a number such as 12000.50";
const EXPECTED: Readonly<Record<FieldType, string>> = {
  text: TEXT,
  textarea: TEXT,
  email: TEXT,
  phone: TEXT,
  url: TEXT,
  picklist: TEXT,
  integer: NUMBER,
  decimal: NUMBER,
  currency: NUMBER,
  percent: "a percentage such as 12.5 or 12.5%",
  boolean: "true or false",
  date: "a date such as 2026-11-20",
  datetime: "an instant such as 2026-11-20T09:00:00Z, or a date",
  lookup: "an id",
  multiselect: TEXT,
  list: TEXT,
  attachment: "nothing",
  object: "nothing",
};

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

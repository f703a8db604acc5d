import type { Comparator, Criterion } from "../../src/model/criterion.ts";
import type { Field, FieldType } from "../../src/model/field.ts";
import { FIELD_TYPES } from "../../src/model/field.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Module } from "../../src/model/module.ts";
import { compileProgram, type Facts } from "../../src/criteria/compile.ts";
import { toConditions, type CriteriaBlock } from "../../src/criteria/conditions.ts";

export const ZONE = "Asia/Kolkata";
export const DAY = "2026-11-20";

const OWN: readonly Field[] = [
  { name: "status", type: "picklist", options: ["draft", "sent", "paid"] },
  { name: "total", type: "currency" },
  { name: "credit_limit", type: "currency" },
  { name: "due_date", type: "date" },
  { name: "created_time", type: "datetime" },
  { name: "billing_address", type: "object", fields: [{ name: "country", type: "text" }] },
  {
    name: "line_items",
    type: "list",
    fields: [
      { name: "name", type: "text" },
      { name: "item_total", type: "currency" },
    ],
  },
  { name: "cf_quote_number", type: "text", label: "Quote Number" },
  { name: "cf_budget", type: "currency", label: "Budget" },
];

/** A module with two fields of every type, `<type>_a` and `<type>_b`, and some of an invoice's. */
export const ORDERS: Module = {
  name: "orders",
  label: "Orders",
  aliases: [],
  singular: "order",
  idFields: ["order_id", "id"],
  fields: [...FIELD_TYPES.flatMap((type) => [`${type}_a`, `${type}_b`].map((name) => ({ name, type }))), ...OWN],
  triggers: [],
};

export const CONTEXT = { module: ORDERS, zone: ZONE };

/** Which comparators a type takes, from the prose of the contract's section 6. */
export const TEXT_TYPES: readonly FieldType[] = ["text", "textarea", "email", "phone", "url", "picklist"];
export const NUMBER_TYPES: readonly FieldType[] = ["integer", "decimal", "currency", "percent"];
export const TIME_TYPES: readonly FieldType[] = ["date", "datetime"];
export const LIST_TYPES: readonly FieldType[] = ["multiselect", "list"];

export function fitting(type: FieldType): readonly Comparator[] {
  const every: readonly Comparator[] = ["isEmpty", "isNotEmpty", "changed"];
  const scalar: readonly Comparator[] = [...every, "changedFrom", "changedTo"];
  if (TEXT_TYPES.includes(type)) {
    return [...scalar, "equal", "notEqual", "contains", "notContains", "startsWith", "endsWith", "in", "notIn", "matches"];
  }
  if (NUMBER_TYPES.includes(type) || TIME_TYPES.includes(type)) {
    const ordered: readonly Comparator[] = ["greaterThan", "greaterEqual", "lessThan", "lessEqual", "between", "notBetween"];
    return [...scalar, ...ordered, "equal", "notEqual", "in", "notIn"];
  }
  if (type === "boolean") return [...scalar, "equal", "notEqual", "isTrue", "isFalse"];
  if (type === "lookup") return [...scalar, "equal", "notEqual", "in", "notIn"];
  if (LIST_TYPES.includes(type)) return [...every, "includesAny", "includesAll", "excludesAny", "excludesAll"];
  return every;
}

export function facts(record: JsonObject, previous: JsonObject | null = null): Facts {
  return { record, previous, day: DAY };
}

/** The closures' verdict on one block. */
export function verdict(block: CriteriaBlock, given: Facts, zone = ZONE): boolean {
  return compileProgram([toConditions(block, ORDERS)], { module: ORDERS, zone })
    .start(given)
    .matches(0);
}

/** The closures' verdict on one criterion. */
export function holds(criterion: Criterion, record: JsonObject, previous: JsonObject | null = null): boolean {
  return verdict({ criteria: [criterion] }, facts(record, previous));
}

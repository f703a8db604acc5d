import { expect, it } from "vitest";
import { dateOf } from "../../src/criteria/date-of.ts";
import type { Json } from "../../src/model/json.ts";
import type { Module } from "../../src/model/module.ts";
import type { Anchor } from "../../src/time/anchor.ts";
import { ORDERS } from "./orders.ts";

const MODULE: Module = { ...ORDERS, fields: [...ORDERS.fields, { name: "cf_renewal", label: "Renewal", type: "date" }] };
const instant = (text: string): Anchor => ({ instant: Date.parse(text) });

it.each<[field: string, value: Json, Anchor | null]>([
  ["date_a", "2026-11-20", { day: "2026-11-20" }],
  ["datetime_a", "2026-11-20", { day: "2026-11-20" }],
  ["datetime_a", "2026-11-20T19:00:00Z", instant("2026-11-20T19:00:00Z")],
  ["datetime_a", "2026-11-20T19:00:00", instant("2026-11-20T13:30:00Z")],
  // It is the next day in Kolkata.
  ["date_a", "2026-11-20T19:00:00Z", { day: "2026-11-21" }],
  ["custom_fields.Renewal", "2026-11-20T19:00:00Z", { day: "2026-11-21" }],
  ["anything", "2026-11-20T19:00:00Z", instant("2026-11-20T19:00:00Z")],
  ["date_a", "2026-02-30", null],
  ["date_a", "", null],
  ["date_a", null, null],
  ["date_a", 20261120, null],
])("%s %j is counted from as %j", (field, value, anchor) => {
  const record = field.startsWith("custom") ? { cf_renewal: value } : { [field]: value };
  expect(dateOf(field, record, { module: MODULE, zone: "Asia/Kolkata" })).toEqual(anchor);
});

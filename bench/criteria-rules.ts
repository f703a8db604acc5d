import type { Criterion } from "../src/model/criterion.ts";
import type { Module } from "../src/model/module.ts";

export const INVOICES: Module = {
  name: "invoices",
  label: "Invoices",
  aliases: [],
  singular: "invoice",
  idFields: ["invoice_id"],
  triggers: [],
  fields: [
    ...(["status", "customer_name", "currency_code", "reference_number", "notes", "salesperson_name"] as const).map((name) => ({
      name,
      type: "text" as const,
    })),
    ...(["total", "balance", "sub_total", "tax_total", "shipping_charge"] as const).map((name) => ({ name, type: "currency" as const })),
    { name: "due_date", type: "date" },
    { name: "date", type: "date" },
    { name: "is_emailed", type: "boolean" },
    { name: "billing_address", type: "object", fields: [{ name: "country", type: "text" }] },
    { name: "cf_region", type: "text", label: "Region" },
  ],
};

/** What the rules differ by. */
type Constants = {
  readonly status: string;
  readonly amount: number;
  readonly due: string;
  readonly name: string;
  readonly country: string;
  readonly region: string;
};
export const CONSTANTS: readonly Constants[] = [
  { status: "sent", amount: 5000, due: "2026-03-01", name: "zy", country: "India", region: "North" },
  { status: "overdue", amount: 6000, due: "2026-02-01", name: "corp", country: "Chile", region: "South" },
  { status: "draft", amount: 5500, due: "2026-04-01", name: "acme", country: "France", region: "East" },
  { status: "void", amount: 4500, due: "2026-01-15", name: "labs", country: "Japan", region: "West" },
  { status: "paid", amount: 7000, due: "2026-02-15", name: "north", country: "Kenya", region: "Center" },
];
const CURRENCIES = ["EUR", "INR"];
export const PATTERNS = [
  "(1 AND 2 AND 3 AND 4) OR (5 AND 6 AND 7) OR (8 AND 9 AND 10)",
  "(1 OR 2) AND (3 OR 10) AND (4 OR 5 OR 6) AND NOT (7 AND 8) AND (9 OR 10)",
];

export function criteriaOf({ status, amount, due, name, country, region }: Constants): readonly Criterion[] {
  return [
    { field: "status", comparator: "equal", value: status },
    { field: "total", comparator: "greaterEqual", value: amount },
    { field: "balance", comparator: "greaterThan", value: amount / 2 },
    { field: "due_date", comparator: "lessThan", value: due },
    { field: "customer_name", comparator: "contains", value: name },
    { field: "currency_code", comparator: "in", value: CURRENCIES },
    { field: "billing_address.country", comparator: "equal", value: country },
    { field: "is_emailed", comparator: "isFalse" },
    { field: "notes", comparator: "isNotEmpty" },
    { field: "custom_fields.Region", comparator: "equal", value: region },
  ];
}

export type Predicate = (record: Invoice) => boolean;
/** An invoice as someone who writes predicates by hand would type it: nothing is sure. */
export type Invoice = {
  readonly [K in "status" | "total" | "balance" | "due_date" | "customer_name" | "currency_code" | "is_emailed" | "notes"]?: unknown;
} & {
  readonly billing_address?: { readonly country?: unknown } | null;
  readonly custom_fields?: readonly { readonly label?: unknown; readonly value?: unknown }[];
};

const AMOUNT = /^[+-]?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const amountOf = (value: unknown): number =>
  typeof value === "number" ? value : typeof value === "string" && AMOUNT.test(value) ? Number(value) : NaN;
const textOf = (value: unknown): string => (typeof value === "string" ? value.toLowerCase() : "");
const dateOf = (value: unknown): string => (typeof value === "string" && DATE.test(value) ? value : "9999");

/** The two patterns as plain code with the same verdicts on these records, each criterion where it is needed. */
export function handWritten(constants: Constants): readonly Predicate[] {
  const { amount, due } = constants;
  const [status, name, country, region] = [constants.status, constants.name, constants.country, constants.region].map((text) =>
    text.toLowerCase(),
  ) as [string, string, string, string];
  const inCurrencies = (record: Invoice): boolean => ["eur", "inr"].includes(textOf(record.currency_code));
  const inRegion = (record: Invoice): boolean =>
    textOf(record.custom_fields?.find(({ label }) => textOf(label) === "region")?.value) === region;
  const hasNotes = ({ notes }: Invoice): boolean => notes !== undefined && notes !== null && notes !== "";
  const notEmailed = (record: Invoice): boolean => record.is_emailed === false || record.is_emailed === "false";
  return [
    (record) =>
      (textOf(record.status) === status &&
        amountOf(record.total) >= amount &&
        amountOf(record.balance) > amount / 2 &&
        dateOf(record.due_date) < due) ||
      (textOf(record.customer_name).includes(name) && inCurrencies(record) && textOf(record.billing_address?.country) === country) ||
      (notEmailed(record) && hasNotes(record) && inRegion(record)),
    (record) =>
      (textOf(record.status) === status || amountOf(record.total) >= amount) &&
      (amountOf(record.balance) > amount / 2 || inRegion(record)) &&
      (dateOf(record.due_date) < due || textOf(record.customer_name).includes(name) || inCurrencies(record)) &&
      !(textOf(record.billing_address?.country) === country && notEmailed(record)) &&
      (hasNotes(record) || inRegion(record)),
  ];
}

import type { Field, FieldType } from "../field.ts";
import type { Module } from "../module.ts";

/** Fields of one type from their names, `fields("currency", "total sub_total")`, so that the tables read like the seed's. */
export function fields(type: FieldType, names: string): readonly Field[] {
  return names.split(" ").map((name) => ({ name, type }));
}

/** Fields that hold the id of a record of another module. */
export function lookups(module: string, names: string): readonly Field[] {
  return names.split(" ").map((name) => ({ name, type: "lookup", module }));
}

/** Postal addresses with the parts of the seed's sample maps. */
export function addresses(names: string): readonly Field[] {
  return names.split(" ").map((name) => ({ name, type: "object", fields: [...ADDRESS] }));
}

const ADDRESS = [...fields("text", "address city state zip country"), ...fields("phone", "fax")];

const CUSTOM_FIELD = [
  ...fields("text", "customfield_id api_name label value value_formatted data_type"),
  ...fields("integer", "index"),
  ...fields("boolean", "is_active show_on_pdf show_in_all_pdf"),
];

/** The record's own custom fields, as Zoho lists them. */
export const CUSTOM_FIELDS: Field = { name: "custom_fields", type: "list", fields: CUSTOM_FIELD };

/** Lines of a sale, a purchase or an expense: every key that a sample map's line has. */
export const LINE_ITEMS: Field = {
  name: "line_items",
  type: "list",
  fields: [
    ...fields("text", "line_item_id name sku unit account_id account_name project_name customer_name invoice_number purchaseorder_item_id"),
    ...fields("text", "tax_id tax_name"),
    ...fields("textarea", "description"),
    ...fields("picklist", "product_type tax_type"),
    ...fields("decimal", "quantity stock_on_hand"),
    ...fields("currency", "rate bcy_rate item_total tax_amount"),
    ...fields("percent", "discount tax_percentage"),
    ...fields("integer", "item_order"),
    ...fields("boolean", "is_billable is_invoiced"),
    ...lookups("items", "item_id"),
    ...lookups("contacts", "customer_id"),
    ...lookups("projects", "project_id"),
    ...lookups("invoices", "invoice_id"),
    ...fields("list", "tags"),
    { name: "item_custom_fields", type: "list", fields: CUSTOM_FIELD },
  ],
};

/** The taxes of a recurring invoice or bill. */
export const TAXES: Field = {
  name: "taxes",
  type: "list",
  fields: [...fields("text", "tax_name"), ...fields("currency", "tax_amount")],
};

/** Currency of a record; the rate is a plain decimal because it is no amount. */
export const CURRENCY = [...fields("text", "currency_id currency_code currency_symbol"), ...fields("decimal", "exchange_rate")];

/** The customer of a record, with the address that mails go to. */
export const CUSTOMER = [...lookups("contacts", "customer_id"), ...fields("text", "customer_name"), ...fields("email", "email")];

/** The vendor of a record, with the address that mails go to. */
export const VENDOR = [...lookups("vendors", "vendor_id"), ...fields("text", "vendor_name"), ...fields("email", "email")];

/**
 * Amounts of a sale. `discount` is a percent because the seed's maps hold both "10.00%" and "0.0", and percent reads both;
 * what it comes to in money is `discount_amount`.
 */
export const SALE = [
  ...fields("currency", "sub_total tax_total total discount_amount shipping_charge adjustment"),
  ...fields("percent", "discount"),
  ...fields("text", "salesperson_id salesperson_name adjustment_description"),
  ...addresses("billing_address shipping_address"),
];

/** A built-in module. Ids are tried in the order written, then `id`. */
export function builtIn(
  name: string,
  label: string,
  singular: string,
  idFields: string,
  own: readonly Field[],
  aliases: readonly string[] = [],
): Module {
  return {
    name,
    label,
    singular,
    aliases,
    idFields: [...idFields.split(" "), "id"],
    fields: own,
    triggers: [],
  };
}

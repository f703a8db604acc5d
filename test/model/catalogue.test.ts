import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import type { Field } from "../../src/model/field.ts";
import { ModuleDocument, resolveModules } from "../../src/model/module.ts";

/** The contract's "Built-in modules" paragraph. */
const NAMES =
  "quotes salesorders invoices recurringinvoices retainerinvoices creditnotes customerpayments deliverychallans purchaseorders bills recurringbills " +
  "expenses recurringexpenses vendorpayments vendorcredits projects timesheets contacts vendors banktransactions journals tasks items inventoryadjustments " +
  "paymentbatches vendorbatchpayments users";

/** Every name of the seed's field tables and sample maps. */
const SEED: Readonly<Record<string, string>> = {
  quotes:
    "quote_id quote_number date reference_number status customer_id customer_name currency_id currency_code currency_symbol exchange_rate expiry_date discount_amount discount shipping_charge adjustment sub_total total tax_total billing_address shipping_address notes terms custom_fields salesperson_id salesperson_name",
  invoices:
    "due_date payment_expected_date reference_number customer_id customer_name currency_id currency_code currency_symbol exchange_rate discount_amount discount shipping_charge adjustment sub_total tax_total total balance price_precision billing_address shipping_address notes terms custom_fields salesperson_id payment_terms date status invoice_number invoice_id",
  salesorders:
    "date tax_total zcrm_potential_id discount_amount salesorder_id discount shipment_date billing_address line_items currency_code total delivery_method_id terms delivery_method shipping_address exchange_rate currency_symbol custom_fields quote_id reference_number salesperson_name salesperson_id shipping_charge salesorder_number sub_total zcrm_potential_name adjustment customer_name customer_id currency_id status",
  purchaseorders:
    "date delivery_address tax_total delivery_org_address_id purchaseorder_id expected_delivery_date billing_address line_items currency_code total delivery_customer_id exchange_rate currency_symbol custom_fields ship_via_id vendor_name reference_number purchaseorder_number delivery_date vendor_id sub_total ship_via attention crm_owner_id currency_id status",
  contacts:
    "owner_id billing_address source contact_id payment_terms currency_code language_code contact_type zcrm_contact_id shipping_address pricebook_id contact_name website owner_name currency_symbol zcrm_account_id custom_fields pricebook_name primary_contact_id company_name contact_salutation crm_owner_id currency_id payment_terms_label status twitter facebook",
  recurringinvoices:
    "end_date tax_total discount_amount repeat_every discount taxes billing_address line_items payment_terms currency_code last_sent_date total recurrence_name shipping_address next_invoice_date recurrence_frequency recurring_invoice_id contact_persons start_date exchange_rate currency_symbol custom_fields salesperson_name salesperson_id shipping_charge sub_total adjustment customer_name customer_id status",
  expenses:
    "date payment_mode custom_fields vendor_name is_billable line_items project_name reference_number currency_code total project_id vendor_id sub_total customer_name customer_id expense_id currency_id",
  bills:
    "date bill_id purchaseorder_ids tax_total exchange_rate currency_symbol custom_fields due_date vendor_name billing_address line_items payment_terms payment_expected_date reference_number currency_code total bill_number payment_made balance recurring_bill_id vendor_id sub_total status",
  recurringbills:
    "end_date tax_total exchange_rate custom_fields repeat_every taxes vendor_name line_items payment_terms currency_code last_sent_date total next_bill_date recurring_bill_id recurrence_name vendor_id sub_total recurrence_frequency payment_terms_label status start_date",
  items:
    "item_id custom_fields item_type tax_name purchase_rate zcrm_product_id tax_id unit account_id purchase_account_name purchase_account_id tax_type rate account_name name tax_percentage pricebook_rate sku status",
  users: "name zuid",
};

const ADDRESS = "zip country address city state fax";
const CUSTOM_FIELD = "customfield_id is_active show_in_all_pdf value_formatted data_type index label show_on_pdf value";

/** Names inside the objects and lists of the sample maps. */
const NESTED: readonly (readonly [module: string, field: string, names: string])[] = [
  ["quotes", "shipping_address", ADDRESS],
  ["invoices", "billing_address", ADDRESS],
  ["purchaseorders", "delivery_address", ADDRESS],
  ["contacts", "billing_address", ADDRESS],
  ["quotes", "custom_fields", CUSTOM_FIELD],
  ["items", "custom_fields", CUSTOM_FIELD],
  [
    "salesorders",
    "line_items",
    "bcy_rate description discount is_invoiced item_custom_fields item_id item_order item_total line_item_id name quantity rate stock_on_hand tags tax_id tax_name tax_percentage tax_type unit",
  ],
  [
    "purchaseorders",
    "line_items",
    "account_id account_name bcy_rate description item_id item_order item_total line_item_id name quantity rate tags tax_id tax_name tax_percentage tax_type unit",
  ],
  [
    "recurringinvoices",
    "line_items",
    "description discount item_custom_fields item_id item_order item_total line_item_id name product_type quantity rate tags tax_id tax_name tax_percentage tax_type unit",
  ],
  [
    "expenses",
    "line_items",
    "account_id account_name description item_order item_total line_item_id product_type tags tax_amount tax_id tax_name tax_percentage tax_type",
  ],
  [
    "bills",
    "line_items",
    "account_id account_name bcy_rate customer_id customer_name description invoice_id invoice_number is_billable item_id item_order item_total line_item_id name product_type project_id project_name purchaseorder_item_id quantity rate sku tags tax_id tax_name tax_percentage tax_type unit",
  ],
  [
    "recurringbills",
    "line_items",
    "account_id account_name bcy_rate description item_id item_order item_total line_item_id name product_type quantity rate tags tax_id tax_name tax_percentage tax_type unit",
  ],
];

const modules = resolveModules(CATALOGUE, []);

function namesOf(fields: readonly Field[] | undefined): ReadonlySet<string> {
  return new Set(fields?.map((field) => field.name));
}

function fieldOf(module: string, name: string): Field | undefined {
  return modules.get(module)?.fields.find((field) => field.name === name);
}

function unknown(names: string, known: ReadonlySet<string>): readonly string[] {
  return names.split(" ").filter((name) => !known.has(name));
}

describe("the catalogue", () => {
  it("holds the contract's modules, each once", () => {
    expect(CATALOGUE.map((module) => module.name).toSorted()).toEqual(NAMES.split(" ").toSorted());
  });

  it.each([
    ["estimates", "quotes"],
    ["customers", "contacts"],
  ])("knows %s as %s", (alias, name) => {
    expect(modules.get(alias)).toBe(modules.get(name));
  });

  it.each(Object.entries(SEED))("%s: knows every field of the seed's table and sample map", (module, names) => {
    expect(unknown(names, namesOf(modules.get(module)?.fields))).toEqual([]);
  });

  it.each(NESTED)("%s: %s: knows every name inside", (module, field, names) => {
    expect(unknown(names, namesOf(fieldOf(module, field)?.fields))).toEqual([]);
  });

  it.each(CATALOGUE.map((module) => [module.name, module] as const))("%s: is a sound module", (_name, module) => {
    const names = module.fields.map((field) => field.name);
    expect(new Set(names).size, "no field stands twice").toBe(names.length);
    expect(module.idFields.at(-1)).toBe("id");
    expect(names, "its first id is one of its fields").toContain(module.idFields[0]);
    expect(module.fields.flatMap((field) => field.module ?? []).filter((target) => !modules.has(target))).toEqual([]);
    expect(ModuleDocument.safeParse({ name: module.name, singular: module.singular, fields: module.fields }).success).toBe(true);
  });

  it.each([
    ["quotes", ["quote_id", "estimate_id", "id"], "quote"],
    ["invoices", ["invoice_id", "id"], "invoice"],
    ["contacts", ["contact_id", "id"], "contact"],
    ["recurringinvoices", ["recurring_invoice_id", "id"], "recurring_invoice"],
    ["recurringbills", ["recurring_bill_id", "id"], "recurring_bill"],
    ["salesorders", ["salesorder_id", "id"], "salesorder"],
    ["customerpayments", ["payment_id", "customerpayment_id", "id"], "customerpayment"],
  ])("%s: ids and singular", (name, idFields, singular) => {
    expect(modules.get(name)).toMatchObject({ idFields, singular });
  });

  it.each([
    ["invoices", "total", "currency"],
    ["invoices", "exchange_rate", "decimal"],
    ["invoices", "discount", "percent"],
    ["invoices", "due_date", "date"],
    ["invoices", "status", "picklist"],
    ["invoices", "email", "email"],
    ["invoices", "customer_id", "lookup"],
    ["expenses", "is_billable", "boolean"],
    ["bills", "line_items", "list"],
    ["contacts", "billing_address", "object"],
    ["contacts", "mobile_phone", "phone"],
  ])("%s.%s is of type %s", (module, field, type) => {
    expect(fieldOf(module, field)?.type).toBe(type);
  });
});

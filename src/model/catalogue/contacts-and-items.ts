import { addresses, builtIn, CUSTOM_FIELDS, fields, lookups } from "./notation.ts";

const PARTY = [
  ...fields("text", "contact_id contact_name company_name primary_contact_id contact_salutation"),
  ...fields("email", "email"),
  ...fields("phone", "phone mobile mobile_phone"),
  ...fields("url", "website"),
  ...fields("text", "twitter facebook"),
  ...fields("picklist", "status contact_type source"),
  ...fields("text", "currency_id currency_code currency_symbol language_code"),
  ...fields("integer", "payment_terms"),
  ...fields("text", "payment_terms_label pricebook_id pricebook_name"),
  ...lookups("users", "owner_id"),
  ...fields("text", "owner_name crm_owner_id zcrm_contact_id zcrm_account_id"),
  ...addresses("billing_address shipping_address"),
  CUSTOM_FIELDS,
];

const contacts = builtIn(
  "contacts",
  "Contacts",
  "contact",
  "contact_id",
  [...PARTY, ...fields("currency", "outstanding_receivable_amount credit_limit")],
  ["customers"],
);

// Zoho keeps a vendor as a contact, so both ids are in use.
const vendors = builtIn("vendors", "Vendors", "vendor", "vendor_id contact_id", [
  ...fields("text", "vendor_id vendor_name"),
  ...PARTY,
  ...fields("currency", "outstanding_payable_amount"),
]);

const items = builtIn("items", "Items", "item", "item_id", [
  ...fields("text", "item_id name sku unit"),
  ...fields("textarea", "description"),
  ...fields("picklist", "status item_type"),
  ...fields("currency", "rate purchase_rate pricebook_rate"),
  ...fields("text", "account_id account_name purchase_account_id purchase_account_name"),
  ...fields("text", "tax_id tax_name"),
  ...fields("picklist", "tax_type"),
  ...fields("percent", "tax_percentage"),
  ...fields("decimal", "stock_on_hand"),
  ...fields("text", "zcrm_product_id"),
  CUSTOM_FIELDS,
]);

const inventoryAdjustments = builtIn("inventoryadjustments", "Inventory Adjustments", "inventory_adjustment", "inventory_adjustment_id", [
  ...fields("text", "inventory_adjustment_id reference_number reason account_name"),
  ...fields("date", "date"),
  ...fields("picklist", "status adjustment_type"),
  ...fields("textarea", "description"),
  ...fields("currency", "total"),
  {
    name: "line_items",
    type: "list",
    fields: [
      ...lookups("items", "item_id"),
      ...fields("text", "name"),
      ...fields("decimal", "quantity_adjusted"),
      ...fields("currency", "value_adjusted"),
    ],
  },
  CUSTOM_FIELDS,
]);

/** Who is dealt with and what is traded. */
export const CONTACTS_AND_ITEMS = [contacts, vendors, items, inventoryAdjustments];

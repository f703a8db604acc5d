import { builtIn, CURRENCY, CUSTOM_FIELDS, CUSTOMER, fields, LINE_ITEMS, lookups, SALE, TAXES } from "./notation.ts";

const quotes = builtIn(
  "quotes",
  "Quotes",
  "quote",
  "quote_id estimate_id",
  [
    ...fields("text", "quote_id estimate_id quote_number estimate_number reference_number"),
    ...fields("date", "date expiry_date"),
    ...fields("picklist", "status"),
    ...CUSTOMER,
    ...CURRENCY,
    ...SALE,
    ...fields("textarea", "notes terms"),
    LINE_ITEMS,
    CUSTOM_FIELDS,
  ],
  ["estimates"],
);

const salesOrders = builtIn("salesorders", "Sales Orders", "salesorder", "salesorder_id", [
  ...fields("text", "salesorder_id salesorder_number reference_number"),
  ...fields("date", "date shipment_date"),
  ...fields("picklist", "status"),
  ...CUSTOMER,
  ...lookups("quotes", "quote_id"),
  ...CURRENCY,
  ...SALE,
  ...fields("text", "delivery_method_id delivery_method zcrm_potential_id zcrm_potential_name"),
  ...fields("textarea", "notes terms"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const invoices = builtIn("invoices", "Invoices", "invoice", "invoice_id", [
  ...fields("text", "invoice_id invoice_number reference_number"),
  ...fields("date", "date due_date payment_expected_date"),
  ...fields("picklist", "status"),
  ...fields("integer", "payment_terms price_precision"),
  ...CUSTOMER,
  ...CURRENCY,
  ...SALE,
  ...fields("currency", "balance"),
  ...fields("textarea", "notes terms"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const recurringInvoices = builtIn("recurringinvoices", "Recurring Invoices", "recurring_invoice", "recurring_invoice_id", [
  ...fields("text", "recurring_invoice_id recurrence_name reference_number"),
  ...fields("date", "start_date end_date last_sent_date next_invoice_date"),
  ...fields("picklist", "status recurrence_frequency"),
  ...fields("integer", "repeat_every payment_terms"),
  ...CUSTOMER,
  ...fields("list", "contact_persons"),
  ...CURRENCY,
  ...SALE,
  TAXES,
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const retainerInvoices = builtIn("retainerinvoices", "Retainer Invoices", "retainerinvoice", "retainerinvoice_id", [
  ...fields("text", "retainerinvoice_id retainerinvoice_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status"),
  ...CUSTOMER,
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total balance"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const creditNotes = builtIn("creditnotes", "Credit Notes", "creditnote", "creditnote_id", [
  ...fields("text", "creditnote_id creditnote_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status"),
  ...CUSTOMER,
  ...lookups("invoices", "invoice_id"),
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total balance"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const customerPayments = builtIn("customerpayments", "Customer Payments", "customerpayment", "payment_id customerpayment_id", [
  ...fields("text", "payment_id customerpayment_id payment_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status payment_mode"),
  ...CUSTOMER,
  ...CURRENCY,
  ...fields("currency", "amount unused_amount bank_charges"),
  CUSTOM_FIELDS,
]);

const deliveryChallans = builtIn("deliverychallans", "Delivery Challans", "deliverychallan", "deliverychallan_id", [
  ...fields("text", "deliverychallan_id deliverychallan_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status"),
  ...CUSTOMER,
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

/** What is sold, billed and received. */
export const SALES = [quotes, salesOrders, invoices, recurringInvoices, retainerInvoices, creditNotes, customerPayments, deliveryChallans];

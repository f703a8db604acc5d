import { addresses, builtIn, CURRENCY, CUSTOM_FIELDS, CUSTOMER, fields, LINE_ITEMS, lookups, TAXES, VENDOR } from "./notation.ts";

const purchaseOrders = builtIn("purchaseorders", "Purchase Orders", "purchaseorder", "purchaseorder_id", [
  ...fields("text", "purchaseorder_id purchaseorder_number reference_number"),
  ...fields("date", "date delivery_date expected_delivery_date"),
  ...fields("picklist", "status"),
  ...VENDOR,
  ...lookups("contacts", "delivery_customer_id"),
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total"),
  ...fields("text", "attention ship_via ship_via_id delivery_org_address_id crm_owner_id"),
  ...addresses("billing_address delivery_address"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const bills = builtIn("bills", "Bills", "bill", "bill_id", [
  ...fields("text", "bill_id bill_number reference_number"),
  ...fields("date", "date due_date payment_expected_date"),
  ...fields("picklist", "status"),
  ...fields("integer", "payment_terms"),
  ...VENDOR,
  ...lookups("recurringbills", "recurring_bill_id"),
  ...fields("list", "purchaseorder_ids"),
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total payment_made balance"),
  ...addresses("billing_address"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const recurringBills = builtIn("recurringbills", "Recurring Bills", "recurring_bill", "recurring_bill_id", [
  ...fields("text", "recurring_bill_id recurrence_name payment_terms_label"),
  ...fields("date", "start_date end_date last_sent_date next_bill_date"),
  ...fields("picklist", "status recurrence_frequency"),
  ...fields("integer", "repeat_every payment_terms"),
  ...VENDOR,
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total"),
  TAXES,
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

// An expense may name a customer and a vendor; its `email` is the customer's, who pays for a billable one.
const expenses = builtIn("expenses", "Expenses", "expense", "expense_id", [
  ...fields("text", "expense_id reference_number project_name vendor_name"),
  ...fields("date", "date"),
  ...fields("picklist", "status payment_mode"),
  ...fields("boolean", "is_billable"),
  ...CUSTOMER,
  ...lookups("vendors", "vendor_id"),
  ...lookups("projects", "project_id"),
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const recurringExpenses = builtIn("recurringexpenses", "Recurring Expenses", "recurring_expense", "recurring_expense_id", [
  ...fields("text", "recurring_expense_id recurrence_name vendor_name"),
  ...fields("date", "start_date end_date last_created_date next_expense_date"),
  ...fields("picklist", "status recurrence_frequency"),
  ...fields("integer", "repeat_every"),
  ...CUSTOMER,
  ...lookups("vendors", "vendor_id"),
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total"),
  CUSTOM_FIELDS,
]);

const vendorPayments = builtIn("vendorpayments", "Vendor Payments", "vendorpayment", "payment_id vendorpayment_id", [
  ...fields("text", "payment_id vendorpayment_id payment_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status payment_mode"),
  ...VENDOR,
  ...CURRENCY,
  ...fields("currency", "amount balance"),
  CUSTOM_FIELDS,
]);

const vendorCredits = builtIn("vendorcredits", "Vendor Credits", "vendor_credit", "vendor_credit_id", [
  ...fields("text", "vendor_credit_id vendor_credit_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status"),
  ...VENDOR,
  ...lookups("bills", "bill_id"),
  ...CURRENCY,
  ...fields("currency", "sub_total tax_total total balance"),
  LINE_ITEMS,
  CUSTOM_FIELDS,
]);

const paymentBatches = builtIn("paymentbatches", "Payment Batches", "payment_batch", "payment_batch_id", [
  ...fields("text", "payment_batch_id batch_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status payment_mode"),
  ...CUSTOMER,
  ...CURRENCY,
  ...fields("currency", "amount total"),
]);

const vendorBatchPayments = builtIn("vendorbatchpayments", "Vendor Batch Payments", "vendor_batch_payment", "vendor_batch_payment_id", [
  ...fields("text", "vendor_batch_payment_id batch_number reference_number"),
  ...fields("date", "date"),
  ...fields("picklist", "status payment_mode"),
  ...VENDOR,
  ...CURRENCY,
  ...fields("currency", "amount total"),
]);

/** What is bought and paid for. */
export const PURCHASES = [
  purchaseOrders,
  bills,
  recurringBills,
  expenses,
  recurringExpenses,
  vendorPayments,
  vendorCredits,
  paymentBatches,
  vendorBatchPayments,
];

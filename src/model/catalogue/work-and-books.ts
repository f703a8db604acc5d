import { builtIn, CURRENCY, CUSTOM_FIELDS, CUSTOMER, fields, lookups } from "./notation.ts";

const projects = builtIn("projects", "Projects", "project", "project_id", [
  ...fields("text", "project_id project_name project_code"),
  ...fields("date", "start_date end_date"),
  ...fields("picklist", "status billing_type"),
  ...fields("textarea", "description"),
  ...CUSTOMER,
  ...CURRENCY,
  ...fields("currency", "rate budget_amount total_amount"),
  CUSTOM_FIELDS,
]);

const timesheets = builtIn("timesheets", "Timesheets", "timesheet", "time_entry_id timesheet_id", [
  ...fields("text", "time_entry_id timesheet_id project_name task_name user_name"),
  ...fields("date", "log_date"),
  ...fields("text", "log_time"),
  ...fields("picklist", "status"),
  ...fields("boolean", "is_billable"),
  ...fields("textarea", "notes"),
  ...CUSTOMER,
  ...lookups("projects", "project_id"),
  ...lookups("tasks", "task_id"),
  ...lookups("users", "user_id"),
  ...fields("currency", "rate total"),
  CUSTOM_FIELDS,
]);

const tasks = builtIn("tasks", "Tasks", "task", "task_id", [
  ...fields("text", "task_id task_name project_name"),
  ...fields("date", "start_date due_date"),
  ...fields("picklist", "status priority"),
  ...fields("textarea", "description"),
  ...fields("boolean", "is_billable"),
  ...lookups("projects", "project_id"),
  ...lookups("users", "owner_id"),
  ...fields("currency", "rate budget_amount"),
  CUSTOM_FIELDS,
]);

const bankTransactions = builtIn("banktransactions", "Bank Transactions", "banktransaction", "transaction_id banktransaction_id", [
  ...fields("text", "transaction_id banktransaction_id reference_number account_id account_name payee"),
  ...fields("date", "date"),
  ...fields("picklist", "status transaction_type debit_or_credit"),
  ...fields("textarea", "description"),
  ...CUSTOMER,
  ...lookups("vendors", "vendor_id"),
  ...fields("text", "vendor_name"),
  ...CURRENCY,
  ...fields("currency", "amount"),
]);

const journals = builtIn("journals", "Journals", "journal", "journal_id", [
  ...fields("text", "journal_id entry_number reference_number"),
  ...fields("date", "journal_date"),
  ...fields("picklist", "status journal_type"),
  ...fields("textarea", "notes"),
  ...CURRENCY,
  ...fields("currency", "total"),
  {
    name: "line_items",
    type: "list",
    fields: [
      ...fields("text", "line_id account_id account_name"),
      ...fields("textarea", "description"),
      ...fields("picklist", "debit_or_credit"),
      ...lookups("contacts", "customer_id"),
      ...fields("currency", "amount"),
    ],
  },
  CUSTOM_FIELDS,
]);

const users = builtIn("users", "Users", "user", "user_id", [
  ...fields("text", "user_id zuid name role"),
  ...fields("email", "email"),
  ...fields("phone", "mobile"),
  ...fields("picklist", "status"),
  ...fields("list", "roles"),
]);

/** Time tracking, the bank, the accountant and the people of the organization. */
export const WORK_AND_BOOKS = [projects, timesheets, tasks, bankTransactions, journals, users];

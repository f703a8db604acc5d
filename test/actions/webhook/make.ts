import type { z } from "zod";
import type { ActionInput } from "../../../src/actions/action.ts";
import { Webhook } from "../../../src/model/actions/webhook.ts";
import type { Module } from "../../../src/model/module.ts";
import { Organization } from "../../../src/model/organization.ts";

export const contacts: Module = {
  name: "contacts",
  label: "Contacts",
  aliases: ["customers"],
  singular: "contact",
  idFields: ["contact_id"],
  triggers: [],
  fields: [
    { name: "contact_name", type: "text" },
    { name: "mobile_phone", type: "phone" },
  ],
};
export const invoices: Module = {
  name: "invoices",
  label: "Invoices",
  aliases: [],
  singular: "invoice",
  idFields: ["invoice_id", "id"],
  triggers: [],
  fields: [
    { name: "invoice_number", type: "text" },
    { name: "total", type: "currency" },
    { name: "note", type: "text" },
    { name: "customer_id", type: "lookup", module: "contacts" },
  ],
};
export const modules = new Map([
  ["invoices", invoices],
  ["contacts", contacts],
  ["customers", contacts],
]);

/** A sealed secret is what the store holds; no document is written so. */
export type WebhookSpec = Omit<z.input<typeof Webhook>, "secret"> & Pick<Webhook, "secret">;

export function webhook({ secret, ...spec }: Partial<WebhookSpec> = {}): Webhook {
  const definition = Webhook.parse({ name: "post-to-erp", module: "invoices", url: "https://erp.example/hook", ...spec });
  return secret === undefined ? definition : { ...definition, secret };
}

const unused = (): never => {
  throw new Error("a webhook has no use for this");
};

export function input(definition: Webhook, more: Partial<ActionInput<Webhook>> = {}): ActionInput<Webhook> {
  return {
    definition,
    runId: "run_01JDABCDEF0123456789ABCDEF",
    attempt: 1,
    now: Date.now(),
    organization: Organization.parse({ name: "Zylker" }),
    module: invoices,
    modules,
    rule: null,
    event: null,
    record: { invoice_id: "90300", invoice_number: "INV-1", total: "12000.0", customer_id: "7" },
    recordId: "90300",
    previous: null,
    user: null,
    frozen: null,
    lookup: async (name, id) =>
      name === "contacts" && id === "7" ? { contact_id: "7", contact_name: "José & Söhne", mobile_phone: "+91 99" } : null,
    template: unused,
    notify: unused,
    updateRecord: unused,
    records: { get: unused, query: unused, create: unused, update: unused },
    signal: new AbortController().signal,
    ...more,
  };
}

import type { ActionInput } from "../../src/actions/action.ts";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { type Module, resolveModules } from "../../src/model/module.ts";
import { Organization } from "../../src/model/organization.ts";

/** The built-in modules with one custom lookup and one custom list of contact persons. */
export const modules = resolveModules(CATALOGUE, [
  {
    name: "invoices",
    fields: [
      { name: "cf_partner", type: "lookup", module: "vendors" },
      { name: "contact_persons", type: "list", fields: [{ name: "email", type: "email" }] },
    ],
    triggers: [],
  },
]);

export function moduleNamed(name: string): Module {
  const module = modules.get(name);
  if (!module) throw new Error(`no module ${name}`);
  return module;
}

export const organization = Organization.parse({
  id: "12345678",
  name: "Zylker",
  timeZone: "Asia/Kolkata",
  dateFormat: "dd MMM yyyy",
  currencySymbol: "Rs.",
  users: [
    { id: "1", name: "Charles", email: "charles@zylker.example", roles: ["admin"] },
    { id: "2", name: "Patricia", email: "patricia@zylker.example", roles: ["sales", "admin"] },
    { id: "3", name: "Broken", email: "no address", roles: ["broken"] },
  ],
});

const unused = (): never => {
  throw new Error("this action has no use for that");
};

/** What a handler is given, of an invoice, without any tool: a test adds those that its action may use. */
export function inputOf<D>(definition: D, more: Partial<ActionInput<D>> = {}): ActionInput<D> {
  const record: JsonObject = {
    invoice_id: "90300",
    invoice_number: "INV-1",
    total: "12000.0",
    customer_id: "7",
    email: "buyer@shop.example",
  };
  return {
    definition,
    runId: "run_01JDABCDEF0123456789ABCDEF",
    attempt: 1,
    now: Date.UTC(2026, 10, 20, 9),
    organization,
    module: moduleNamed("invoices"),
    modules,
    rule: null,
    event: null,
    record,
    recordId: "90300",
    previous: null,
    user: null,
    frozen: null,
    lookup: unused,
    template: unused,
    notify: unused,
    updateRecord: unused,
    records: { get: unused, query: unused, create: unused, update: unused },
    signal: new AbortController().signal,
    ...more,
  };
}

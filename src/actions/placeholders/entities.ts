import type { Field } from "../../model/field.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Module, Modules } from "../../model/module.ts";
import { Organization, organizationMap, User } from "../../model/organization.ts";

/** What stands before the point in `${INVOICE.TOTAL}`. */
export type Entity = {
  readonly source: "record" | "contact" | "organization" | "user";
  /** As messages write it: `INVOICE`. */
  readonly label: string;
  /** Lower-case names that mean it; each, with `_`, is also a prefix that its fields may carry. */
  readonly names: readonly string[];
  readonly fields: readonly Field[];
};

const ORGANIZATION: Entity = {
  source: "organization",
  label: "ORGANIZATION",
  names: ["organization", "organisation"],
  fields: Object.keys(organizationMap(Organization.parse({}))).map((name) => ({ name, type: name === "address" ? "object" : "text" })),
};

const USER: Entity = {
  source: "user",
  label: "USER",
  names: ["user"],
  fields: Object.keys(User.shape).map((name) => ({ name, type: name === "roles" ? "list" : "text" })),
};

/** Everything that a placeholder of this module may name. The record comes first: in the module `users`, USER is the record. */
export function entitiesOf(module: Module, modules: Modules): readonly Entity[] {
  const contact = contactField(module, modules);
  return [
    { source: "record", label: module.singular.toUpperCase(), names: namesOf(module), fields: fieldsOf(module) },
    ...(contact
      ? [{ source: "contact" as const, label: "CONTACT", names: ["contact", ...namesOf(contact.module)], fields: fieldsOf(contact.module) }]
      : []),
    ORGANIZATION,
    USER,
  ];
}

/** The contact that a record belongs to, by its lookup field; null where it has none or the contact is not stored. */
export async function contactOf(
  module: Module,
  modules: Modules,
  record: JsonObject,
  lookup: (module: string, id: string) => Promise<JsonObject | null>,
): Promise<JsonObject | null> {
  const contact = contactField(module, modules);
  if (!contact) return null;
  const id = Object.hasOwn(record, contact.field) ? record[contact.field] : undefined;
  return (typeof id === "string" && id !== "") || typeof id === "number" ? lookup(contact.module.name, String(id)) : null;
}

/** Customers before vendors (Zoho keeps both as contacts), and the usual name before others: a purchase order also has a delivery customer. */
function contactField(module: Module, modules: Modules): { readonly field: string; readonly module: Module } | null {
  const lookups = module.fields.flatMap((field) => {
    const target = field.type === "lookup" && field.module !== undefined ? modules.get(field.module) : undefined;
    return target ? [{ field: field.name, module: target }] : [];
  });
  for (const name of ["contacts", "vendors"]) {
    const found = lookups.filter((candidate) => candidate.module.name === name);
    const usual = found.find(({ field }) => field === "customer_id" || field === "contact_id" || field === "vendor_id");
    if (usual ?? found[0]) return usual ?? found[0] ?? null;
  }
  return null;
}

/** `recurring_invoice_id` brings `recurring_invoice` beside the singular `recurringinvoice`. */
function namesOf({ name, aliases, singular, idFields }: Module): readonly string[] {
  const ids = idFields.filter((field) => field.endsWith("_id")).map((field) => field.slice(0, -"_id".length));
  const plurals = [name, ...aliases];
  return [
    ...new Set([singular, ...plurals, ...plurals.map((plural) => plural.replace(/s$/, "")), ...ids].map((each) => each.toLowerCase())),
  ];
}

function fieldsOf({ fields, idFields }: Module): readonly Field[] {
  const known = new Set(fields.map((field) => field.name));
  return [...fields, ...idFields.filter((name) => !known.has(name)).map((name) => ({ name, type: "text" as const }))];
}

import type { z } from "zod";
import type { CheckContext } from "../../../src/actions/action.ts";
import { CATALOGUE } from "../../../src/model/catalogue.ts";
import { EmailAlert } from "../../../src/model/actions/email-alert.ts";
import { EmailTemplate } from "../../../src/model/actions/email-template.ts";
import { resolveModules } from "../../../src/model/module.ts";
import { Organization } from "../../../src/model/organization.ts";

/** An alert to the record's `email`, with whatever else a test gives. */
export function alert(more: Partial<z.input<typeof EmailAlert>> = {}): EmailAlert {
  return EmailAlert.parse({ name: "thank-you", module: "invoices", template: "thank-you", recipients: [{ field: "email" }], ...more });
}

export const organization = Organization.parse({
  users: [
    { id: "7605001", name: "Charles", email: "charles@zylker.example", roles: ["admin"] },
    { id: "7605002", name: "Patricia", email: "patricia@zylker.example", roles: ["sales"] },
  ],
});

/** What an alert on invoices is checked against. */
export function context(more: Partial<CheckContext> = {}): CheckContext {
  const modules = resolveModules(CATALOGUE, [
    { name: "invoices", fields: [{ name: "cf_watchers", type: "list" }], triggers: [] },
    { name: "contacts", fields: [{ name: "contact_persons", type: "list", fields: [{ name: "email", type: "email" }] }], triggers: [] },
  ]);
  const module = modules.get("invoices");
  if (!module) throw new Error("no invoices");
  const template = EmailTemplate.parse({ name: "thank-you", module: "invoices", subject: "Thank you", html: "<p>Thank you</p>" });
  return {
    organization,
    modules,
    module,
    template: (name) => (name === template.name ? template : null),
    templates: [template.name],
    connections: [],
    ...more,
  };
}

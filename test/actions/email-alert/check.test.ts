import type { z } from "zod";
import { describe, expect, it } from "vitest";
import { checkEmailAlert } from "../../../src/actions/email-alert/check.ts";
import type { EmailAlert } from "../../../src/model/actions/email-alert.ts";
import { alert } from "./make.ts";
import type { CheckContext } from "../../../src/actions/action.ts";
import { CATALOGUE } from "../../../src/model/catalogue.ts";
import { resolveModules } from "../../../src/model/module.ts";
import { Organization } from "../../../src/model/organization.ts";

const ORGANIZATION = {
  users: [
    { id: "7605001", name: "Charles", email: "charles@zylker.example", roles: ["admin"] },
    { id: "7605002", name: "Asha", email: "asha@zylker.example", roles: ["admin", "sales"] },
  ],
};

function context(limits: { readonly additionalRecipients?: number } = {}): CheckContext {
  const modules = resolveModules(CATALOGUE, [
    { name: "contacts", fields: [{ name: "contact_persons", type: "list", fields: [{ name: "email", type: "email" }] }], triggers: [] },
  ]);
  const module = modules.get("invoices");
  if (!module) throw new Error("the catalogue has no invoices");
  const template = { name: "thank-you", module: "invoices", subject: "s", html: "h" };
  return {
    organization: Organization.parse({ ...ORGANIZATION, limits }),
    modules,
    module,
    template: (name) => (name === template.name ? template : null),
    templates: [template.name],
    connections: [],
  };
}

type Spec = Partial<z.input<typeof EmailAlert>>;
const issues = (spec: Spec) => checkEmailAlert(alert(spec), context());

describe("an alert is saved", () => {
  it.each<[string, Spec]>([
    ["to a field", {}],
    ["to a custom field, declared or not", { recipients: [{ field: "cf_watchers" }, { field: "cf_other" }] }],
    ["to the record that a lookup points to", { recipients: [{ lookup: "customer_id", field: "email" }] }],
    ["to any of a list", { recipients: [{ lookup: "customer_id", field: "contact_persons.*.email" }] }],
    ["to a contact, a user, a role", { recipients: [{ contact: "7605" }, { user: "7605001" }, { role: "sales" }] }],
    ["with addresses", { from: "a@b.example", replyTo: "c@d.example", additionalRecipients: ["e@f.example"] }],
  ])("%s", (_, spec) => expect(issues(spec)).toEqual([]));
});

describe("an alert is refused", () => {
  it.each<[Spec, string, string, string | undefined]>([
    [{ template: "thank-yu" }, "template", 'unknown template of module invoices "thank-yu"', 'did you mean "thank-you"?'],
    [{ recipients: [{ field: "emial" }] }, "recipients.0.field", 'unknown field "emial"', 'did you mean "email"?'],
    [{ recipients: [{ lookup: "customer_id", field: "emial" }] }, "recipients.0.field", 'unknown field "emial"', 'did you mean "email"?'],
    [
      { recipients: [{ lookup: "custmer_id", field: "email" }] },
      "recipients.0.lookup",
      'unknown field "custmer_id"',
      'did you mean "customer_id"?',
    ],
    [{ recipients: [{ user: "7605009" }] }, "recipients.0.user", 'unknown user of the organization "7605009"', 'did you mean "7605001"?'],
    [{ recipients: [{ role: "admn" }] }, "recipients.0.role", 'unknown role of the organization "admn"', 'did you mean "admin"?'],
  ])("%j", (spec, path, message, hint) => expect(issues(spec)).toMatchObject([{ path, message, hint }]));

  it("for a lookup that is none", () => {
    expect(issues({ recipients: [{ lookup: "email", field: "email" }] })).toMatchObject([
      {
        path: "recipients.0.lookup",
        message: 'expected a lookup field with a known module, got "email"',
        hint: expect.stringContaining("customer_id"),
      },
    ]);
  });

  it("for more additional recipients than the organization allows", () => {
    expect(checkEmailAlert(alert({ additionalRecipients: ["a@b.example", "c@d.example"] }), context({ additionalRecipients: 1 }))).toEqual([
      { path: "additionalRecipients", message: "expected at most 1 additional recipients, got 2", overLimit: true },
    ]);
  });

  it("for addresses that are filled in later", () => {
    const definition = { ...alert(), from: "${INVOICE.EMAIL}", replyTo: "{{record.email}}", additionalRecipients: ["${CONTACT.EMAIL}"] };
    expect(checkEmailAlert(definition, context()).map(({ path }) => path)).toEqual(["from", "replyTo", "additionalRecipients.0"]);
  });
});

import { describe, expect, it } from "vitest";
import { checkEmailAlert } from "../../../src/actions/email-alert/check.ts";
import { resolveRecipients } from "../../../src/actions/email-alert/recipients.ts";
import type { EmailRecipient } from "../../../src/model/actions/email-alert.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { inputOf, moduleNamed, modules, organization } from "../action-input.ts";
import { alert } from "./make.ts";

const STORED: Readonly<Record<string, JsonObject>> = {
  "contacts/7": { contact_id: "7", email: "contact@shop.example", cf_billing: ["bill@shop.example"] },
  "vendors/9": { vendor_id: "9", email: "partner@shop.example" },
};

function resolve(recipients: readonly EmailRecipient[], record: JsonObject, additionalRecipients: readonly string[] = []) {
  const definition = alert({ recipients: [...recipients], additionalRecipients: [...additionalRecipients] });
  return resolveRecipients(inputOf(definition, { record, lookup: async (module, id) => STORED[`${module}/${id}`] ?? null }));
}

describe("a recipient", () => {
  it.each<[string, EmailRecipient, JsonObject, readonly string[]]>([
    ["field", { field: "email" }, { email: "a@b.example" }, ["a@b.example"]],
    ["field with a list", { field: "email" }, { email: ["a@b.example", "c@d.example"] }, ["a@b.example", "c@d.example"]],
    ["field with a list as text", { field: "email" }, { email: '["a@b.example"]' }, ["a@b.example"]],
    [
      "field of list elements",
      { field: "contact_persons.*.email" },
      { contact_persons: [{ email: "a@b.example" }, { email: "" }] },
      ["a@b.example"],
    ],
    ["custom field by label", { field: "custom_fields.CC" }, { custom_fields: [{ label: "CC", value: "a@b.example" }] }, ["a@b.example"]],
    ["custom field", { field: "cf_cc" }, { custom_fields: [{ api_name: "cf_cc", label: "CC", value: "a@b.example" }] }, ["a@b.example"]],
    ["lookup", { lookup: "customer_id", field: "email" }, { customer_id: "7" }, ["contact@shop.example"]],
    ["lookup whose id is a number", { lookup: "customer_id", field: "cf_billing" }, { customer_id: 7 }, ["bill@shop.example"]],
    [
      "custom lookup",
      { lookup: "cf_partner", field: "email" },
      { custom_fields: [{ api_name: "cf_partner", value: "9" }] },
      ["partner@shop.example"],
    ],
    ["contact", { contact: "7" }, {}, ["contact@shop.example"]],
    ["user", { user: "1" }, {}, ["charles@zylker.example"]],
    ["role", { role: "admin" }, {}, ["charles@zylker.example", "patricia@zylker.example"]],
  ])("%s", async (_, recipient, record, to) => {
    expect(await resolve([recipient], record)).toEqual({ to, leftOut: [] });
  });

  it.each<[string, EmailRecipient, JsonObject, string, string]>([
    ["lookup without a value", { lookup: "customer_id", field: "email" }, {}, "field email of customer_id", "the lookup is empty"],
    [
      "lookup to nothing",
      { lookup: "customer_id", field: "email" },
      { customer_id: "8" },
      "field email of customer_id",
      "no record 8 in contacts",
    ],
    [
      "lookup of another type",
      { lookup: "total", field: "email" },
      { total: 5 },
      "field email of total",
      "total is not a lookup to a known module",
    ],
    [
      "lookup to a record without it",
      { lookup: "customer_id", field: "cf_none" },
      { customer_id: "7" },
      "field cf_none of customer_id",
      "empty",
    ],
    ["contact", { contact: "8" }, {}, "contact 8", "no record 8 in contacts"],
    ["user", { user: "4" }, {}, "user 4", "the organization has no such user"],
    ["role", { role: "none" }, {}, "role none", "the organization has no such user"],
    ["field that every object has", { field: "constructor" }, {}, "field constructor", "empty"],
  ])("%s that gives none is named", async (_, recipient, record, name, reason) => {
    expect(await resolve([recipient], record)).toEqual({ to: [], leftOut: [{ recipient: name, value: null, reason }] });
  });

  it("who is a user with a broken address is named", async () => {
    const { to, leftOut } = await resolve([{ role: "broken" }], {});
    expect([to, leftOut]).toEqual([[], [{ recipient: "role broken", value: "no address", reason: "not one valid address" }]]);
  });

  it("is sent to once, whatever the case, as it was written first", async () => {
    const record = { email: ["A@b.example", "a@B.example", "Charles@Zylker.example"] };
    const { to } = await resolve([{ field: "email" }, { user: "1" }], record, ["a@b.example", "c@d.example"]);
    expect(to).toEqual(["A@b.example", "Charles@Zylker.example", "c@d.example"]);
  });
});

describe("check", () => {
  const template = { name: "thank-you", module: "invoices", subject: "s", html: "h" };
  const context = {
    organization,
    modules,
    module: moduleNamed("invoices"),
    templates: ["thank-you"],
    connections: [],
    template: (name: string) => (name === "thank-you" ? template : null),
  };

  it("finds nothing wrong with any kind of recipient", () => {
    const recipients: EmailRecipient[] = [
      { field: "email" },
      { field: "cf_anything" },
      { field: "custom_fields.Any Label" },
      { field: "contact_persons.*.email" },
      { lookup: "customer_id", field: "email" },
      { lookup: "cf_partner", field: "email" },
      { contact: "not stored yet" },
      { user: "1" },
      { role: "sales" },
    ];
    expect(checkEmailAlert(alert({ recipients, additionalRecipients: ["a@b.example"] }), context)).toEqual([]);
  });

  it.each<[Parameters<typeof alert>[0], string, string | undefined]>([
    [{ template: "thank-yuo" }, "template", 'did you mean "thank-you"?'],
    [{ recipients: [{ field: "emial" }] }, "recipients.0.field", 'did you mean "email"?'],
    [{ recipients: [{ field: "contact_persons.*.emial" }] }, "recipients.0.field", 'did you mean "contact_persons.*.email"?'],
    [{ recipients: [{ field: "billing_address.__proto__" }] }, "recipients.0.field", undefined],
    [{ recipients: [{ lookup: "custmer_id", field: "email" }] }, "recipients.0.lookup", 'did you mean "customer_id"?'],
    [{ recipients: [{ lookup: "total", field: "email" }] }, "recipients.0.lookup", "lookups: customer_id, cf_partner"],
    [{ recipients: [{ lookup: "cf_undeclared", field: "email" }] }, "recipients.0.lookup", "lookups: customer_id, cf_partner"],
    [{ recipients: [{ lookup: "customer_id", field: "emial" }] }, "recipients.0.field", 'did you mean "email"?'],
    [{ recipients: [{ user: "4" }] }, "recipients.0.user", "known: 1, 2, 3"],
    [{ recipients: [{ role: "amdin" }] }, "recipients.0.role", 'did you mean "admin"?'],
    [{ additionalRecipients: Array.from({ length: 11 }, (_, n) => `a${n}@b.example`) }, "additionalRecipients", undefined],
  ])("%j is wrong at %s", (more, path, hint) => {
    const issues = checkEmailAlert(alert(more), context);
    expect(issues).toMatchObject([{ path, ...(hint === undefined ? {} : { hint }) }]);
  });

  it("takes 10 additional recipients", () => {
    const additionalRecipients = Array.from({ length: 10 }, (_, n) => `a${n}@b.example`);
    expect(checkEmailAlert(alert({ additionalRecipients }), context)).toEqual([]);
  });
});

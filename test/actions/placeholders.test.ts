import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkPlaceholders,
  compileTemplate,
  contactOf,
  type PlaceholderContext,
  type PlaceholderValues,
} from "../../src/actions/placeholders/placeholders.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import { type Module, resolveModules } from "../../src/model/module.ts";
import { Organization } from "../../src/model/organization.ts";

const module = (more: Partial<Module> & Pick<Module, "name" | "singular">): Module => ({
  label: more.name,
  aliases: [],
  idFields: [`${more.singular}_id`, "id"],
  fields: [],
  triggers: [],
  ...more,
});
const contacts = module({
  name: "contacts",
  singular: "contact",
  aliases: ["customers"],
  fields: [
    { name: "contact_name", type: "text" },
    { name: "mobile_phone", type: "phone" },
    { name: "credit_limit", type: "currency" },
  ],
});
const invoices = module({
  name: "invoices",
  singular: "invoice",
  fields: [
    { name: "invoice_number", type: "text" },
    { name: "total", type: "currency" },
    { name: "paid", type: "boolean" },
    { name: "note", type: "text" },
    { name: "customer_id", type: "lookup", module: "customers" },
    { name: "billing_address", type: "object", fields: [{ name: "city", type: "text" }] },
    { name: "extra", type: "object" },
    { name: "line_items", type: "list" },
    { name: "cf_region", type: "text", label: "Sales Region" },
    { name: "invoice_total", type: "text" },
    { name: "invoice_status", type: "text" },
    { name: "status", type: "text" },
  ],
});
const recurring = module({
  name: "recurringinvoices",
  singular: "recurringinvoice",
  idFields: ["recurring_invoice_id", "id"],
  fields: [{ name: "total", type: "currency" }],
});
const users = module({ name: "users", singular: "user", fields: [{ name: "photo", type: "url" }] });
const bills = module({ name: "bills", singular: "bill", fields: [{ name: "vendor_id", type: "lookup", module: "vendors" }] });
const vendors = module({ name: "vendors", singular: "vendor", fields: [{ name: "contact_name", type: "text" }] });
const modules = new Map(
  [invoices, contacts, recurring, users, bills, vendors].flatMap((each) =>
    [each.name, ...each.aliases].map((name) => [name, each] as const),
  ),
);

const ORGANIZATION = Organization.parse({ id: "60001", name: "Zylker", address: { city: "New Delhi" } });
const RECORD = {
  invoice_id: "90300",
  invoice_number: "INV-1",
  total: 12000.5,
  paid: "true",
  customer_id: "7",
  billing_address: { city: "Pune" },
  extra: { deep: { er: 1 } },
  line_items: [{ rate: 1 }],
  custom_fields: [
    { label: "Quote Number", api_name: "cf_quote", value: "Q-7" },
    { label: "Sales Region", value: "North" },
  ],
  cf_stage: "won",
  status: "sent",
};
const values = (more: Partial<PlaceholderValues> = {}): PlaceholderValues => ({
  record: RECORD,
  contact: { contact_id: "7", contact_name: "Bowman", mobile_phone: "+91 99" },
  organization: ORGANIZATION,
  user: { id: "1", name: "Charles", email: "charles@zylker.example", roles: ["admin"] },
  payload: () => '{"invoice":{"a":"b"}}',
  ...more,
});
const expand = (text: string, context: PlaceholderContext = "plain", more: Partial<PlaceholderValues> = {}, of = invoices): string =>
  compileTemplate(text, context, of, modules).expand(values(more));
const note = (value: Json): Partial<PlaceholderValues> => ({ record: { note: value, total: value, paid: value } });

describe("a name", () => {
  it.each([
    ["${INVOICE.INVOICE_NUMBER}", "INV-1"],
    ["${INVOICE.NUMBER}", null],
    ["${invoice.invoice_number}", "INV-1"],
    ["${Invoices.Invoice_Number}", "INV-1"],
    ["${ INVOICE.TOTAL }", "12000.5"],
    ["${INVOICE.INVOICE_PAID}", "true"],
    ["${INVOICE.INVOICE_STATUS}", ""],
    ["${INVOICE.STATUS}", "sent"],
    ["${INVOICE.INVOICE_INVOICE_STATUS}", ""],
    ["${INVOICE.INVOICE_ID}", "90300"],
    ["${INVOICE.ID}", ""],
    ["${INVOICE.BILLING_ADDRESS.CITY}", "Pune"],
    ["${INVOICE.BILLING_ADDRESS.STATE}", null],
    ["${INVOICE.EXTRA.DEEP.ER}", "1"],
    ["${INVOICE.EXTRA.OTHER}", ""],
    ["${INVOICE.LINE_ITEMS}", '[{"rate":1}]'],
    ["${INVOICE.LINE_ITEMS.RATE}", null],
    ["${INVOICE.TOTAL.X}", null],
    ["${INVOICE.CF_STAGE}", "won"],
    ["${INVOICE.INVOICE_CF_STAGE}", "won"],
    ["${INVOICE.CF_QUOTE}", "Q-7"],
    ["${INVOICE.CF_REGION}", "North"],
    ["${INVOICE.CF_NONE}", ""],
    ["${INVOICE.CUSTOM_FIELDS.Quote Number}", "Q-7"],
    ["${invoice.custom_fields.quote number}", "Q-7"],
    ["${INVOICE.CUSTOM_FIELDS.Nothing}", ""],
    ["${CONTACT.CONTACT_NAME}", "Bowman"],
    ["${CONTACT.NAME}", null],
    ["${CONTACT.CONTACT_MOBILE_PHONE}", "+91 99"],
    ["${CUSTOMER.MOBILE_PHONE}", "+91 99"],
    ["${CONTACT.CONTACT_ID}", "7"],
    ["${ORGANIZATION.NAME}", "Zylker"],
    ["${ORGANISATION.ORGANISATION_NAME}", "Zylker"],
    ["${ORGANIZATION.ORGANIZATION_ID}", "60001"],
    ["${ORGANIZATION.ADDRESS.CITY}", "New Delhi"],
    ["${ORGANIZATION.CF_X}", null],
    ["${USER.NAME}", "Charles"],
    ["${USER.USER_EMAIL}", "charles@zylker.example"],
    ["${USER.ZUID}", ""],
    ["${USER.ROLES}", '["admin"]'],
    ["${USER.PASSWORD}", null],
    ["${JSONString}", '{"invoice":{"a":"b"}}'],
    ["${JSONSTRING}", '{"invoice":{"a":"b"}}'],
    ["${INVOICE}", null],
    ["${INVOICE.}", null],
    ["${}", null],
    ["${QUOTE.TOTAL}", null],
    ["${INVOICE.__PROTO__}", null],
    ["${INVOICE.CONSTRUCTOR}", null],
  ])("%s is %j", (text, expected) => {
    expect(expand(text)).toBe(expected ?? "");
    const issues = checkPlaceholders(text, invoices, modules, "url").map(({ path, message }) => `${path}: ${message.split(": ")[0]}`);
    expect(issues).toEqual(expected === null ? [`url: unknown placeholder ${text}`] : []);
  });

  it.each([
    ["${INVOICE.TOTTAL}", "did you mean ${INVOICE.TOTAL}?"],
    ["${INVOIC.TOTAL}", "did you mean ${INVOICE.TOTAL}?"],
    ["${CONTACT.CONTACT_NMAE}", "did you mean ${CONTACT.CONTACT_NAME}?"],
    ["${JSONStrin}", "did you mean ${JSONString}?"],
    ["${INVOICE.BILLING_ADDRESS.CITI}", "did you mean ${INVOICE.BILLING_ADDRESS.CITY}?"],
    ["${INVOICE.ZZZZZZZZZZZZ}", undefined],
  ])("%s brings the hint %s", (text, hint) => {
    expect(checkPlaceholders(text, invoices, modules).map((issue) => issue.hint)).toEqual([hint]);
  });

  it("finds every mistake of a text, and a placeholder that is not closed", () => {
    expect(checkPlaceholders("${A.B} ok ${INVOICE.TOTAL} ${C.D} ${INVOICE.TOTAL", invoices, modules)).toHaveLength(3);
    expect(checkPlaceholders("costs $5 {braces} $ {}", invoices, modules)).toEqual([]);
  });

  it("takes the id's name for the module's where the singular has no underscore", () => {
    expect(expand("${RECURRING_INVOICE.RECURRING_INVOICE_TOTAL}|${RECURRINGINVOICE.TOTAL}", "plain", {}, recurring)).toBe(
      "12000.5|12000.5",
    );
  });

  it("means the record before anything else", () => {
    expect(checkPlaceholders("${USER.PHOTO}", users, modules)).toEqual([]);
    expect(expand("${CONTACT.CONTACT_NAME}", "plain", { record: { contact_name: "Arun" }, contact: null }, contacts)).toBe("Arun");
  });

  it("of a contact needs a lookup to contacts, or to vendors", () => {
    expect(checkPlaceholders("${CONTACT.CONTACT_NAME}", recurring, modules)).toMatchObject([
      { path: "", message: "unknown placeholder ${CONTACT.CONTACT_NAME}: the module recurringinvoices has no lookup to contacts" },
    ]);
    expect(expand("${CONTACT.CONTACT_NAME} ${VENDOR.CONTACT_NAME}", "plain", {}, bills)).toBe("Bowman Bowman");
  });

  it("that the seed uses exists in the built-in modules", () => {
    const builtIn = resolveModules(CATALOGUE, []);
    const invoice = builtIn.get("invoices");
    if (!invoice) throw new Error("no invoices");
    for (const text of [
      "${CONTACT.CONTACT_NAME}",
      "${CONTACT.CONTACT_MOBILE_PHONE}",
      "${INVOICE.INVOICE_TOTAL}",
      "${INVOICE.INVOICE_NUMBER}",
    ])
      expect(checkPlaceholders(text, invoice, builtIn)).toEqual([]);
  });
});

describe("the contact", () => {
  const found = async (record: JsonObject, of = invoices): Promise<unknown> =>
    contactOf(of, modules, record, async (name, id) => ({ name, id }));
  it.each([
    [{ customer_id: "7" }, { name: "contacts", id: "7" }],
    [{ customer_id: 7 }, { name: "contacts", id: "7" }],
    [{ customer_id: "" }, null],
    [{ customer_id: null }, null],
    [{}, null],
  ])("of %j is %j", async (record, expected) => {
    expect(await found(record)).toEqual(expected);
  });
  it("of a bill is its vendor; of a module without a lookup there is none", async () => {
    expect(await found({ vendor_id: "9" }, bills)).toEqual({ name: "vendors", id: "9" });
    expect(await found({ customer_id: "7" }, recurring)).toBeNull();
  });
  it("is only needed where a text names it", () => {
    expect(compileTemplate("${CONTACT.CONTACT_NAME}", "plain", invoices, modules).usesContact).toBe(true);
    expect(compileTemplate("${INVOICE.TOTAL}", "plain", invoices, modules)).toMatchObject({ usesContact: false, constant: false });
    expect(compileTemplate("${INVOICE", "plain", invoices, modules)).toMatchObject({ usesContact: false, constant: true });
  });
});

describe("a value", () => {
  it("that is absent, null or of nobody is empty", () => {
    expect(
      expand("[${INVOICE.NOTE}${CONTACT.CONTACT_NAME}${USER.NAME}]", "plain", { record: { note: null }, contact: null, user: null }),
    ).toBe("[]");
  });

  it("is never looked at for placeholders", () => {
    expect(expand("${INVOICE.NOTE}${INVOICE.NOTE}", "plain", note("${INVOICE.TOTAL}"))).toBe("${INVOICE.TOTAL}${INVOICE.TOTAL}");
  });

  it.each<[PlaceholderContext, string, Json, string]>([
    ["url", "a=${INVOICE.NOTE}", "1&b=2#c/../é +%", "a=1%26b%3D2%23c%2F..%2F%C3%A9%20%2B%25"],
    ["url", "a=${INVOICE.NOTE}", "\uD800", "a=%EF%BF%BD"],
    ["form", "a=${INVOICE.NOTE}", "a b+c&d", "a=a+b%2Bc%26d"],
    ["header", "v ${INVOICE.NOTE}", "a\r\nSet-Cookie: x", "v a Set-Cookie: x"],
    ["header", "${INVOICE.NOTE}", "José 東 ~\u007f\0", "Jos%C3%A9 %E6%9D%B1 ~ "],
    ["json", '{"a":"${INVOICE.NOTE}"}', '"},{"b":"\n', '{"a":"\\"},{\\"b\\":\\"\\n"}'],
    ["json", '{"a":"\\"${INVOICE.NOTE}"}', '"', '{"a":"\\"\\""}'],
    ["json", '{"a":"\\\\","b":${INVOICE.NOTE}}', '"', '{"a":"\\\\","b":"\\""}'],
    ["json", '{"a":${INVOICE.TOTAL}}', "12000.0", '{"a":12000.0}'],
    ["json", '{"a":${INVOICE.TOTAL}}', "1,000", '{"a":"1,000"}'],
    ["json", '{"a":${INVOICE.TOTAL}}', "", '{"a":null}'],
    ["json", '{"a":${INVOICE.TOTAL}}', 5, '{"a":5}'],
    ["json", '{"a":${INVOICE.PAID}}', "TRUE", '{"a":true}'],
    ["json", '{"a":${INVOICE.NOTE}}', "true", '{"a":"true"}'],
    ["json", '{"a":${INVOICE.NOTE}}', null, '{"a":null}'],
    ["json", '{"a":${INVOICE.NOTE}}', { b: ["c"] }, '{"a":{"b":["c"]}}'],
    ["json", '{"a":"${INVOICE.NOTE}"}', { b: ["c"] }, '{"a":"{\\"b\\":[\\"c\\"]}"}'],
    ["json", "${JSONString}", null, '{"invoice":{"a":"b"}}'],
    ["json", '{"a":${JSONString},"b":"${JSONString}"}', null, '{"a":{"invoice":{"a":"b"}},"b":"{\\"invoice\\":{\\"a\\":\\"b\\"}}"}'],
    [
      "xmlText",
      '<m a="${INVOICE.NOTE}">${INVOICE.NOTE}</m>',
      "<&'\">\0\n",
      '<m a="&lt;&amp;&apos;&quot;&gt;\n">&lt;&amp;&apos;&quot;&gt;\n</m>',
    ],
    [
      "xmlText",
      "<m><![CDATA[${INVOICE.NOTE}]]>${INVOICE.NOTE}</m>",
      "a<&]]>b",
      "<m><![CDATA[a<&]]]]>&gt;<![CDATA[b]]>a&lt;&amp;]]&gt;b</m>",
    ],
    ["plain", "${INVOICE.NOTE}", '<&"\r\n', '<&"\r\n'],
  ])("%s: %s with %j", (context, text, value, expected) => {
    expect(expand(text, context, note(value))).toBe(expected);
  });
});

describe("whatever the value", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.constantFrom('"', "\\", "]]>", "${INVOICE.TOTAL}", "\r\n", "\uD800", "&", "..", "<!--"),
  );
  const json = fc.jsonValue() as fc.Arbitrary<Json>; // fast-check's JsonValue is our Json but for `readonly`
  const wellFormed = (value: string): string => value.replace(/\p{Surrogate}/gu, "\uFFFD");

  it("JSON parses and holds it, in a string and out of one", () => {
    fc.assert(
      fc.property(json, text, (value, string) => {
        const parsed: unknown = JSON.parse(
          expand('{"a":${INVOICE.NOTE},"b":"<${INVOICE.NUMBERED}>","c":[${INVOICE.TOTAL}]}'.replace("NUMBERED", "INVOICE_NUMBER"), "json", {
            record: { note: value, invoice_number: string, total: string },
          }),
        );
        expect(parsed).toMatchObject({ b: `<${string}>` });
        expect(JSON.stringify(parsed)).toContain(`{"a":${JSON.stringify(value)},`);
        const { c } = parsed as { c: readonly unknown[] }; // the text above
        expect([string, Number(string), null]).toContainEqual(c[0]);
        expect(c).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it("a URL and a form give it back, and nothing else changes", () => {
    fc.assert(
      fc.property(text, (value) => {
        const url = new URL(expand("https://erp.example/x${INVOICE.NOTE}/hook?a=${INVOICE.NOTE}&b=2", "url", note(value)));
        expect([url.host, url.hash, url.searchParams.get("a"), url.searchParams.get("b"), url.searchParams.size]).toEqual([
          "erp.example",
          "",
          wellFormed(value),
          "2",
          2,
        ]);
        expect(decodeURIComponent(url.pathname)).toBe(`/x${wellFormed(value)}/hook`);
        expect([...new URLSearchParams(expand("a=${INVOICE.NOTE}&b=2", "form", note(value)))]).toEqual([
          ["a", wellFormed(value)],
          ["b", "2"],
        ]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("a header is one line of ASCII", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(expand("${INVOICE.NOTE}", "header", note(value))).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("no markup comes out of XML text, attributes or CDATA", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const record = { note: a, status: b };
        const element = expand('<m a="${INVOICE.NOTE}">${INVOICE.STATUS}</m>', "xmlText", { record });
        expect(element.replace(/&(lt|gt|amp|quot|apos);/g, "")).toMatch(/^<m a="[^"<>&]*">[^<>&]*<\/m>$/);
        const cdata = expand("<m><![CDATA[${INVOICE.NOTE}${INVOICE.STATUS}]]></m>", "xmlText", { record });
        const content = cdata
          .slice("<m>".length, -"</m>".length)
          .replace(/<!\[CDATA\[(.*?)\]\]>/gs, (_, inner: string) => inner.replaceAll(/[<>&]/g, ""))
          .replaceAll("&gt;", "");
        expect(content).not.toMatch(/[<>&]/);
      }),
      { numRuns: 2_000 },
    );
  });
});

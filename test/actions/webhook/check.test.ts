import { describe, expect, it } from "vitest";
import { checkWebhook } from "../../../src/actions/webhook/check.ts";
import { invoices, modules, webhook, type WebhookSpec } from "./make.ts";

const check = (spec: Partial<WebhookSpec>) => checkWebhook(webhook(spec), { module: invoices, modules, connections: ["erp"] });
const header = (name: string, value = "x") => ({ headers: [{ name, value }] });

describe("accepts", () => {
  it.each<Partial<WebhookSpec>>([
    {},
    { url: "http://erp.example:8443/a/${INVOICE.INVOICE_NUMBER}?b=${CONTACT.CONTACT_NAME}&c=%20#f" },
    { url: "https://10.0.0.1/" },
    { url: "https://sms.example/send?msisdn=${CONTACT.CONTACT_MOBILE_PHONE}&message=Hello%20${CONTACT.CONTACT_NAME}.Thank%20you" },
    { parameters: [{ name: "invoice", value: "${INVOICE.INVOICE_NUMBER}" }] },
    header("Authorization", "Bearer abc"),
    header("X-Number", "${INVOICE.INVOICE_NUMBER}"),
    header("content-type", "application/vnd.erp+json"),
    { body: { type: "raw", content: '{"total": "${INVOICE.INVOICE_TOTAL}", "n": ${INVOICE.TOTAL}, "all": ${JSONString}}' } },
    { body: { type: "raw", content: "${JSONString}" } },
    { body: { type: "raw", content: "" } },
    { body: { type: "raw", content: "<a>${INVOICE.TOTAL}</a>", contentType: "application/xml; charset=utf-8" } },
    { body: { type: "formUrlEncoded", parameters: [{ name: "msg", value: "Hello ${CONTACT.CONTACT_NAME}" }] } },
    { secret: { env: "X" } },
    { authorization: { type: "self" } },
    { authorization: { type: "connection", connection: "erp" } },
    {
      body: {
        type: "formData",
        parts: [
          { name: "note", value: "hi" },
          { name: "file", field: "cf_attachment" },
        ],
      },
    },
  ])("%j", (spec) => {
    expect(check(spec)).toEqual([]);
  });
});

describe("refuses", () => {
  it.each<[Partial<WebhookSpec>, string, RegExp]>([
    [{ url: "erp.example/hook" }, "url", /expected a URL/],
    [{ url: "https://erp.example/a\nb" }, "url", /expected a URL/],
    [{ url: "https://" }, "url", /expected a URL/],
    [{ url: "https://erp.example:99999/" }, "url", /expected a URL/],
    [{ url: "ftp://erp.example/" }, "url", /http or https/],
    [{ url: "file:///etc/passwd" }, "url", /http or https/],
    [{ url: "https://me:hunter2@erp.example/" }, "url", /header/],
    [{ url: "https://${INVOICE.NOTE}/" }, "url", /not in the host/],
    [{ url: "https://${INVOICE.NOTE}.erp.example/" }, "url", /not in the host/],
    [{ url: "https://erp.example:${INVOICE.TOTAL}/" }, "url", /not in the host/],
    [{ url: "${INVOICE.NOTE}://erp.example/" }, "url", /expected a URL/],
    [{ url: "${INVOICE.NOTE}" }, "url", /expected a URL/],
    [{ url: "https://erp.example/${INVOICE.TOTTAL}" }, "url", /unknown placeholder/],
    [
      {
        parameters: [
          { name: "a", value: "1" },
          { name: "b", value: "${A.B}" },
        ],
      },
      "parameters.1.value",
      /unknown placeholder/,
    ],
    [header("X-A", "${A.B}"), "headers.0.value", /unknown placeholder/],
    [{ body: { type: "raw", content: '"${A.B}"' } }, "body.content", /unknown placeholder/],
    [{ body: { type: "formUrlEncoded", parameters: [{ name: "a", value: "${A.B}" }] } }, "body.parameters.0.value", /unknown placeholder/],
    ...[
      "webhook-id",
      "Webhook-Signature",
      "webhook-anything",
      "X-Zoho-Webhook-Signature",
      "content-length",
      "Host",
      "CONNECTION",
      "transfer-encoding",
      "expect",
    ].map((name): [Partial<WebhookSpec>, string, RegExp] => [header(name), "headers.0.name", /set by Rulewright/]),
    [header("X A"), "headers.0.name", /header name/],
    [header("X-A:"), "headers.0.name", /header name/],
    [header("X-Ä"), "headers.0.name", /header name/],
    [header("X-A", "a\r\nb"), "headers.0.value", /ASCII/],
    [header("X-A", "é"), "headers.0.value", /ASCII/],
    [
      {
        headers: [
          { name: "X-A", value: "1" },
          { name: "x-a", value: "2" },
        ],
      },
      "headers.1.name",
      /given twice/,
    ],
    [{ body: { type: "raw", content: '{"a": ' } }, "body.content", /expected JSON/],
    [{ body: { type: "raw", content: '"\\${INVOICE.NOTE}"' } }, "body.content", /expected JSON/],
    [{ body: { type: "raw", content: "x", contentType: "text\r\nX: 1" } }, "body.contentType", /content type/],
    [{ body: { type: "formData", parts: [{ name: "x", value: "${INVOICE.TOTL}" }] } }, "body.parts.0.value", /TOTL/],
    [{ body: { type: "formData", parts: [{ name: "x", field: "attachmnt" }] } }, "body.parts.0.field", /unknown field/],
    [{ authorization: { type: "connection", connection: "epr" } }, "authorization.connection", /unknown connection "epr"/],
  ])("%j", (spec, path, message) => {
    expect(check(spec)).toEqual([expect.objectContaining({ path, message: expect.stringMatching(message) })]);
  });
});

it("quotes no value: they hold credentials", () => {
  const issues = check({
    url: "https://me:hunter2@erp.example/?key=hunter2",
    headers: [{ name: "Authorization", value: "hunter2\n" }],
    parameters: [{ name: "token", value: "hunter2 ${A.B}" }],
    body: { type: "raw", content: "hunter2" },
  });
  expect(issues).toHaveLength(4);
  expect(JSON.stringify(issues)).not.toContain("hunter2");
});

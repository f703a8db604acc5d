import { simpleParser } from "mailparser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionInput, ActionResult } from "../../../src/actions/action.ts";
import { createEmailAlertHandler } from "../../../src/actions/email-alert/handler.ts";
import { createTemplates } from "../../../src/actions/templates/templates.ts";
import type { EmailAlert } from "../../../src/model/actions/email-alert.ts";
import type { EmailTemplate } from "../../../src/model/actions/email-template.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";
import { createMailer, type Mailer } from "../../../src/outbound/mail.ts";
import { listenSmtp, type SmtpListener } from "../../outbound/smtp-listener.ts";
import { inputOf } from "../action-input.ts";
import { alert } from "./make.ts";

const TEMPLATE: EmailTemplate = {
  name: "thank-you",
  module: "invoices",
  subject: "Thank you, {{record.customer_name}}",
  html: "<h1>Thanks</h1><p>{{record.customer_name}} paid {{formatMoney record.total}}</p>",
};
const RUN = "run_01JDABCDEF0123456789ABCDEF";

let smtp: SmtpListener;
let mailer: Mailer;
beforeEach(async () => {
  smtp = await listenSmtp();
  mailer = createMailer({ url: smtp.url, from: "billing@zylker.example", outbox: "/nowhere" });
});
afterEach(async () => {
  await mailer.close();
  await smtp.close();
});

type Overrides = Partial<ActionInput<EmailAlert>>;

function run(definition: EmailAlert, record: JsonObject = {}, more: Overrides = {}): Promise<ActionResult> {
  const input = inputOf(definition, { template: () => TEMPLATE, ...more });
  return createEmailAlertHandler({ mailer, templates: createTemplates() }).run({ ...input, record: { ...input.record, ...record } });
}

function frozenOf(result: ActionResult): Json {
  if (result.outcome !== "failed" || result.freeze === undefined)
    throw new Error(`expected a failure to try again, got ${JSON.stringify(result)}`);
  return result.freeze;
}

/** Who was asked for, whoever the headers show. */
const sentTo = () => smtp.received.map(({ to }) => to);

describe("a mail", () => {
  it("is one message to all recipients, with the Message-ID of the run", async () => {
    const definition = alert({
      from: "sales@zylker.example",
      replyTo: "help@zylker.example",
      additionalRecipients: ["boss@zylker.example"],
    });
    const result = await run(definition, { customer_name: "<Ann> & Söhne" });
    expect(result).toEqual({
      outcome: "succeeded",
      response: { accepted: ["buyer@shop.example", "boss@zylker.example"], rejected: [], leftOut: [], messageId: RUN },
    });
    expect(sentTo()).toEqual([["buyer@shop.example", "boss@zylker.example"]]);
    const mail = await simpleParser(smtp.received[0]?.raw ?? "");
    expect(mail.messageId).toBe(`<${RUN}@zylker.example>`);
    expect(mail.subject).toBe("Thank you, <Ann> & Söhne");
    expect(mail.html).toContain("<p>&lt;Ann&gt; &amp; Söhne paid Rs.12,000.00</p>");
    expect(mail.text?.trim()).toBe("Thanks\n\n<Ann> & Söhne paid Rs.12,000.00");
    expect([mail.from?.text, mail.replyTo?.text]).toEqual(["sales@zylker.example", "help@zylker.example"]);
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
  });

  it("cannot be given headers by the record", async () => {
    await run(alert(), { customer_name: "x\r\nBcc: evil@evil.example\r\n\r\n<b>body</b>" });
    expect(sentTo()).toEqual([["buyer@shop.example"]]);
    const mail = await simpleParser(smtp.received[0]?.raw ?? "");
    expect(mail.bcc).toBeUndefined();
    expect(mail.headers.has("bcc")).toBe(false);
    expect(mail.subject).toBe("Thank you, x Bcc: evil@evil.example <b>body</b>");
  });
});

describe("a recipient from the record that is not one valid address is left out and named", () => {
  it.each([
    "b@ok.example\r\nBcc: evil@evil.example",
    "b@ok.example,evil@evil.example",
    "b@ok.example;evil@evil.example",
    "B <b@ok.example>",
    "group: b@ok.example, evil@evil.example;",
    '"b"@ok.example',
    "b@ok.example\u2028evil@evil.example",
    " b@ok.example",
    "nobody",
    5,
    { address: "b@ok.example" },
  ])("%j", async (email) => {
    const result = await run(alert({ additionalRecipients: ["boss@zylker.example"] }), { email });
    expect(result).toMatchObject({
      outcome: "succeeded",
      response: {
        leftOut: [
          { recipient: "field email", value: typeof email === "string" ? email : JSON.stringify(email), reason: "not one valid address" },
        ],
      },
    });
    expect(sentTo()).toEqual([["boss@zylker.example"]]);
  });

  it.each([undefined, null, "", []])("%j, and none are left", async (email) => {
    const result = await run(alert(), { email: email ?? null });
    expect(result).toEqual({ outcome: "skipped", reason: "noRecipient", note: "no recipient has a valid address; field email: empty" });
    expect(smtp.received).toEqual([]);
  });
});

describe("a refusal", () => {
  it.each([
    [451, true],
    [550, false],
  ])("of the message with %i is tried again: %s", async (code, retry) => {
    smtp.behaviour.data = () => ({ code, text: "not today" });
    const result = await run(alert());
    expect(result).toMatchObject({ outcome: "failed", retry, error: expect.stringContaining(`${code}`) });
    expect("freeze" in result).toBe(retry);
  });

  it("of every recipient for good ends the run", async () => {
    smtp.behaviour.recipient = () => ({ code: 550, text: "no such user" });
    const result = await run(alert());
    expect(result).toMatchObject({ outcome: "failed", retry: false, error: expect.stringContaining("buyer@shop.example: 550") });
  });

  it("of some for good is named and the run has succeeded", async () => {
    smtp.behaviour.recipient = (address) => (address === "buyer@shop.example" ? { code: 550, text: "no such user" } : undefined);
    const result = await run(alert({ additionalRecipients: ["boss@zylker.example"] }));
    expect(result).toMatchObject({
      outcome: "succeeded",
      note: expect.stringContaining("buyer@shop.example"),
      response: { accepted: ["boss@zylker.example"], rejected: [{ address: "buyer@shop.example", permanent: true }] },
    });
  });

  it("of some for now is tried again for them only, with the same message", async () => {
    const definition = alert({ additionalRecipients: ["boss@zylker.example", "gone@zylker.example"] });
    const replies: Readonly<Record<string, number>> = { "buyer@shop.example": 451, "gone@zylker.example": 550 };
    smtp.behaviour.recipient = (address) => (replies[address] ? { code: replies[address], text: "greylisted" } : undefined);
    const first = await run(definition, { customer_name: "Ann" });
    expect(first).toMatchObject({ outcome: "failed", retry: true, response: { accepted: ["boss@zylker.example"] } });
    delete smtp.behaviour.recipient;
    const changed = { customer_name: "Changed", email: "other@shop.example" };
    const second = await run(definition, changed, { attempt: 2, frozen: frozenOf(first), template: () => null });
    expect(second).toEqual({
      outcome: "succeeded",
      response: { accepted: ["buyer@shop.example"], rejected: [], leftOut: [], messageId: RUN },
    });
    expect(sentTo()).toEqual([["boss@zylker.example"], ["buyer@shop.example"]]);
    const [a, b] = await Promise.all(smtp.received.map(({ raw }) => simpleParser(raw)));
    expect([b?.messageId, b?.subject, b?.html, b?.text]).toEqual([a?.messageId, a?.subject, a?.html, a?.text]);
  });

  it("for good of those who were left does not undo that others have it", async () => {
    smtp.behaviour.recipient = (address) => (address === "buyer@shop.example" ? { code: 451, text: "later" } : undefined);
    const definition = alert({ additionalRecipients: ["boss@zylker.example"] });
    const first = await run(definition);
    smtp.behaviour.recipient = () => ({ code: 550, text: "never" });
    const second = await run(definition, {}, { attempt: 2, frozen: frozenOf(first) });
    expect(second).toMatchObject({ outcome: "succeeded", note: expect.stringContaining("never") });
  });
});

describe("a failure that is not the recipients'", () => {
  it("to connect is tried again with the same mail", async () => {
    await smtp.close();
    const result = await run(alert(), { customer_name: "Ann" });
    expect(result).toMatchObject({ outcome: "failed", retry: true, freeze: { subject: "Thank you, Ann", to: ["buyer@shop.example"] } });
  });

  it("for want of a sender says what to do", async () => {
    mailer = createMailer({ url: smtp.url, from: null, outbox: "/nowhere" });
    expect(await run(alert())).toMatchObject({ outcome: "failed", retry: false, error: expect.stringContaining("RULEWRIGHT_MAIL_FROM") });
  });

  it("of the template ends the run", async () => {
    const html = "{{record.note}}";
    const result = await run(alert(), { note: "x".repeat(300_000) }, { template: () => ({ ...TEMPLATE, html }) });
    expect(result).toMatchObject({ outcome: "failed", retry: false, error: expect.stringContaining("256 KB") });
    expect(await run(alert(), {}, { template: () => null })).toMatchObject({
      outcome: "failed",
      retry: false,
      error: expect.stringContaining("thank-you"),
    });
    expect(smtp.received).toEqual([]);
  });

  it("to stop in time is tried again", async () => {
    const result = await run(alert(), {}, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: "failed", retry: true });
    expect(smtp.received).toEqual([]);
  });
});

it("has 5 attempts over 24 hours unless the definition says otherwise", () => {
  const handler = createEmailAlertHandler({ mailer, templates: createTemplates() });
  expect(handler.attempts(alert())).toBe(5);
  expect(handler.attempts(alert({ retry: { attempts: 1 } }))).toBe(1);
  const delays = [1, 2, 3, 4].map((attempt) => handler.delayAfter(attempt));
  expect(delays.reduce((sum, delay) => sum + delay, 0)).toBe(24 * 3_600_000);
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
});

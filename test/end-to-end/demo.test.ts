import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/program.ts";

describe("rulewright demo", () => {
  let code: number;
  let out = "";
  let err = "";
  beforeAll(async () => {
    code = await run(["demo"], {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      env: {},
      colours: false,
      stdin: async () => "",
      stopped: async () => undefined,
    });
  });

  it("ends with 0 and no complaint", () => {
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const complaint of ["NO MAIL", "NO WEBHOOK", "NOT VALID", "\u001b["]) expect(out).not.toContain(complaint);
    expect(out).toMatch(/\b0 failed\n/);
  });

  it.each<[what: string, line: RegExp]>([
    ["the bell", /the bell of user 7605001: "Sale worth Rs\.\s?12,000\.00" - Arun bought for Rs\.\s?12,000\.00\n/],
    ["the mail's recipient", /\| To: arun@customer\.example\n/],
    ["the mail's subject", /\| Subject: Thank you, Arun\n/],
    ["the mail's id, made from the run's", /\| Message-ID: <run_[0-9A-Za-z]{26}@zylker\.example>\n/],
    ["the coupon", /\| thank you for your payment of Rs\.\s?12,000\.00\.[^]*THANKS-10/],
    ["the webhook", /the receiver got a POST of \d+ bytes, webhook-id run_[0-9A-Za-z]{26}\n/],
    ["its signature, valid", /checked with the standardwebhooks package: valid\n/],
    ["the reminder that is planned", /emailAlert "coupon-reminder": scheduled for \d{4}-\d\d-\d\dT03:30:00\.000Z\n/],
    ["the event that was sent twice", /event evt-paid: duplicate\n/],
    ["the quote's new expiry date", /expiry_date "2015-06-30", revision 2\n/],
    ["the webhook over quota", /webhook "tell-the-erp": skipped, quotaExceeded\n/],
    ["the invoice that no rule fired for", /The rule asks for at least 500\.\n\s+no rule fired\n/],
    ["what arrived", /3 mails and 2 webhooks arrived \(2 with a valid signature\)\n/],
    ["what was skipped and why", /skipped: webhook "tell-the-erp" of invoice 90302, because quotaExceeded\n/],
    ["what is planned", /planned: emailAlert "coupon-reminder" of invoice 90300 for \d{4}-\d\d-\d\dT03:30:00\.000Z \(09:00 in Kolkata\)\n/],
    ["what was used of the quotas", /used today: 3 of 500 email alerts, 2 of 2 webhooks\n/],
  ])("shows %s", (_what, line) => {
    expect(out).toMatch(line);
  });
});

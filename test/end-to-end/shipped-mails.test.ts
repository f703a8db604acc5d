import { afterEach, describe, expect, it } from "vitest";
import { invoice, startApplication, type TestApplication } from "./application.ts";
import { bellOf, envelopeOf, readHtml, runsInWords, shippedRules } from "./shipped-rules.ts";

let app: TestApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

/** Friday, 20 November 2026, 14:30 in Kolkata. */
async function start(name: string): Promise<TestApplication> {
  return (app = await startApplication({ rules: shippedRules(name), start: "2026-11-20T09:00:00.000Z" }));
}

async function moveTo(t: TestApplication, instant: string): Promise<void> {
  t.clock.moveTo(instant);
  await t.engine.idle();
}

const FOOTER = "Zylker · 99999999999 · https://zylker.example";
const JOSE = { invoice_number: "INV-000087", customer_name: "José & <Söhne>" };

describe("thank-you.yaml", () => {
  it("thanks a paying customer with a coupon once, and reminds of it two weeks later at nine", async () => {
    const t = await start("thank-you");
    await t.emit(invoice({ ...JOSE, status: "sent" }));
    expect(await runsInWords(t)).toEqual([]);
    await t.emit({ ...invoice(JOSE), type: "edited" });
    await t.emit({ ...invoice({ ...JOSE, status: "sent" }), type: "edited" });
    await t.emit({ ...invoice(JOSE), type: "edited" });
    expect(await runsInWords(t)).toEqual(["thank-you succeeded", "coupon-reminder scheduled for 2026-12-04T03:30:00.000Z"]);
    expect(t.mail.mails).toHaveLength(1);
    expect(envelopeOf(t.mail.mails[0])).toEqual({ to: "arun@customer.example", subject: "Thank you, José & <Söhne>" });
    expect(readHtml(t.mail.mails[0])).toBe(
      "Zylker Thank you, José &amp; &lt;Söhne&gt; We have received your payment of Rs.12,000.00 for invoice INV-000087. " +
        "As a thank-you, here is 10% off your next purchase: THANKS-10 Show this mail, or give the code, when you pay. " +
        `Kind regards, Zylker ${FOOTER.replaceAll("·", "&middot;")}`,
    );
    expect(t.mail.mails[0]?.text).toContain("Thank you, José & <Söhne>\n\nWe have received your payment of Rs.12,000.00 for invoice");
    expect(t.mail.mails[0]?.text).toContain("\n\nTHANKS-10\n\n");

    await moveTo(t, "2026-12-04T03:29:59.999Z");
    expect(t.mail.mails).toHaveLength(1);
    await moveTo(t, "2026-12-04T03:30:00.000Z");
    expect(envelopeOf(t.mail.mails[1])).toEqual({
      to: "arun@customer.example",
      subject: "José & <Söhne>, your coupon is waiting",
    });
    expect(readHtml(t.mail.mails[1])).toContain("two weeks ago you paid Rs.12,000.00 for invoice INV-000087, and we thanked you");
    expect(t.mail.mails[1]?.text).toContain("\n\nTHANKS-10\n\n");
  });

  it("does not remind of a coupon when the payment was taken back", async () => {
    const t = await start("thank-you");
    await t.emit(invoice());
    await t.emit({ ...invoice({ status: "void" }), type: "edited" });
    await moveTo(t, "2026-12-04T03:30:00.000Z");
    expect(await runsInWords(t)).toEqual(["thank-you succeeded", "coupon-reminder skipped: criteriaNotMet"]);
  });

  it("leaves no hole where a record says nothing but its address", async () => {
    const t = await start("thank-you");
    await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1", status: "paid", email: "arun@customer.example" } });
    expect(t.mail.mails[0]?.subject).toBe("Thank you");
    expect(readHtml(t.mail.mails[0])).toContain("Thank you, dear customer We have received your payment. As a thank-you");
    await moveTo(t, "2026-12-04T03:30:00.000Z");
    expect(t.mail.mails[1]?.subject).toBe("Your coupon is waiting");
    expect(readHtml(t.mail.mails[1])).toContain("Dear customer, two weeks ago you paid, and we thanked you with a coupon.");
  });
});

describe("payment-reminder.yaml", () => {
  const sent = { ...JOSE, status: "sent", due_date: "2026-11-30", balance: "11000.50" };

  it("reminds the customer after 7 days at nine and tells the admins after 21, of what is open by then", async () => {
    const t = await start("payment-reminder");
    await t.emit(invoice({ ...sent, status: "draft" }));
    expect(await runsInWords(t)).toEqual([]);
    await t.emit({ ...invoice(sent), type: "edited" });
    const planned = ["payment-reminder scheduled for 2026-11-27T03:30:00.000Z", "still-unpaid scheduled for 2026-12-11T03:30:00.000Z"];
    expect(await runsInWords(t)).toEqual(planned);
    await t.emit({ ...invoice({ ...sent, status: "partially_paid", balance: "1000" }), type: "edited" });
    expect(await runsInWords(t)).toEqual(planned);

    await moveTo(t, "2026-11-27T03:29:59.999Z");
    expect(t.mail.mails).toEqual([]);
    await moveTo(t, "2026-11-27T03:30:00.000Z");
    expect(t.mail.mails).toHaveLength(1);
    expect(envelopeOf(t.mail.mails[0])).toEqual({
      to: "arun@customer.example",
      subject: "A reminder of invoice INV-000087 from Zylker",
    });
    expect(readHtml(t.mail.mails[0])).toContain(
      "Dear José &amp; &lt;Söhne&gt;, we have not seen your payment of this invoice yet: " +
        "Invoice: INV-000087 Due: 30 Nov 2026 To pay: Rs.1,000.00 Please pay it by that day, or now if it has passed. If you have paid",
    );
    expect(t.mail.mails[0]?.text).toContain("Invoice: INV-000087\nDue: 30 Nov 2026\nTo pay: Rs.1,000.00\n\n");

    await moveTo(t, "2026-12-11T03:30:00.000Z");
    expect(t.mail.mails).toHaveLength(1);
    expect(await bellOf(t, "7605001")).toEqual([
      {
        title: "INV-000087 is still unpaid",
        message: "José & <Söhne> owes Rs.1,000.00 and was reminded two weeks ago",
        module: "invoices",
        record: "90300",
      },
    ]);
    expect(await bellOf(t, "7605002")).toEqual([]);
  });

  it("says nothing to a customer who has paid in time", async () => {
    const t = await start("payment-reminder");
    await t.emit(invoice(sent));
    await t.emit({ ...invoice({ ...sent, status: "paid", balance: "0.0" }), type: "edited" });
    await moveTo(t, "2026-11-27T03:30:00.000Z");
    await moveTo(t, "2026-12-11T03:30:00.000Z");
    expect(await runsInWords(t)).toEqual(["payment-reminder skipped: criteriaNotMet", "still-unpaid skipped: criteriaNotMet"]);
    expect(t.mail.mails).toEqual([]);
  });

  it("asks for the total where the record has no balance, and leaves no hole where it has neither", async () => {
    const t = await start("payment-reminder");
    await t.emit(invoice({ status: "overdue" }));
    await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1", status: "sent", email: "arun@customer.example" } });
    await moveTo(t, "2026-11-27T03:30:00.000Z");
    const bySubject = new Map(t.mail.mails.map((mail) => [mail.subject, mail]));
    const [full, empty] = [bySubject.get('A reminder of invoice INV "87" from Zylker'), bySubject.get("A reminder from Zylker")];
    expect(readHtml(full)).toContain(
      "Dear Arun, we have not seen your payment of this invoice yet: Invoice: INV &quot;87&quot; To pay: Rs.12,000.00 ",
    );
    expect(readHtml(empty)).toContain(
      "Dear customer, we have not seen your payment of this invoice yet: Please pay it soon. If you have paid",
    );
    expect([full, empty].map((mail) => String(mail?.html).includes('class="box"'))).toEqual([true, false]);
  });
});

describe("sales-target.yaml", () => {
  const quarter = (more: object): object => ({
    module: "salestargets",
    type: "quarter_closed",
    record: {
      salestarget_id: "2026-Q3-7",
      quarter: "Q3 2026",
      manager_name: "Asha",
      email: "asha@zylker.example",
      target: "1000000.0",
      ...more,
    },
  });
  const FIGURES = (sales: string): string => `Sales: Rs.${sales}\nTarget: Rs.1,000,000.00\n`;

  it.each([
    [
      "1000000",
      "Congratulations, Asha: target reached",
      "Congratulations, Asha! You have reached your sales target for Q3 2026.",
      "1,000,000.00",
    ],
    ["999999.99", "Your sales in Q3 2026, and the next quarter", "Your sales in Q3 2026 are below the target this time.", "999,999.99"],
  ])("sales of %s against a target of a million are answered with one mail: %s", async (sales, subject, words, figure) => {
    const t = await start("sales-target");
    await t.emit(quarter({ sales, report_url: "https://books.zylker.example/reports/7?from=2026-07-01&to=2026-09-30" }));
    await t.emit(quarter({ sales, report_url: "https://books.zylker.example/other" }));
    expect(t.mail.mails).toHaveLength(1);
    expect(envelopeOf(t.mail.mails[0])).toEqual({ to: "asha@zylker.example", subject });
    expect(readHtml(t.mail.mails[0])).toContain(words);
    expect(t.mail.mails[0]?.text).toContain(FIGURES(figure));
    // `=` and `&` are escaped in the HTML; a reader's program puts them together again, as the plain text shows.
    expect(t.mail.mails[0]?.text).toContain(
      "Profit and loss report [https://books.zylker.example/reports/7?from=2026-07-01&to=2026-09-30]",
    );
  });

  it("a record without a figure, or one that is merely created, is answered with nothing", async () => {
    const t = await start("sales-target");
    await t.emit(quarter({}));
    await t.emit({ ...quarter({ sales: "2000000" }), type: "created" });
    expect(await runsInWords(t)).toEqual([]);
    await t.emit(quarter({ sales: "2000000" }));
    expect(readHtml(t.mail.mails[0])).not.toContain("Profit and loss report");
  });
});

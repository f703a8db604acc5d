import { afterEach, describe, expect, it } from "vitest";
import type { Json } from "../../src/model/json.ts";
import { invoice, startApplication, type TestApplication } from "./application.ts";
import { bellOf, runsInWords, shippedRules } from "./shipped-rules.ts";

let app: TestApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

async function start(name: string): Promise<TestApplication> {
  return (app = await startApplication({ rules: shippedRules(name), start: "2026-11-20T09:00:00.000Z" }));
}

describe("big-sale.yaml", () => {
  it("everybody hears of a sale above the average, once", async () => {
    const t = await start("big-sale");
    await t.emit(invoice({ total: "100000.0", status: "draft" }));
    expect(await bellOf(t, "7605001")).toEqual([]);
    const sold = invoice({ total: "100000.0", status: "sent", customer_name: "José & <Söhne>" });
    await t.emit({ ...sold, type: "edited" });
    await t.emit({ ...sold, type: "edited" });
    const note = {
      title: "Sale worth Rs.100,000.00",
      message: "José & <Söhne> bought for Rs.100,000.00",
      module: "invoices",
      record: "90300",
    };
    expect(await bellOf(t, "7605001")).toEqual([note]);
    expect(await bellOf(t, "7605002")).toEqual([note]);
  });

  it.each(["50000", "49999.99", "", null])("a total of %j is no big sale", async (total) => {
    const t = await start("big-sale");
    await t.emit(invoice({ total }));
    expect(await runsInWords(t)).toEqual([]);
  });
});

describe("extend-expiry.yaml", () => {
  async function expiryOf(t: TestApplication): Promise<Json | undefined> {
    return (await t.engine.records.find("default", "quotes", "320001"))?.body["expiry_date"];
  }

  it.each([
    ["a quote of 500", { total: "500", expiry_date: "2026-12-03" }, "2027-06-30"],
    ["a draft of 12,000 that has no date", { total: "12000.0", status: "draft", expiry_date: "" }, "2027-06-30"],
    ["a quote of 499.99", { total: "499.99", expiry_date: "2026-12-03" }, "2026-12-03"],
    ["one that is open for longer already", { total: "12000.0", expiry_date: "2027-07-01" }, "2027-07-01"],
    ["one that was declined", { total: "12000.0", status: "declined", expiry_date: "2026-12-03" }, "2026-12-03"],
  ])("%s: %j expires on %s", async (_what, quote, expected) => {
    const t = await start("extend-expiry");
    await t.emit({ module: "quotes", type: "created", record: { quote_id: "320001", ...quote } });
    expect(await expiryOf(t)).toBe(expected);
  });

  it("looks again when a quote grows, and its own change is an edit like any other", async () => {
    const t = await start("extend-expiry");
    const quote = { quote_id: "320001", status: "sent", expiry_date: "2026-12-03" };
    await t.emit({ module: "quotes", type: "created", record: { ...quote, total: "400" } });
    await t.emit({ module: "quotes", type: "edited", record: { ...quote, total: "600" } });
    expect(await expiryOf(t)).toBe("2027-06-30");
    expect(await runsInWords(t)).toEqual(["extend-expiry succeeded"]);
    const { data: edits } = await t.engine.reading.events({ organization: "default", origin: "fieldUpdate" }, { limit: 10, cursor: null });
    expect(edits).toMatchObject([{ type: "edited", recordId: "320001", record: { expiry_date: "2027-06-30", total: "600" } }]);
  });
});

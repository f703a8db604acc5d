import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDate } from "../../../src/actions/templates/format-date.ts";
import { formatMoney, formatNumber } from "../../../src/actions/templates/format-number.ts";

describe("formatMoney", () => {
  it.each([
    ["12000.0", "Rs.12,000.00"],
    ["0", "Rs.0.00"],
    ["-0", "Rs.0.00"],
    [".5", "Rs.0.50"],
    ["5.", "Rs.5.00"],
    ["+5", "Rs.5.00"],
    ["999", "Rs.999.00"],
    ["1000", "Rs.1,000.00"],
    ["1234567.891", "Rs.1,234,567.89"],
    ["0.005", "Rs.0.01"],
    ["1.005", "Rs.1.01"],
    ["-1.005", "-Rs.1.01"],
    ["-0.004", "Rs.0.00"],
    ["999.995", "Rs.1,000.00"],
    ["9007199254740993.10", "Rs.9,007,199,254,740,993.10"],
    ["1e3", "Rs.1,000.00"],
    ["1.5E-1", "Rs.0.15"],
    ["", ""],
    ["abc", "abc"],
    ["1,000", "1,000"],
    [" 5", " 5"],
    ["1e999999999", "1e999999999"],
    ["--5", "--5"],
  ])("%j is %j", (text, shown) => expect(formatMoney(text, "Rs.")).toBe(shown));

  it("loses no cent of any amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const text = `${whole}.${String(cents).padStart(2, "0")}`;
        expect(formatMoney(text, "$").replace(/[$,]/g, "")).toBe(text);
      }),
    );
  });
});

it.each([
  ["12000.50", "12,000.5"],
  ["12000.0", "12,000"],
  ["-1234.5678", "-1,234.5678"],
  [".5", "0.5"],
  ["-0.0", "0"],
  ["0.1e-2", "0.001"],
  ["x", "x"],
])("formatNumber: %j is %j", (text, shown) => expect(formatNumber(text)).toBe(shown));

describe("formatDate", () => {
  it.each([
    ["2026-11-20", "dd MMM yyyy", "en", "20 Nov 2026"],
    ["2026-11-02", "d/M/yy", "en", "2/11/26"],
    ["2026-03-02", "MM/dd/yyyy", "en", "03/02/2026"],
    ["2026-11-20", "EEE, dd MMMM yyyy", "en", "Fri, 20 November 2026"],
    ["2026-11-20", "EEEE d MMMM yyyy", "de", "Freitag 20 November 2026"],
    ["2026-12-20", "d 'de' MMMM", "es", "20 de diciembre"],
    ["2026-11-20", "dd MMM yyyy", "no such language!", "20 Nov 2026"],
    ["2026-11-20", "yyyy-MM-dd HH:mm", "en", "2026-11-20 00:00"],
    ["2026-11-20T20:05:00Z", "yyyy-MM-dd HH:mm", "en", "2026-11-21 01:35"],
    ["2026-11-20T18:30:00Z", "dd MMM yyyy HH:mm", "en", "21 Nov 2026 00:00"],
    ["2026-11-20T09:00:00+0530", "yyyy-MM-dd HH:mm", "en", "2026-11-20 09:00"],
    ["2026-11-20T09:00:00", "HH.mm", "en", "09.00"],
    ["2026-02-30", "dd MMM yyyy", "en", "2026-02-30"],
    ["tomorrow", "dd MMM yyyy", "en", "tomorrow"],
    ["", "dd MMM yyyy", "en", ""],
  ])("%j by %j in %s is %j", (text, format, languageCode, shown) =>
    expect(formatDate(text, { format, languageCode, zone: "Asia/Kolkata" })).toBe(shown),
  );
});

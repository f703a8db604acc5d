import fc from "fast-check";
import { expect, it } from "vitest";
import { compareDecimals, parseDecimal } from "../../src/criteria/decimal.ts";

/** Compares as whole numbers of the smaller unit: slow, and beyond doubt. */
function compareByBigInt(a: string, b: string): number {
  const [left, right] = [scaled(a), scaled(b)];
  const exponent = Math.min(left.exponent, right.exponent);
  const [x, y] = [left, right].map((value) => value.mantissa * 10n ** BigInt(value.exponent - exponent));
  return x === y ? 0 : (x ?? 0n) < (y ?? 0n) ? -1 : 1;
}

function scaled(text: string): { readonly mantissa: bigint; readonly exponent: number } {
  const [number = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = number.replace(/^[+-]/, "").split(".");
  return { mantissa: BigInt(whole + fraction) * (number.startsWith("-") ? -1n : 1n), exponent: Number(exponent) - fraction.length };
}

const digits = fc.stringMatching(/^[0-9]{1,22}$/);
const exponent = fc.oneof(
  fc.constant(""),
  fc.integer({ min: -340, max: 340 }).map((power) => `e${power}`),
);
const decimal = fc.oneof(
  fc.tuple(fc.constantFrom("", "+", "-"), digits, fc.constantFrom("", "."), fc.oneof(fc.constant(""), digits), exponent).map((parts) => {
    const [sign, whole, point, fraction, power] = parts;
    return `${sign}${whole}${point}${point === "" ? "" : fraction}${power}`;
  }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map((cents) => (cents / 100).toFixed(2)),
);
/** Neighbours: the same number with its last digit changed, or written otherwise. */
const near = decimal.chain((text) =>
  fc.tuple(fc.constant(text), fc.constantFrom(text, text.replace(/\d(?=\D*$)/, "5"), `0${text.replace(/^[+-]/, "")}`, decimalShift(text))),
);

function decimalShift(text: string): string {
  const [number = "", power = "0"] = text.split("e");
  return `${number}${number.includes(".") ? "00" : ".00"}e${power}`;
}

it("compares as whole numbers do", () => {
  fc.assert(
    fc.property(fc.oneof(near, fc.tuple(decimal, decimal)), ([a, b]) => {
      const [left, right] = [parseDecimal(a), parseDecimal(b)];
      if (left === null || right === null) throw new Error(`unread: ${a}, ${b}`);
      expect(Math.sign(compareDecimals(left, right))).toBe(compareByBigInt(a, b));
      // One value has one form, whatever the text.
      const isOneForm = left === right || JSON.stringify(left) === JSON.stringify(right);
      expect(isOneForm).toBe(compareByBigInt(a, b) === 0);
    }),
    { numRuns: 20_000 },
  );
});

it("takes a JSON number for its shortest text", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), decimal, (number, text) => {
      expect(parseDecimal(String(number))).toBe(number === 0 ? 0 : number);
      const other = parseDecimal(text);
      if (other === null) throw new Error(`unread: ${text}`);
      expect(Math.sign(compareDecimals(number, other))).toBe(compareByBigInt(String(number), text));
    }),
    { numRuns: 5_000 },
  );
});

it.each([
  ["12000.0", "12000", 0],
  ["0.1", "0.10000000000000000", 0],
  ["0.3", "0.30000000000000004", -1],
  ["9007199254740993", "9007199254740992", 1],
  ["-0", "0e999999999999999999999", 0],
  ["1e400", "9e399", 1],
  ["-1e400", "-9e399", -1],
  ["1e-400", "0", 1],
  ["5e-324", "4e-324", 1],
  ["1e999999999999999", "1e999999999999998", 1],
])("%s against %s is %i", (a, b, expected) => {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  expect(left !== null && right !== null && Math.sign(compareDecimals(left, right))).toBe(expected);
});

it.each([
  "",
  " 1",
  "1 ",
  "1,000",
  "0x10",
  "1_000",
  "--1",
  "+",
  ".",
  "e5",
  "1e",
  "1e1.5",
  "Infinity",
  "NaN",
  "١",
  "1e9999999999999999",
  "1.2.3",
])("%j is malformed", (text) => {
  expect(parseDecimal(text)).toBeNull();
});

it.each([
  "9".repeat(1_000_000),
  `${"0".repeat(1_000_000)}1`,
  `${"1".repeat(1_000_000)}x`,
  `1e${"9".repeat(1_000_000)}`,
  `${"01".repeat(500_000)}`,
])("reads a megabyte in one pass", (text) => {
  const start = performance.now();
  const value = parseDecimal(text);
  expect(value === null || compareDecimals(value, 0) > 0).toBe(true);
  // One pass takes milliseconds, a quadratic one minutes.
  expect(performance.now() - start).toBeLessThan(2000);
});

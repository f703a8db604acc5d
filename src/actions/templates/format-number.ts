import { parseDecimal } from "../../criteria/decimal.ts";

/** Longer numbers, written out or by their exponent, are no amounts but a way to make us busy. */
const MAX_DIGITS = 400;
const GRAMMAR = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

type Digits = { readonly negative: boolean; readonly digits: bigint; readonly scale: number };

/** `12000.0` as `Rs.12,000.00`: exact decimal arithmetic, half a cent away from zero, thousands in threes. What is no number stays as it is. */
export function formatMoney(text: string, symbol: string): string {
  const number = read(text);
  if (number === null) return text;
  const cents = rescale(number, 2);
  const whole = `${cents / 100n}`;
  return `${number.negative && cents > 0n ? "-" : ""}${symbol}${group(whole)}.${`${cents % 100n}`.padStart(2, "0")}`;
}

/** `12000.50` as `12,000.5`: every digit that counts. What is no number stays as it is. */
export function formatNumber(text: string): string {
  const number = read(text);
  if (number === null) return text;
  const digits = `${number.digits}`.padStart(number.scale + 1, "0");
  const fraction = digits.slice(digits.length - number.scale).replace(/0+$/, "");
  const shown = group(digits.slice(0, digits.length - number.scale)) + (number.scale === 0 || fraction === "" ? "" : `.${fraction}`);
  return number.negative && number.digits > 0n ? `-${shown}` : shown;
}

/** A number as an integer and how many of its digits stand behind the point. */
function read(text: string): Digits | null {
  const match = text.length <= MAX_DIGITS && parseDecimal(text) !== null ? GRAMMAR.exec(text) : null;
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > MAX_DIGITS) return null;
  const digits = BigInt(whole + fraction) * 10n ** BigInt(Math.max(-scale, 0));
  return { negative: sign === "-", digits, scale: Math.max(scale, 0) };
}

function rescale({ digits, scale }: Digits, wanted: number): bigint {
  if (scale <= wanted) return digits * 10n ** BigInt(wanted - scale);
  const unit = 10n ** BigInt(scale - wanted);
  return (digits + unit / 2n) / unit;
}

function group(whole: string): string {
  return whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
}

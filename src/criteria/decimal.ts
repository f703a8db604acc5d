/**
 * An exact decimal. A JS number stands for the shortest decimal that reads back as it, which is what JSON means by it.
 *
 * Why comparing numbers is exact: every decimal of at most 15 significant digits within double range reads back from its double, so
 * different ones have different doubles, and rounding never reverses an order. Other decimals stay digit strings, unless they are the
 * shortest form of a double (JSON's `0.30000000000000004`), so that one value has one form.
 */
export type Decimal = number | WideDecimal;

/** Value 0.<digits> * 10^point; no zeros at either end of the digits. */
export type WideDecimal = {
  readonly kind: "decimal";
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
};

/** Each repetition is closed off by what must follow it, so a long text that fails costs one pass. */
const GRAMMAR = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const EXACT_DIGITS = 15;
/** Exponents within which a double keeps all its digits: neither subnormal nor infinite. */
const LEAST_POINT = -290;
const GREATEST_POINT = 300;
/** Digits of an exponent that stay exact in arithmetic with any text's length; more is malformed. */
const EXPONENT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/** Reads an optional sign, digits with an optional point (`.5`, `5.`) and an optional exponent; null where that is not what stands there. */
export function parseDecimal(text: string): Decimal | null {
  const short = parseShort(text);
  return Number.isNaN(short) ? parseLong(text) : short;
}

/** Below 0, 0 or above 0 as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  const left = widen(a);
  const right = widen(b);
  const sign = signOf(left);
  if (sign !== signOf(right)) return sign - signOf(right);
  if (left.point !== right.point) return sign * (left.point - right.point);
  return left.digits === right.digits ? 0 : left.digits < right.digits ? -sign : sign;
}

/** At most 15 digits and a point: two whole doubles divided, which IEEE 754 rounds correctly. NaN for everything else. */
function parseShort(text: string): number {
  const length = text.length;
  if (length > EXACT_DIGITS + 2) return NaN;
  const first = text.charCodeAt(0);
  const signed = first === 45 || first === 43;
  let whole = 0;
  let digits = 0;
  let scale = -1;
  for (let index = signed ? 1 : 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit;
      digits++;
      if (scale >= 0) scale++;
    } else if (digit === -2 && scale < 0) {
      scale = 0;
    } else {
      return NaN;
    }
  }
  if (digits === 0 || digits > EXACT_DIGITS) return NaN;
  const value = scale > 0 ? whole / (POWERS[scale] ?? NaN) : whole;
  return first === 45 ? -value : value;
}

function parseLong(text: string): Decimal | null {
  const wide = parseWide(text);
  if (wide === null) return null;
  if (wide.digits === "") return 0;
  const value = Number(text);
  if (wide.digits.length <= EXACT_DIGITS && wide.point >= LEAST_POINT && wide.point <= GREATEST_POINT) return value;
  if (!Number.isFinite(value) || wide.digits.length > 17) return wide;
  const shortest = widen(value);
  return shortest.digits === wide.digits && shortest.point === wide.point ? value : wide;
}

function parseWide(text: string): WideDecimal | null {
  const match = GRAMMAR.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = match[4] ?? "", , exponent = "0"] = match;
  const all = whole + fraction;
  let start = 0;
  while (all.charCodeAt(start) === 48) start++;
  let end = all.length;
  while (end > start && all.charCodeAt(end - 1) === 48) end--;
  if (start === end) return { kind: "decimal", negative: false, digits: "", point: 0 };
  if (exponent.replace(/^[+-]?0*/, "").length > EXPONENT_DIGITS) return null;
  return { kind: "decimal", negative: sign === "-", digits: all.slice(start, end), point: whole.length - start + Number(exponent) };
}

function widen(value: Decimal): WideDecimal {
  if (typeof value !== "number") return value;
  const wide = parseWide(String(value));
  if (wide === null) throw new Error(`not a finite number: ${value}`);
  return wide;
}

function signOf(value: WideDecimal): number {
  if (value.digits === "") return 0;
  return value.negative ? -1 : 1;
}

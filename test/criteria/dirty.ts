import type { Operand } from "../../src/model/criterion.ts";
import type { FieldType } from "../../src/model/field.ts";
import type { Json } from "../../src/model/json.ts";
import { LIST_TYPES, NUMBER_TYPES, TEXT_TYPES } from "./orders.ts";

/** Makes values that only JSON.parse can: own `__proto__` keys, numbers out of range. */
const parse = (text: string): Json => JSON.parse(text) as Json;

const VALUES_BY_THEME: readonly (readonly (Json | undefined)[])[] = [
  [undefined, null, "", [], {}, "[]", "[ ]", "{}", " ", "garbage", "null", "undefined", "NaN", "Infinity", "-"],
  [true, false, "true", "FALSE", "True", "yes", "1", "0", 0, 1, -1],
  [
    "500",
    "500.0",
    "+500",
    "5e2",
    "500.",
    ".5",
    "5.",
    "0.5",
    " 500",
    "500 ",
    "1,000",
    "0x1F",
    "1_000",
    "1e400",
    "-1e400",
    "1e-400",
    "--5",
    "+",
    ".",
    "e5",
  ],
  [
    "0.1",
    "0.30000000000000004",
    0.30000000000000004,
    0.1,
    500,
    500.5,
    "500.50",
    "9007199254740993",
    "9007199254740992",
    9007199254740992,
    "00500",
  ],
  [
    "12.5%",
    "12.5",
    "12.5 %",
    "%",
    12.5,
    1e300,
    "123456789012345678901234567890.5",
    parse("1e999"),
    parse("5e-324"),
    "5e-324",
    "-0",
    "0e99",
  ],
  ["2026-11-20", "2026-11-19", "2026-02-29", "2028-02-29", "2026-13-01", "20261120", "2026-11-20 ", "0000-01-01", "9999-12-31", "2026-1-2"],
  [
    "2026-11-20T09:00:00Z",
    "2026-11-20T14:30:00+0530",
    "2026-11-20T14:30:00+05:30",
    "2026-11-20T14:30:00",
    "2026-11-20T14:30",
    "2026-11-20T14:30+05",
  ],
  [
    "2026-11-19T18:30:00Z",
    "2026-11-19T18:29:59.999Z",
    "2026-11-20T09:00:00.0009Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T09:60Z",
    "2026-11-20t09:00z",
  ],
  ["2026-11-20 09:00", "2026-11-20T09", "2026-11-20T09:00:00+25:00", "2026-11-20T09:00:60Z", "2026-11-20T09:00,5Z", 1_795_000_000_000],
  [
    "paid",
    "Paid",
    "PAID",
    "paid ",
    "unpaid",
    "é",
    "e\u0301",
    "É",
    "İstanbul",
    "Straße",
    "ΟΔΟΣ",
    "a,b",
    "A, b",
    "b",
    '["a","b"]',
    '["A"]',
    "[broken",
    ",",
  ],
  [["a", "b"], ["B"], ["paid"], [1, 2], ["1"], [null], [{}], [[]], [{ a: 1 }], { a: 1 }, { length: 0 }, { fact: "total" }, [true]],
  [parse('{"__proto__": {"a": 1}}'), parse('["__proto__"]'), "__proto__", "constructor", parse('{"constructor": 5}')],
];

/** What a record may hold in any field, clean and dirty; undefined: the field is missing. */
export const RAW_VALUES: readonly (Json | undefined)[] = VALUES_BY_THEME.flatMap((values) => values);

/** What a rule may compare a field of that type with. */
export function operandsFor(type: FieldType | undefined): readonly Operand[] {
  const empty = ["", null];
  if (type === undefined) return [...empty, "paid", 500, true, "500"];
  if (TEXT_TYPES.includes(type)) return [...empty, "paid", "PAID", "e\u0301", "a", 500, true, "__proto__", { field: `${type}_b` }];
  if (NUMBER_TYPES.includes(type)) return [...empty, 500, "500.00", "9007199254740993", 0.3, "1e400", 0, "12.5", { field: `${type}_b` }];
  if (type === "date")
    return [...empty, "2026-11-20", "2026-11-20T18:29:00Z", { days: 0 }, { months: -1 }, { field: "date_b" }, { field: "datetime_b" }];
  if (type === "datetime") {
    return [
      ...empty,
      "2026-11-20",
      "2026-11-20T09:00:00Z",
      "2026-11-20T14:30",
      { days: 0 },
      { weeks: 1 },
      { field: "datetime_b" },
      { field: "date_b" },
    ];
  }
  if (type === "boolean") return [...empty, true, false, "TRUE", { field: "boolean_b" }];
  if (type === "lookup") return [...empty, "500", 500, "paid", { field: "lookup_b" }];
  if (LIST_TYPES.includes(type)) return ["a", "B", 1, "", "true", { field: "text_b" }];
  return [];
}

/** What the field that a criterion is compared with may hold: fewer, because every one is tried with every value. */
export const OTHER_VALUES: readonly (Json | undefined)[] = [
  undefined,
  "500",
  9007199254740992,
  "paid",
  "2026-11-20",
  "2026-11-20T09:00:00Z",
  true,
  "garbage",
  [],
];

import fc from "fast-check";
import { expect, it } from "vitest";
import { parsePattern, type PatternNode } from "../../src/criteria/pattern.ts";

const one: PatternNode = { criterion: 1 };
const two: PatternNode = { criterion: 2 };
const three: PatternNode = { criterion: 3 };

it.each<[string, number, PatternNode]>([
  ["1", 1, one],
  ["1 AND 2", 2, { all: [one, two] }],
  ["1 and 2 Or 3", 3, { any: [{ all: [one, two] }, three] }],
  ["1 OR 2 AND 3", 3, { any: [one, { all: [two, three] }] }],
  ["(1 OR 2) AND 3", 3, { all: [{ any: [one, two] }, three] }],
  ["NOT 1 AND 2", 2, { all: [{ not: one }, two] }],
  ["NOT (1 AND 2)", 2, { not: { all: [one, two] } }],
  ["not not 1", 1, { not: { not: one } }],
  ["(1 AND 2) OR (1 AND 3)", 3, { any: [{ all: [one, two] }, { all: [one, three] }] }],
  ["((1))AND(2)", 2, { all: [one, two] }],
  ["\t1\n AND  2 ", 2, { all: [one, two] }],
])("reads %j", (text, criteria, node) => {
  expect(parsePattern(text, criteria)).toEqual({ node });
});

it.each<[string, number, string]>([
  ["", 1, 'expected a number, NOT or "(" at column 1, found the end'],
  ["1 AND", 2, 'expected a number, NOT or "(" at column 6, found the end'],
  ["1 AND )", 2, 'expected a number, NOT or "(" at column 7, found ")"'],
  ["1 AND OR 2", 2, 'expected a number, NOT or "(" at column 7, found "OR"'],
  ["1 2", 2, 'expected AND, OR or the end at column 3, found "2"'],
  ["1 && 2", 2, 'expected AND, OR or the end at column 3, found "&"'],
  ["1 AND 2)", 2, 'expected AND, OR or the end at column 8, found ")"'],
  ["(1 AND 2", 2, 'expected AND, OR or ")" at column 9, found the end'],
  ["1 xor 2", 2, 'expected AND, OR or the end at column 3, found "xor"'],
  ["1 AND 3", 2, 'expected a criterion\'s number from 1 to 2 at column 7, found "3"'],
  ["0 OR 1", 1, 'expected a criterion\'s number from 1 to 1 at column 1, found "0"'],
  ["1 OR 99999999999999999999999", 1, 'expected a criterion\'s number from 1 to 1 at column 6, found "99999999999999999999999"'],
  ["1 AND 3", 4, "expected every criterion's number, but 2, 4 is missing"],
  ["1.5", 1, 'expected AND, OR or the end at column 2, found "."'],
])("refuses %j of %i", (text, criteria, error) => {
  expect(parsePattern(text, criteria)).toEqual({ error });
});

it("refuses what would overflow the stack", () => {
  const deepest = { error: expect.stringContaining("at most 50 levels of NOT and parentheses at column") };
  expect(parsePattern(`${"(".repeat(100_000)}1`, 1)).toEqual(deepest);
  expect(parsePattern(`${"NOT ".repeat(100_000)}1`, 1)).toEqual(deepest);
  expect(parsePattern(`${"(".repeat(50)}1${")".repeat(50)}`, 1)).toEqual({ node: one });
});

it("answers anything with a node or a readable error", () => {
  const piece = fc.constantFrom("1", "2", "3", "AND", "or", "NOT", "(", ")", " ", "x", "-", "\u00e9");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      const parsed = parsePattern(pieces.join(" "), 2);
      expect("node" in parsed || parsed.error.startsWith("expected ")).toBe(true);
    }),
  );
});

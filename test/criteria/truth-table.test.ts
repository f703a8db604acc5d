import { describe, expect, it } from "vitest";
import { compileProgram } from "../../src/criteria/compile.ts";
import { toConditions } from "../../src/criteria/conditions.ts";
import { findField } from "../../src/criteria/fields.ts";
import type { Comparator, Criterion, Operand } from "../../src/model/criterion.ts";
import { COMPARATORS } from "../../src/model/criterion.ts";
import { FIELD_TYPES, type FieldType } from "../../src/model/field.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { OTHER_VALUES, operandsFor, RAW_VALUES } from "./dirty.ts";
import { oracle } from "./oracle.ts";
import { CONTEXT, DAY, facts, fitting, NUMBER_TYPES, ORDERS, TIME_TYPES, ZONE } from "./orders.ts";

const typeOf = (path: string): FieldType | undefined => findField(ORDERS, path).field?.type;

/** A record with the values under their names; undefined: not there. */
function recordOf(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** The values that a comparator takes of a type: none, each one, pairs, lists, patterns. */
function valuesFor(comparator: Comparator, type: FieldType | undefined): readonly Criterion["value"][] {
  const operands = operandsFor(type);
  if (/^is|^changed$/.test(comparator)) return [undefined];
  if (comparator === "matches") return ["paid", "^P", "(?i)paid$", "\\d+", "é", ""];
  if (/^(in|notIn|includes.*|excludes.*)$/.test(comparator)) {
    return [...operands.map((operand) => [operand]), ...operands.map((operand): Operand[] => [operand, "a", "500"]), [...operands]];
  }
  if (!/between/i.test(comparator)) return operands;
  return operands.flatMap((low, index) => [0, 1, 3].map((by): Operand[] => [low, operands[(index + by) % operands.length] ?? null]));
}

/** Compares the closures with the oracle over every value; answers how many verdicts there were and how many were true. */
function tabulate(criterion: Criterion, name: string, other: string): { readonly verdicts: number; readonly matched: number } {
  const program = compileProgram([toConditions({ criteria: [criterion] }, ORDERS)], CONTEXT);
  const isChange = criterion.comparator.startsWith("changed");
  const others = name === other ? [undefined] : OTHER_VALUES.filter((_, index) => !isChange || index % 3 === 0);
  let verdicts = 0;
  let matched = 0;
  for (const raw of RAW_VALUES) {
    for (const beside of others) {
      // Each value before each other one would be 20,000 pairs a type; a prime step still meets every value from both sides.
      for (const before of isChange ? [raw, ...RAW_VALUES.filter((_, index) => index % 23 === 0)] : [undefined]) {
        const record = recordOf({ [other]: beside, [name]: raw });
        const previous = isChange ? recordOf({ [name]: before }) : null;
        const expected = oracle(criterion, { typeOf, record, previous, day: DAY, zone: ZONE });
        const actual = program.start(facts(record, previous)).matches(0);
        if (actual !== expected)
          throw new Error(`${JSON.stringify({ criterion, record, previous })}: oracle ${expected}, closures ${actual}`);
        verdicts++;
        if (actual) matched++;
      }
    }
  }
  return { verdicts, matched };
}

const CASELESS: ReadonlySet<FieldType | undefined> = new Set([...NUMBER_TYPES, ...TIME_TYPES, "boolean", "object", "attachment"]);

describe.each([...FIELD_TYPES, undefined])("%s", (type) => {
  const comparators = type ? fitting(type) : COMPARATORS.filter((comparator) => !["changedFrom", "changedTo"].includes(comparator));
  const name = type ? `${type}_a` : "unknown_to_all";

  it.each(comparators)("%s agrees with the oracle on every dirty value", (comparator) => {
    let verdicts = 0;
    let matched = 0;
    for (const value of valuesFor(comparator, type)) {
      for (const caseSensitive of CASELESS.has(type) ? [undefined] : [undefined, true]) {
        const criterion: Criterion = {
          field: name,
          comparator,
          ...(value !== undefined && { value }),
          ...(caseSensitive && { caseSensitive }),
        };
        const reference = /"field":"(\w+)"/.exec(JSON.stringify(value) ?? "")?.[1];
        const counts = tabulate(criterion, name, reference ?? name);
        verdicts += counts.verdicts;
        matched += counts.matched;
      }
    }
    expect(verdicts).toBeGreaterThan(0);
    // A comparator that is always or never true would agree with a broken oracle.
    expect(matched).toBeGreaterThan(0);
    expect(matched).toBeLessThan(verdicts);
  });
});

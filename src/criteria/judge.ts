import type { Engine } from "json-rules-engine";
import { COMPARATORS, type Comparator } from "../model/criterion.ts";
import { createChangeRead } from "./changed.ts";
import { ROWS, type Change, type Test } from "./comparators.ts";
import { readLeaf, type FactParams, type Leaf, type LeafOperand, type NestedCondition, type TopLevelCondition } from "./conditions.ts";
import { createDecoder } from "./decode.ts";
import { EMPTY, MALFORMED, type Decoded } from "./decoded.ts";
import type { CriteriaContext, Facts } from "./facts.ts";
import { isAnyPath } from "./fields.ts";
import { isList } from "./list.ts";
import { createOperand } from "./operand.ts";
import { createReadAll } from "./read.ts";
import { compileRegex } from "./regex.ts";

/** What json-rules-engine says: of the whole, and of each criterion by its number. */
export type Judgement = { readonly matched: boolean; readonly verdicts: ReadonlyMap<number, boolean> };

/**
 * Runs stored conditions through json-rules-engine with our comparators. One engine for each call: overlapping runs of a shared one lose
 * rules. It evaluates every leaf, because all have the same priority.
 */
export async function judge(conditions: TopLevelCondition, facts: Facts, context: CriteriaContext): Promise<Judgement> {
  // Only explanations need it, and it takes long to load.
  const { Engine } = await import("json-rules-engine");
  const engine = new Engine();
  for (const name of COMPARATORS) {
    engine.addOperator(name, (fact: Fact, value: Value) => holds(name, fact, value));
  }
  for (const leaf of leavesOf(conditions)) addFacts(engine, readLeaf(leaf), facts, context);
  // It writes into what it is given.
  engine.addRule({ conditions: structuredClone(conditions), event: { type: "matched" } });
  const { results, failureResults } = await engine.run();
  const result = results[0] ?? failureResults[0];
  if (!result) throw new Error("json-rules-engine gave no result");
  const verdicts = leavesOf(result.conditions).map((leaf): [number, boolean] => [
    Number(leaf.name),
    "result" in leaf && leaf.result === true,
  ]);
  return { matched: results.length > 0, verdicts: new Map(verdicts) };
}

/** What an operator is given as its value: the stored one, with a reference replaced by the field. */
type Value = Leaf["value"] | Fact;

/** A field of the record on its way through json-rules-engine; how it is read depends on the operator that it meets. */
type Fact = {
  values(caseSensitive: boolean): readonly Decoded[];
  change(): Change;
  /** Reads what the field is compared with. */
  operand(operator: Comparator, value: LeafOperand): Decoded;
  readonly anyElement: boolean;
  readonly caseSensitive: boolean;
};

function createFact(path: string, params: FactParams, facts: Facts, context: CriteriaContext): Fact {
  const { zone } = context;
  const { type, caseSensitive = false, customField = null } = params;
  return {
    anyElement: isAnyPath(path),
    caseSensitive,
    values: (asWritten) => createReadAll(path, customField)(facts.record).map(createDecoder(type, { caseSensitive: asWritten, zone })),
    change: () => createChangeRead({ fact: path, params }, context)(facts),
    operand: (operator, value) => {
      const operand = createOperand(value, { operator, params }, zone);
      return "constant" in operand ? operand.constant : operand.read(facts);
    },
  };
}

function addFacts(engine: Engine, leaf: Leaf, facts: Facts, context: CriteriaContext): void {
  const { fact, value } = leaf;
  const paths = typeof value === "object" && value !== null && "fact" in value ? [fact, value.fact] : [fact];
  for (const path of paths) {
    // The params are those of toConditions; nothing is cached, because the key of the cache costs more than reading a field.
    engine.addFact(path, (params) => createFact(path, params as FactParams, facts, context), { cache: false });
  }
}

/** One comparator's verdict; for a path with `*`, of any element. */
function holds(operator: Comparator, fact: Fact, value: Value): boolean {
  const row = ROWS[operator];
  if ("change" in row) return row.change(fact.change(), decodeOne(operator, fact, value));
  const values = fact.values(row.takes === "regex" || fact.caseSensitive);
  if (fact.anyElement && values.length === 0) return operator === "isEmpty";
  const anyOf = <E>(test: Test<Decoded, E>, expected: E): boolean => values.some((actual) => test(actual, expected));
  switch (row.takes) {
    case "none":
    case "one":
      return anyOf(row.test, decodeOne(operator, fact, value));
    case "list":
    case "pair":
      return anyOf(row.test, decodeAll(operator, fact, value));
    case "regex": {
      const regex = typeof value === "string" ? compileRegex(value) : "";
      return typeof regex !== "string" && anyOf(row.test, regex);
    }
  }
}

function decodeOne(operator: Comparator, fact: Fact, value: Value): Decoded {
  if (!isFact(value)) return isList(value) ? MALFORMED : fact.operand(operator, value);
  return value.anyElement ? MALFORMED : (value.values(value.caseSensitive)[0] ?? EMPTY);
}

function decodeAll(operator: Comparator, fact: Fact, value: Value): readonly Decoded[] {
  return isList(value) ? value.map((element) => fact.operand(operator, element)) : [decodeOne(operator, fact, value)];
}

/** Only a field that json-rules-engine put in place of a reference has this key; a rule's own objects are of two closed shapes. */
function isFact(value: Value): value is Fact {
  return typeof value === "object" && value !== null && "anyElement" in value;
}

function leavesOf(node: NestedCondition): readonly Extract<NestedCondition, { fact: unknown }>[] {
  if ("all" in node) return node.all.flatMap(leavesOf);
  if ("any" in node) return node.any.flatMap(leavesOf);
  if ("not" in node) return leavesOf(node.not);
  return "fact" in node ? [node] : [];
}

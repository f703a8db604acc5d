import { createChangeRead } from "./changed.ts";
import { ROWS, type Test } from "./comparators.ts";
import { readLeaf, type Leaf, type NestedCondition, type TopLevelCondition } from "./conditions.ts";
import { createDecoder } from "./decode.ts";
import { MALFORMED, type Decoded } from "./decoded.ts";
import type { CriteriaContext, Facts } from "./facts.ts";
import { isAnyPath } from "./fields.ts";
import { isList } from "./list.ts";
import { createOperand } from "./operand.ts";
import { createRead, createReadAll } from "./read.ts";
import { compileRegex } from "./regex.ts";

export type { CriteriaContext, Facts } from "./facts.ts";

/** One record being looked at; what is read of it is kept, so ask it only about that record. */
export type Evaluation = { matches(block: number): boolean };
/** Blocks compiled together. Holds no state of an evaluation, so any number may be under way. */
export type Program = { start(facts: Facts): Evaluation };

/** Compiles stored conditions to closures over decoded fields; each field is read once an evaluation, when it is first needed. Null matches every record. */
export function compileProgram(blocks: readonly (TopLevelCondition | null)[], context: CriteriaContext): Program {
  const slots = createSlots();
  const tests = blocks.map((block): StateTest => (block === null ? () => true : compileNode(block, slots, context)));
  const nothingRead = Array.from<undefined>({ length: slots.count() });
  return { start: (facts) => new State(facts, [...nothingRead], tests) };
}

type StateTest = (state: State) => boolean;

/** One evaluation. A class, because it is made for every event: an object of closures would double what that costs. */
class State implements Evaluation {
  readonly facts: Facts;
  /** What has been read so far, by slot; undefined: not yet. */
  readonly values: unknown[];
  readonly tests: readonly StateTest[];

  constructor(facts: Facts, values: unknown[], tests: readonly StateTest[]) {
    this.facts = facts;
    this.values = values;
    this.tests = tests;
  }

  matches(block: number): boolean {
    const test = this.tests[block];
    if (!test) throw new RangeError(`block ${block} of ${this.tests.length}`);
    return test(this);
  }
}

/** Where a value is kept once it was read, and how it is read. */
type Slot<T> = { readonly index: number; readonly read: (facts: Facts) => T };

function valueOf<T>(state: State, slot: Slot<T>): T {
  // Written below and nowhere else, by slots of the same key, whose values have one type and are never undefined.
  const known = state.values[slot.index] as T | undefined;
  if (known !== undefined) return known;
  const value = slot.read(state.facts);
  state.values[slot.index] = value;
  return value;
}

type Slots = {
  count(): number;
  /** The slot under a key; what two readers of one key read is the same. */
  slot<T>(key: readonly unknown[], read: (facts: Facts) => T): Slot<T>;
};

function createSlots(): Slots {
  const indexes = new Map<string, number>();
  return {
    count: () => indexes.size,
    slot: (key, read) => {
      const text = JSON.stringify(key);
      const index = indexes.get(text) ?? indexes.size;
      indexes.set(text, index);
      return { index, read };
    },
  };
}

function compileNode(node: NestedCondition, slots: Slots, context: CriteriaContext): StateTest {
  if ("all" in node) {
    const parts = node.all.map((part) => compileNode(part, slots, context));
    return (state) => {
      for (const part of parts) if (!part(state)) return false;
      return true;
    };
  }
  if ("any" in node) {
    const parts = node.any.map((part) => compileNode(part, slots, context));
    return (state) => {
      for (const part of parts) if (part(state)) return true;
      return false;
    };
  }
  if ("not" in node) {
    const part = compileNode(node.not, slots, context);
    return (state) => !part(state);
  }
  return compileLeaf(readLeaf(node), slots, context);
}

function compileLeaf(leaf: Leaf, slots: Slots, context: CriteriaContext): StateTest {
  const row = ROWS[leaf.operator];
  const { zone } = context;
  if ("change" in row) {
    const slot = slots.slot(["change", leaf.fact, leaf.params], createChangeRead(leaf, context));
    return bind(row.change, slot, compileOperand(leaf.value, leaf, slots, zone));
  }
  switch (row.takes) {
    case "none":
    case "one":
      return compileTest(row.test, compileOperand(leaf.value, leaf, slots, zone), leaf, slots, zone);
    case "list":
    case "pair":
      return compileTest(row.test, compileOperands(leaf, slots, zone), leaf, slots, zone);
    case "regex": {
      const regex = typeof leaf.value === "string" ? compileRegex(leaf.value) : "";
      return typeof regex === "string" ? () => false : compileTest(row.test, { constant: regex }, leaf, slots, zone);
    }
  }
}

/** What a test expects: the same for every record, or told by each. */
type Expected<E> = { readonly constant: E } | { readonly of: (state: State) => E };

/** A test of a leaf's field; of any of its elements where the path has a `*`. */
function compileTest<E>(test: Test<Decoded, E>, expected: Expected<E>, leaf: Leaf, slots: Slots, zone: string): StateTest {
  const { type, customField = null } = leaf.params;
  // A regular expression looks at the letters as they are.
  const caseSensitive = ROWS[leaf.operator].takes === "regex" || (leaf.params.caseSensitive ?? false);
  const decode = createDecoder(type, { caseSensitive, zone });
  const key = ["field", leaf.fact, type, caseSensitive, customField];
  if (!isAnyPath(leaf.fact)) {
    const read = createRead(leaf.fact, customField);
    return bind(
      test,
      slots.slot(key, (facts) => decode(read(facts.record))),
      expected,
    );
  }
  const readAll = createReadAll(leaf.fact, customField);
  const slot = slots.slot(key, (facts) => readAll(facts.record).map(decode));
  const ifNone = leaf.operator === "isEmpty";
  return bind((values, each: E) => (values.length === 0 ? ifNone : values.some((value) => test(value, each))), slot, expected);
}

function bind<A, E>(test: Test<A, E>, slot: Slot<A>, expected: Expected<E>): StateTest {
  if ("of" in expected) return (state) => test(valueOf(state, slot), expected.of(state));
  const { constant } = expected;
  return (state) => test(valueOf(state, slot), constant);
}

function compileOperand(value: Leaf["value"], leaf: Leaf, slots: Slots, zone: string): Expected<Decoded> {
  if (isList(value)) return { constant: MALFORMED };
  const operand = createOperand(value, leaf, zone);
  if ("constant" in operand) return operand;
  const slot = slots.slot(["operand", value], operand.read);
  return { of: (state) => valueOf(state, slot) };
}

function compileOperands(leaf: Leaf, slots: Slots, zone: string): Expected<readonly Decoded[]> {
  const values = isList(leaf.value) ? leaf.value : [leaf.value];
  const operands = values.map((value) => compileOperand(value, leaf, slots, zone));
  const constants: Decoded[] = [];
  for (const operand of operands) if ("constant" in operand) constants.push(operand.constant);
  if (constants.length === operands.length) return { constant: constants };
  return { of: (state) => operands.map((operand) => ("constant" in operand ? operand.constant : operand.of(state))) };
}

import { Engine } from "json-rules-engine";
import { ROWS } from "../src/criteria/comparators.ts";
import { compileProgram, type Program } from "../src/criteria/compile.ts";
import { readLeaf, toConditions, type NestedCondition, type TopLevelCondition } from "../src/criteria/conditions.ts";
import { createDecoder } from "../src/criteria/decode.ts";
import type { Decoded } from "../src/criteria/decoded.ts";
import { createRead } from "../src/criteria/read.ts";
import type { JsonObject } from "../src/model/json.ts";
import { CONSTANTS, criteriaOf, handWritten, INVOICES, PATTERNS, type Invoice, type Predicate } from "./criteria-rules.ts";
import { createRandom, makeInvoice } from "./invoice.ts";
import type { Row } from "./row.ts";

const ZONE = "Asia/Kolkata";
const DAY = "2026-11-20";
/** Records of a timed pass: few enough to be in the cache as an event that has just been parsed is. */
const PASS = 50;
const PASSES = 400;

/** json-rules-engine as it is fastest with our comparators: one engine, values decoded beforehand, fields decoded when asked for. */
function createEngineRun(blocks: readonly TopLevelCondition[]): (record: JsonObject) => Promise<number> {
  const engine = new Engine();
  let current: JsonObject = {};
  for (const [name, row] of Object.entries(ROWS))
    if ("test" in row) engine.addOperator(name, (actual: Decoded, expected: never) => row.test(actual, expected));
  const prepare = (node: NestedCondition): NestedCondition => {
    if ("all" in node) return { all: node.all.map(prepare) };
    if ("any" in node) return { any: node.any.map(prepare) };
    if ("not" in node) return { not: prepare(node.not) };
    const { fact, operator, value, params } = readLeaf(node);
    const decode = createDecoder(params.type, { caseSensitive: false, zone: ZONE });
    const read = createRead(fact, params.customField ?? null);
    engine.addFact(fact, () => decode(read(current)));
    // The bench's rules hold literals only.
    const literal = value as string | number | string[] | null;
    return { fact, operator, value: Array.isArray(literal) ? literal.map(decode) : decode(literal) };
  };
  for (const block of blocks) engine.addRule({ conditions: prepare(block) as TopLevelCondition, event: { type: "matched" } });
  return async (record) => {
    current = record;
    return (await engine.run()).results.length;
  };
}

function compare(program: Program, blocks: number, predicates: readonly Predicate[], texts: readonly string[]): number {
  let matched = 0;
  for (const text of texts) {
    const record = JSON.parse(text) as JsonObject;
    const evaluation = program.start({ record, previous: null, day: DAY });
    for (let block = 0; block < blocks; block++) {
      const verdict = evaluation.matches(block);
      if (verdict !== predicates[block]?.(record as Invoice)) throw new Error(`rule ${block} differs on ${text}`);
      if (verdict) matched++;
    }
  }
  return matched / texts.length / blocks;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Microseconds an event of 10 rules x 10 criteria on freshly parsed invoices: closures, hand-written code and json-rules-engine in turns. */
export async function benchCriteria(): Promise<readonly Row[]> {
  const random = createRandom(20_261_120);
  const texts = Array.from({ length: 1000 }, () => makeInvoice(random));
  const rules = CONSTANTS.flatMap((constants) => PATTERNS.map((pattern) => ({ criteria: criteriaOf(constants), pattern })));
  const blocks = rules.flatMap((rule) => toConditions(rule, INVOICES) ?? []);
  const program = compileProgram(blocks, { module: INVOICES, zone: ZONE });
  const predicates = CONSTANTS.flatMap(handWritten);
  const share = compare(program, blocks.length, predicates, texts);
  const runEngine = createEngineRun(blocks);

  let matched = 0;
  const time = async (round: number, count: number, pass: (records: readonly JsonObject[]) => void | Promise<void>): Promise<number> => {
    const from = (round * PASS) % texts.length;
    const records = texts.slice(from, from + count).map((text) => JSON.parse(text) as JsonObject);
    const start = performance.now();
    await pass(records);
    return ((performance.now() - start) * 1000) / count;
  };
  const closures = (records: readonly JsonObject[]): void => {
    for (const record of records) {
      const evaluation = program.start({ record, previous: null, day: DAY });
      for (let block = 0; block < blocks.length; block++) if (evaluation.matches(block)) matched++;
    }
  };
  const byHand = (records: readonly JsonObject[]): void => {
    for (const record of records) for (const predicate of predicates) if (predicate(record as Invoice)) matched++;
  };
  const byEngine = async (records: readonly JsonObject[]): Promise<void> => {
    for (const record of records) matched += await runEngine(record);
  };

  const times: { readonly closures: number; readonly hand: number; readonly engine: number }[] = [];
  // The first quarter warms up; json-rules-engine gets a few events of each pass, because it takes a hundred times as long.
  for (let round = -PASSES / 4; round < PASSES; round++) {
    const at = Math.abs(round);
    const row = {
      closures: await time(at, PASS, closures),
      hand: await time(at, PASS, byHand),
      engine: await time(at, PASS / 10, byEngine),
    };
    if (round >= 0) times.push(row);
  }
  if (matched === 0) throw new Error("nothing matched: the bench measures nothing");
  return [
    { name: "criteria, 10 rules x 10: closures", value: median(times.map((row) => row.closures)), unit: "us/event" },
    { name: "criteria, 10 rules x 10: written by hand", value: median(times.map((row) => row.hand)), unit: "us/event" },
    { name: "criteria, 10 rules x 10: json-rules-engine", value: median(times.map((row) => row.engine)), unit: "us/event" },
    { name: "criteria: closures / written by hand", value: median(times.map((row) => row.closures / row.hand)), unit: "x" },
    { name: "criteria: json-rules-engine / closures", value: median(times.map((row) => row.engine / row.closures)), unit: "x" },
    { name: "criteria: rules that matched", value: share * 100, unit: "%" },
  ];
}

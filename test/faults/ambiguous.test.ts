import { afterAll, describe, expect, it } from "vitest";
import { databaseOn, sharedMongod } from "../support/mongod-shared.ts";
import type { MongodKind } from "../support/mongod.ts";
import { KINDS, type Fault, type Kind, type Point } from "./ambiguous-faults.ts";
import { dates } from "./ambiguous-dates.ts";
import { invoices } from "./ambiguous-invoices.ts";
import { mongoLane } from "./ambiguous-mongo.ts";
import { WRITE_CALLS } from "./ambiguous-mongo-writes.ts";
import { quotes } from "./ambiguous-quotes.ts";
import type { Scenario } from "./ambiguous-scenario.ts";
import { sqliteLane, SQLITE_CALL_KINDS, SQLITE_KINDS } from "./ambiguous-sqlite.ts";
import { pointsOf, sweep, type Lane } from "./ambiguous-sweep.ts";

/** `LONG=1`: every call with every kind of fault, on both kinds of MongoDB; minutes. */
const LONG = Boolean(process.env["LONG"]);
/** Say one again, or those that begin so, as it was printed: `ONLY="timesOut at insert runs 2"`. */
const ONLY = process.env["ONLY"] ?? "";

/** Without LONG: fails before (the connection breaks), is done and times out, the same without another try, and 2 s late. */
const WRITES: readonly Kind[] = LONG ? KINDS : ["cut", "timesOut", "lost", "late2"];
/** Nothing is done by a read, so it is the same whether it or its answer is lost. */
const READS: readonly Kind[] = LONG ? ["fails", "refused", "late9", "cut", "dies"] : ["cut", "late2"];
/** Of reads that are made again and again, the first few of each name. */
const MOST_READS = LONG ? Infinity : 2;

const each = (points: readonly Point[], kinds: readonly Kind[]) =>
  points.flatMap((point) => kinds.map((kind): Fault => ({ ...point, kind })));
const kinds: readonly MongodKind[] = LONG ? ["standalone", "replicaSet"] : ["standalone"];
const servers = await Promise.all(kinds.map(async (kind) => ({ kind, server: await sharedMongod(kind) })));
const SCENARIOS = [invoices(), quotes(), dates()];

/** Calls vary from run to run, so some cases find that theirs was not made; where more than this part of them does, they say little. */
const MOST_UNREACHED = 1 / 3;
let tried = 0;

/** @returns one line a case that went wrong. */
async function sweepAll(
  lanes: readonly Lane[],
  scenario: Scenario,
  faultsAt: (points: readonly Point[]) => readonly Fault[],
): Promise<readonly string[]> {
  const began = Date.now();
  const [first] = lanes;
  if (!first) throw new Error("expected a lane");
  try {
    const points = await pointsOf(first, scenario);
    const faults = faultsAt(points).filter(({ kind, call, nth }) => `${kind} at ${call} ${nth}`.startsWith(ONLY));
    const { violations, cases, unreached } = await sweep(lanes, scenario, faults);
    const seconds = Math.round((Date.now() - began) / 1000);
    console.log(`${scenario.name}: ${points.length} calls, ${cases} cases, ${unreached} of them not reached, ${seconds} s`);
    tried += cases;
    if (cases === 0 && ONLY === "") throw new Error(`expected cases, got none at ${points.length} calls`);
    const isReached = unreached <= cases * MOST_UNREACHED;
    return isReached ? violations : [...violations, `expected cases whose call is made, got ${unreached} of ${cases} whose call was not`];
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

// Which it names may be made on one technology and in one scenario only.
afterAll(() => {
  if (tried === 0) throw new Error(`expected cases that begin with ONLY="${ONLY}", got none`);
});

describe("whatever goes wrong at whichever call of the store, nothing is lost and nothing done twice", () => {
  it.each(SCENARIOS)("SQLite, $name", { timeout: 600_000 }, async (scenario) => {
    const lanes = Array.from({ length: 4 }, sqliteLane);
    const violations = await sweepAll(lanes, scenario, (points) => [
      ...each(
        points.filter(({ call }) => call === "transaction"),
        SQLITE_KINDS,
      ),
      ...each(
        points.filter(({ call }) => call !== "transaction"),
        SQLITE_CALL_KINDS,
      ),
    ]);
    expect(violations).toEqual([]);
  });

  for (const { kind, server } of servers)
    it.skipIf(server.url === null).each(SCENARIOS)(`MongoDB ${kind}, $name`, { timeout: 3_600_000 }, async (scenario) => {
      const lanes = await Promise.all(Array.from({ length: 8 }, () => mongoLane(databaseOn(server.url ?? ""))));
      const violations = await sweepAll(lanes, scenario, (points) => [
        ...each(
          points.filter(({ call }) => WRITE_CALLS.has(call)),
          WRITES,
        ),
        ...each(
          points.filter(({ call, nth }) => !WRITE_CALLS.has(call) && nth <= MOST_READS),
          READS,
        ),
      ]);
      expect(violations).toEqual([]);
    });
});

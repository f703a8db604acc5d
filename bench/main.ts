import { loadavg } from "node:os";
import { benchClaims } from "./claims.ts";
import { benchCriteria } from "./criteria.ts";
import { benchCurve } from "./curve.ts";
import { benchDelivery } from "./delivery.ts";
import { benchMongoDelivery } from "./delivery-mongo.ts";
import { benchDueAtOnce } from "./due-at-once.ts";
import { benchPending } from "./pending.ts";
import { checkPlans } from "./plans.ts";
import type { Row } from "./row.ts";
import { MONGODB, SQLITE } from "./stores.ts";

// `npm run bench`, or `npm run bench -- --short` for a look; named sections alone: `npm run bench -- delivery mongo` (docs/benchmarks.md).
const words = process.argv.slice(2).map((word) => word.replace(/^--/, ""));
const short = words.includes("short");

const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  async criteria() {
    await print("Criteria, one event: 10 rules x 10 criteria", () => benchCriteria());
  },
  async delivery() {
    const options = short ? { seconds: 2, rounds: 3, warmUpSeconds: 5 } : { seconds: 8, rounds: 5, warmUpSeconds: 15 };
    await print("HTTP event to signed webhook, durable, 10 connections", () => benchDelivery(options));
  },
  async mongo() {
    const options = short
      ? { seconds: 1, rounds: 1, warmUpSeconds: 1, second: [] }
      : { seconds: 4, rounds: 3, warmUpSeconds: 10, second: ["worker", "serve"] as const };
    const title = "HTTP event to signed webhook, durable and settled, MongoDB";
    await print(`${title} standalone`, () => benchMongoDelivery("standalone", options));
    await print(`${title} one-node replica set`, () => benchMongoDelivery("replicaSet", options));
  },
  async claims() {
    const options = short ? { pending: [1_000, 10_000], mostClaims: 2_000 } : { pending: [1_000, 1_000_000], mostClaims: 20_000 };
    const title = "Claims through the store, of due runs beside what is pending:";
    await print(`${title} SQLite`, () => benchClaims(SQLITE, { ...options, goal: 20_000 }));
    await print(`${title} MongoDB`, () => benchClaims(MONGODB, { ...options, goal: 8_000 }));
  },
  async curve() {
    const points = short ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
    const title = "Cost of an event through the store, taken in and settled, 64 callers:";
    await print(`${title} SQLite`, () => benchCurve(SQLITE, points));
    await print(`${title} MongoDB`, () => benchCurve(MONGODB, points));
  },
  async pending() {
    const title = "Runs that wait for their time, beside what waits already:";
    const pending = short ? [1_000, 10_000] : [1_000, 1_000_000];
    await print(`${title} SQLite`, () => benchPending(SQLITE, pending));
    await print(`${title} MongoDB`, () => benchPending(MONGODB, pending));
    const atOnce = short ? { runs: 1_000, aheadMs: 5_000 } : { runs: 10_000, aheadMs: 30_000 };
    await print("Runs due at once: SQLite", () => benchDueAtOnce(SQLITE, { ...atOnce, goalSeconds: 2 }));
    await print("Runs due at once: MongoDB", () => benchDueAtOnce(MONGODB, { ...atOnce, goalSeconds: 5 }));
  },
  async plans() {
    const runs = short ? 10_000 : 1_000_000;
    head(`Query plans of MongoDB, ${runs.toLocaleString("en")} runs stored`);
    for await (const line of checkPlans(runs)) process.stdout.write(`  ${line}\n`);
  },
};

const asked = words.filter((word) => word !== "short");
for (const word of asked)
  if (!(word in SECTIONS)) throw new Error(`Expected --short or sections of ${Object.keys(SECTIONS).join(", ")}; got "${word}"`);
// A short look takes the plans from the tests.
const names = asked.length > 0 ? asked : Object.keys(SECTIONS).filter((name) => !short || name !== "plans");
for (const name of names) await SECTIONS[name]?.();

async function print(title: string, measure: () => Promise<readonly Row[]> | AsyncIterable<Row>): Promise<void> {
  head(title);
  for await (const { name, value, unit } of await measure())
    process.stdout.write(`  ${value.toFixed(2).padStart(12)} ${unit.padEnd(4)} ${name}\n`);
}

/** With what else the machine had to do: a figure beside a load of more than its cores says little. */
function head(title: string): void {
  process.stdout.write(`\n${title}\n  (load average ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString().slice(0, 16)}Z)\n`);
}

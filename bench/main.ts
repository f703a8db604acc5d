import { benchDelivery } from "./delivery.ts";
import { benchMongoDelivery } from "./delivery-mongo.ts";
import { benchClaims } from "./claims.ts";
import { benchCriteria } from "./criteria.ts";
import { benchCurve } from "./curve.ts";
import type { Row } from "./row.ts";
import { MONGODB, SQLITE } from "./stores.ts";

// `npm run bench`, or `npm run bench -- --short` for a look; named sections alone: `npm run bench -- delivery mongo`.
const short = process.argv.includes("--short");

const SECTIONS = {
  async criteria() {
    print("Criteria, one event: 10 rules x 10 criteria", await benchCriteria());
  },
  async delivery() {
    const options = short ? { seconds: 2, rounds: 3, warmUpSeconds: 5 } : { seconds: 8, rounds: 5, warmUpSeconds: 15 };
    print("HTTP event to signed webhook, durable, 10 connections", await benchDelivery(options));
  },
  async mongo() {
    const options = short ? { seconds: 1, rounds: 1, warmUpSeconds: 2 } : { seconds: 4, rounds: 3, warmUpSeconds: 8 };
    const title = "HTTP event to signed webhook, durable and settled, MongoDB";
    print(`${title} standalone`, await benchMongoDelivery("standalone", options));
    print(`${title} one-node replica set`, await benchMongoDelivery("replicaSet", options));
  },
  async claims() {
    const options = short ? { pending: [1_000, 10_000], mostClaims: 2_000 } : { pending: [1_000, 1_000_000], mostClaims: 20_000 };
    print("Claims through the store: due runs, beside what is pending", [
      ...(await benchClaims(SQLITE, { ...options, goal: 20_000 })),
      ...(await benchClaims(MONGODB, { ...options, goal: 8_000 })),
    ]);
  },
  async curve() {
    const points = short ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
    print("Cost of an event through the store, taken in and settled by 64 callers", [
      ...(await benchCurve(SQLITE, points)),
      ...(await benchCurve(MONGODB, points)),
    ]);
  },
} satisfies Record<string, () => Promise<void>>;

const asked = process.argv.slice(2).filter((word) => !word.startsWith("--"));
for (const word of asked)
  if (!(word in SECTIONS)) throw new Error(`Expected a section of ${Object.keys(SECTIONS).join(", ")}; got "${word}"`);
for (const [name, section] of Object.entries(SECTIONS)) if (asked.length === 0 || asked.includes(name)) await section();

function print(title: string, rows: readonly Row[]): void {
  process.stdout.write(`\n${title}\n`);
  for (const { name, value, unit } of rows) process.stdout.write(`  ${value.toFixed(2).padStart(12)} ${unit.padEnd(4)} ${name}\n`);
}

import { benchDelivery } from "./delivery.ts";
import { benchCriteria } from "./criteria.ts";
import type { Row } from "./row.ts";

// `npm run bench`, or `npm run bench -- --short` for a look that takes half a minute.
const short = process.argv.includes("--short");

print("Criteria, one event: 10 rules x 10 criteria", await benchCriteria());
print(
  `HTTP event to signed webhook, durable, 10 connections`,
  await benchDelivery(short ? { seconds: 2, rounds: 3, warmUpSeconds: 5 } : { seconds: 8, rounds: 5, warmUpSeconds: 15 }),
);

function print(title: string, rows: readonly Row[]): void {
  process.stdout.write(`\n${title}\n`);
  for (const { name, value, unit } of rows) process.stdout.write(`  ${value.toFixed(2).padStart(12)} ${unit.padEnd(4)} ${name}\n`);
}

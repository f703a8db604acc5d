// What CI does in short, for longer: npm run soak [-- crash | ambiguous]. From the environment, as for the tests: EVENTS, KILLS, SEED, ONLY.
import { spawnSync } from "node:child_process";

const soaks = {
  crash: { file: "test/faults/crash.test.ts", env: { EVENTS: "10000", KILLS: "200" } },
  ambiguous: { file: "test/faults/ambiguous.test.ts", env: { LONG: "1" } },
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in soaks));
if (unknown !== undefined) {
  console.error(`expected ${Object.keys(soaks).join(" or ")}, got "${unknown}"`);
  process.exit(1);
}
for (const [name, { file, env }] of Object.entries(soaks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", file], {
    stdio: "inherit",
    env: { ...env, ...process.env },
  });
  if (status !== 0) process.exit(status ?? 1);
}

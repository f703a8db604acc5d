// The crash test for longer: node scripts/soak.mjs, with EVENTS, KILLS and SEED from the environment where they are given.
import { spawnSync } from "node:child_process";

const env = { EVENTS: "10000", KILLS: "200", ...process.env };
const vitest = ["node_modules/vitest/vitest.mjs", "run", "test/faults/crash.test.ts"];
const { status } = spawnSync(process.execPath, vitest, { stdio: "inherit", env });
process.exit(status ?? 1);

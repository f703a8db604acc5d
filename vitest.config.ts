import { defineConfig } from "vitest/config";

const FAULTS = "test/faults/**/*.test.ts";
const patience = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    reporters: ["default"],
    // Here, and not inherited by the projects: once for all of them.
    globalSetup: ["test/support/mongod-setup.ts"],
    projects: [
      { test: { ...patience, name: "rulewright", include: ["test/**/*.test.ts"], exclude: [FAULTS], sequence: { groupOrder: 0 } } },
      // They start, load and kill processes of their own, and some measure how long that takes: after the others, one file at a time.
      { test: { ...patience, name: "faults", include: [FAULTS], fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
});

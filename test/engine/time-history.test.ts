import fc from "fast-check";
import { expect, it } from "vitest";
import { play } from "./time-history/play.ts";
import { historyOf, type Roughness } from "./time-history/steps.ts";

/** `HISTORIES=10000` for the long form, `SEED` for other histories than those of every run. */
const HISTORIES = Number(process.env["HISTORIES"] ?? 300);
const SEED = Number(process.env["SEED"] ?? 637_450);
/** What has come of histories has to be of every kind, or they prove nothing. */
const OUTCOMES = [
  "succeeded",
  "missed",
  "superseded",
  "recordDeleted",
  "criteriaNotMet",
  "cancelled",
  "scheduled",
  "dateEmpty",
  "notFired",
];

it.each<[Roughness, string]>([
  ["smooth", "each date, tick and action comes once, or the log says why not, and nothing else"],
  ["rough", "so also where processes are killed, and nobody can say what was first"],
])(`of ${HISTORIES} %s histories %s`, { timeout: 3_600_000 }, async (roughness) => {
  console.log(`seed ${SEED} (SEED=${SEED} repeats the histories)`);
  const began = Date.now();
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(historyOf(roughness), async (history) => {
      const { faults, log } = await play(history);
      expect(faults).toEqual([]);
      for (const { said } of log.values()) seen.set(said, (seen.get(said) ?? 0) + 1);
    }),
    { numRuns: HISTORIES, seed: SEED },
  );
  const counts = [...seen].map(([said, count]) => `${count} ${said}`).join(", ");
  console.log(`${HISTORIES} ${roughness} histories in ${Math.round((Date.now() - began) / 1000)} s: ${counts}`);
  expect([...seen.keys()]).toEqual(expect.arrayContaining(OUTCOMES));
});

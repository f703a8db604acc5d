import fc from "fast-check";
import { expect, it } from "vitest";
import { play } from "./time-history/play.ts";
import { historyOf, type Roughness } from "./time-history/steps.ts";

/** `HISTORIES=10000` for the long form, `SEED` to say the histories of a run again. */
const HISTORIES = Number(process.env["HISTORIES"] ?? 300);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

it.each<Roughness>(["smooth", "rough"])("of %s histories", { timeout: 3_600_000 }, async (roughness) => {
  console.log(`seed ${SEED} (SEED=${SEED} repeats the histories)`);
  const began = Date.now();
  await fc.assert(
    fc.asyncProperty(historyOf(roughness), async (history) => {
      expect(await play(history)).toEqual([]);
    }),
    { numRuns: HISTORIES, seed: SEED },
  );
  console.log(`${HISTORIES} ${roughness} histories in ${Math.round((Date.now() - began) / 1000)} s`);
});

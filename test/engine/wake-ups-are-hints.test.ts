import fc from "fast-check";
import { expect, it } from "vitest";
import { seededRandom } from "../support/random.ts";
import type { WakeUpFate } from "../support/wandering-clock.ts";
import { play } from "./time-history/play.ts";
import { historyOf } from "./time-history/steps.ts";

/** `HISTORIES` and `SEED` as for the histories themselves. */
const HISTORIES = Math.ceil(Number(process.env["HISTORIES"] ?? 300) / 10);
const SEED = Number(process.env["SEED"] ?? 637_450);

/** What becomes of wake-ups: each comes at its instant, none comes, all come twice, or any of this and up to two seconds late. */
const FATES: readonly (readonly [name: string, fate: (random: () => number) => WakeUpFate])[] = [
  ["lost", () => () => []],
  ["doubled", () => () => [0, 0]],
  [
    "lost, doubled and delayed at random",
    (random) => () => Array.from({ length: Math.floor(random() * 3) }, () => (random() < 0.5 ? 0 : Math.floor(random() * 2000))),
  ],
];

it(`what comes of ${HISTORIES} histories is the same whatever becomes of the wake-ups`, { timeout: 3_600_000 }, async () => {
  console.log(`seed ${SEED} (SEED=${SEED} repeats the histories)`);
  await fc.assert(
    fc.asyncProperty(historyOf("smooth"), async (history) => {
      const exact = await play(history, { onlyTimers: true });
      expect(exact.faults).toEqual([]);
      for (const [, fate] of FATES) {
        const { faults, log } = await play(history, { onlyTimers: true, fate: fate(seededRandom(history.seed)) });
        expect(faults).toEqual([]);
        expect(log).toEqual(exact.log);
      }
    }),
    { numRuns: HISTORIES, seed: SEED },
  );
});

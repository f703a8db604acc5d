import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { openMongoStore } from "../../src/store/mongo/mongo-store.ts";
import { describeMongo } from "../support/mongod-shared.ts";
import { play } from "./time-history/play.ts";
import { created, history, step, waiting } from "./time-history/quiet.ts";
import { historyOf, type Roughness } from "./time-history/steps.ts";

/** `HISTORIES` and `SEED` as for the histories on SQLite; each takes as long as some thirty of those. */
const HISTORIES = Math.ceil(Number(process.env["HISTORIES"] ?? 300) / 30);
const SEED = Number(process.env["SEED"] ?? 637_450);
const ROUGHNESS: readonly Roughness[] = ["smooth", "rough"];

await describeMongo((_kind, database) => {
  const { url, empty, drop } = database();
  afterAll(drop);

  it("a date is heard of that an edit brings after the clock has gone back", async () => {
    const steps = [
      step(created({ day: null })),
      step({ do: "set", ms: -3_600_000 }),
      step({ do: "patch", record: "1", changes: { day: "2026-11-20" } }),
    ];
    const waits = waiting({ after: { days: 0 }, of: "day" });
    const { faults } = await play(history({ waits, steps }), { store: await openMongoStore(url) });
    expect(faults).toEqual([]);
  });

  it.each(ROUGHNESS)(`of ${HISTORIES} %s histories comes what the model says`, { timeout: 3_600_000 }, async (roughness) => {
    console.log(`seed ${SEED} (SEED=${SEED} repeats the histories)`);
    await fc.assert(
      fc.asyncProperty(historyOf(roughness), async (history) => {
        await empty();
        const { faults } = await play(history, { store: await openMongoStore(url) });
        expect(faults).toEqual([]);
      }),
      { numRuns: HISTORIES, seed: SEED },
    );
  });
});

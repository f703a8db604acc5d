import { expect, it } from "vitest";
import { crash } from "./crash.ts";
import { sqlitePlace } from "./places.ts";

const EVENTS = Number(process.env["EVENTS"] ?? 2000);
const KILLS = Number(process.env["KILLS"] ?? 40);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const PLACES = [{ name: "SQLite", open: sqlitePlace }];

for (const { name, open } of PLACES)
  it(
    `${name}: ${KILLS} kills -9 during ${EVENTS} events: nothing acknowledged is lost, nothing is done twice`,
    { timeout: 240_000 },
    async () => {
      console.log(`seed ${SEED} (SEED=${SEED} repeats the kills)`);
      const place = await open();
      try {
        const { faults, summary } = await crash(place, {
          events: EVENTS,
          kills: KILLS,
          seed: SEED,
          roles: ["serve", "serve"],
          limitMs: 150_000,
        });
        console.log(`${name}: ${summary}`);
        expect(faults).toEqual([]);
      } finally {
        await place.remove();
      }
    },
  );

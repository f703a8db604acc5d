import { expect, it } from "vitest";
import { crash } from "./crash.ts";
import { placeKinds } from "./places.ts";
import type { Role } from "./processes.ts";

const EVENTS = Number(process.env["EVENTS"] ?? 2000);
const KILLS = Number(process.env["KILLS"] ?? 40);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const ROLES: readonly Role[] = ["serve", "serve", "worker"];
/** Generous: how long it takes is printed, not asserted. */
const LIMIT_MS = 60_000 + EVENTS * 60;
const AFTERWARDS_MS = 90_000;

for (const { name, missing, open } of await placeKinds())
  it.skipIf(missing !== null)(
    `${name}: ${KILLS} kills -9 during ${EVENTS} events, nothing acknowledged is lost and nothing is done twice`,
    { timeout: LIMIT_MS + AFTERWARDS_MS },
    async () => {
      console.log(`seed ${SEED} (SEED=${SEED} repeats the kills)`);
      const place = await open();
      try {
        const { faults, summary } = await crash(place, { events: EVENTS, kills: KILLS, seed: SEED, roles: ROLES, limitMs: LIMIT_MS });
        console.log(`${name}: ${summary}`);
        expect(faults).toEqual([]);
      } finally {
        await place.remove();
      }
    },
  );

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { compiled, type Compiled } from "../support/compiled.ts";
import { seededRandom } from "../support/random.ts";
import { HOURS, type Hour } from "./clock/hours.ts";
import { killPlan, type Kill } from "./clock/kill-plan.ts";
import { startNight } from "./clock/night.ts";
import type { Pair } from "./clock/processes.ts";
import { placeKinds, type Place } from "./places.ts";

const KILLS = Number(process.env["KILLS"] ?? 6);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const RECORDS = 3;
const MINUTES = 4;
/** A call that a victim does not come to by then it does not come to. */
const MOST_MOVES = 6;
const AFTERWARDS_MS = 300_000;

let program: Compiled;
beforeAll(async () => {
  program = await compiled("faults/clock/process.ts");
});
afterAll(() => program.remove());

/** Moves the clock to an instant and kills somebody on the way. */
async function kill(pair: Pair, at: number, how: Kill): Promise<void> {
  const victim = "victim" in how ? pair.all[how.victim] : null;
  if ("death" in how) await pair.arm(how.death);
  const moved = pair.moveTo(at);
  if ("delayMs" in how) {
    await pause(how.delayMs);
    await victim?.kill();
  }
  await moved;
  const isOver = (): boolean => pair.all.some((one) => one.isDead());
  for (let moves = 0; moves < MOST_MOVES && !isOver(); moves++) await pair.moveBy(1000);
  if (!isOver()) await pair.all[0]?.kill();
  await pair.arm(null);
  await pair.replaceDead();
}

/** What came of it: faults in words (none if all is well), and how much happened. */
type Report = { readonly faults: readonly string[]; readonly summary: string };

/** Goes through an hour and to the day after. */
async function pass(place: Place, hour: Hour, random: () => number): Promise<Report> {
  const { pair, settle, faults, summary, close } = await startNight(place, hour, {
    script: program.script,
    timers: "go",
    records: RECORDS,
    minutes: MINUTES,
  });
  try {
    for (const step of killPlan(random, hour, { kills: KILLS, minutes: MINUTES }))
      if (step.kill) await kill(pair, step.at, step.kill);
      else await pair.moveTo(step.at);
    await settle();
    const then = await faults();
    await pair.moveTo(Date.parse(hour.next) + 300_000);
    await settle();
    const logged = pair.logs();
    const all = [...then, ...(await faults()), ...(logged === "" ? [] : [`somebody logged an error: ${logged}`])];
    return { faults: all, summary: await summary() };
  } finally {
    await close();
  }
}

describe.concurrent(`two processes, ${KILLS} kills -9 on the way through an hour: what comes at its wall time comes once`, async () => {
  console.log(`seed ${SEED} (SEED=${SEED} repeats the kills)`);
  for (const { name, missing, open } of await placeKinds())
    for (const [index, hour] of HOURS.entries())
      it.skipIf(missing !== null).concurrent(`${name}: ${hour.name}`, { timeout: AFTERWARDS_MS + KILLS * 5_000 }, async ({ expect }) => {
        const { faults, summary } = await pass(await open(), hour, seededRandom(SEED + index));
        console.log(`${name}, ${hour.name}: ${KILLS} kills -9, ${summary}`);
        expect(faults).toEqual([]);
      });
});

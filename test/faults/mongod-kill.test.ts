import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { startMongod } from "../support/mongod.ts";
import { mongodProgram } from "../support/mongod-shared.ts";
import { seededRandom } from "../support/random.ts";
import { sendAll } from "./callers.ts";
import { violations } from "./invariants.ts";
import { readLedger, settledOrLate } from "./ledger.ts";
import { mongoPlace } from "./places.ts";
import { launchIn, startProcesses } from "./processes.ts";
import { listenForAll } from "./receivers.ts";
import { mixedLoad } from "./scenario.ts";
import { summaryOf } from "./summary.ts";

const EVENTS = 600;
const KILLS = 4;
const CALLERS = 20;
/** It takes writes again, and everyone has found it. */
const BACK_MS = 40_000;
const SETTLE_MS = 90_000;

const program = await mongodProgram();

it.skipIf(program === null)(
  `${KILLS} kills -9 of mongod during ${EVENTS} events: nothing acknowledged is lost, and every process waits for it`,
  { timeout: 300_000 },
  async () => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    console.log(`seed ${seed}`);
    const random = seededRandom(seed);
    const mongod = await startMongod(program ?? "", "replicaSet");
    // Its data goes with it.
    const place = await mongoPlace({ url: mongod.urlOf("faults"), drop: async () => undefined });
    const receivers = await listenForAll();
    const scenario = mixedLoad(EVENTS);
    const processes = await startProcesses(["serve", "worker"], await launchIn(place, scenario.rules(receivers), receivers));
    const over = AbortSignal.timeout(200_000);
    const readiness = async (): Promise<number> => (await fetch(`${processes.intake(random)}/readyz`)).status;
    const became = async (status: number): Promise<number> => {
      const began = Date.now();
      while ((await readiness()) !== status && Date.now() - began < BACK_MS) await pause(50);
      expect(await readiness()).toBe(status);
      return Date.now() - began;
    };
    try {
      for (const events of [scenario.first, scenario.events]) {
        const calls = sendAll(events, CALLERS, () => processes.intake(random), over);
        if (events === scenario.events)
          for (let kill = 1; kill <= KILLS; kill++) {
            const at = Math.round((kill * EVENTS) / (KILLS + 1));
            // Requests go on while it is away.
            calls.allow(at + CALLERS);
            while (calls.acknowledged() < at) await pause(2, undefined, { signal: over });
            await pause(random() * 100);
            await mongod.kill("SIGKILL");
            const noticed = await became(503);
            await mongod.restart();
            console.log(`kill ${kill}: readyz says 503 after ${noticed} ms, and 200 ${await became(200)} ms after it takes writes again`);
          }
        calls.allow(events.length);
        await calls.done;
      }
      const store = await place.open();
      await settledOrLate(store, place, SETTLE_MS);
      const observed = scenario.expected(receivers);
      expect(await violations(store, observed)).toEqual([]);
      console.log(summaryOf(await readLedger(store, observed.organization), observed));
      await store.close();
      expect(processes.deaths).toEqual([]);
      expect(await Promise.all(processes.all.map((one) => one.end()))).toEqual([0, 0]);
    } finally {
      await processes.stop();
      await receivers.close();
      await mongod.stop();
      await place.remove();
    }
  },
);

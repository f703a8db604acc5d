import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { compiled, type Compiled } from "../support/compiled.ts";
import { ORGANIZATION } from "../support/engine.ts";
import { HOURS, type Hour } from "./clock/hours.ts";
import type { Death } from "./clock/messages.ts";
import { startNight } from "./clock/night.ts";
import { readLedger } from "./ledger.ts";
import { placeKinds, type Place } from "./places.ts";

const RECORDS = 3;
/** Before the instant, so that Agenda is opened and has planned it: it wakes by the machine's timers. */
const AHEAD_MS = 2_000;
const LEASE_MS = 8_000;
const WOKEN_MS = 30_000;
/** Begun so late that no interval of a minute fires before the instant. */
const HOUR: Hour = { ...(HOURS[0] as Hour), from: "2026-10-25T00:29:10Z", other: "2026-10-25T01:29:10Z" };

type Case = {
  readonly name: string;
  readonly death: Death;
  /** The outcomes of the attempts at each time-based action, once the other has done what is left: what nobody had claimed, it has tried once. */
  readonly histories: readonly string[];
};

const CASES: readonly Case[] = [
  { name: "before its claim", death: { call: "runs.claim", after: 0, when: "before" }, histories: ["succeeded"] },
  { name: "with its claim done and not heard of", death: { call: "runs.claim", after: 0, when: "done" }, histories: ["lost succeeded"] },
  // What it claimed at the same time it may have begun, or done.
  { name: "before a date's event", death: { call: "events.intake", after: 0, when: "before" }, histories: [] },
  { name: "with a date's event stored and not heard of", death: { call: "events.intake", after: 0, when: "done" }, histories: [] },
];

let program: Compiled;
beforeAll(async () => {
  program = await compiled("faults/clock/process.ts");
});
afterAll(() => program.remove());

/** What came of it. */
type Report = {
  readonly faults: readonly string[];
  /** How many died of being woken. */
  readonly dead: number;
  /** Runs that were done while the lease of the dead held, of the rule that the victim claimed. */
  readonly early: number;
  readonly histories: readonly string[];
};

async function wakeAndDie(place: Place, death: Death): Promise<Report> {
  const { pair, store, settle, faults, close } = await startNight(place, HOUR, {
    script: program.script,
    timers: "stand",
    records: RECORDS,
    minutes: 1,
  });
  try {
    const reminders = async () => (await readLedger(store, ORGANIZATION)).runs.filter(({ rule }) => rule.name === "remind-0");
    await pair.moveTo(Date.parse(HOUR.comes) - AHEAD_MS);
    await pair.arm(death);
    // Their own timers stand: who looks for what is due was woken by Agenda's job.
    await Promise.race([...pair.all.map(({ died }) => died), pause(WOKEN_MS, undefined, { ref: false })]);
    await pair.arm(null);
    const dead = pair.all.filter((one) => one.isDead()).length;
    await pair.moveBy(LEASE_MS / 2);
    const early = (await reminders()).filter(({ status }) => status === "succeeded").length;
    await settle();
    await pair.moveTo(Date.parse(HOUR.other));
    await settle();
    const logged = pair.logs();
    return {
      faults: [...(await faults()), ...(logged === "" ? [] : [`somebody logged an error: ${logged}`])],
      dead,
      early,
      histories: [...new Set((await reminders()).map(({ attempts }) => attempts.map(({ outcome }) => outcome).join(" ")))],
    };
  } finally {
    await close();
  }
}

describe.concurrent("of two processes, the one that Agenda wakes for an instant is killed, and the other does what is due once", async () => {
  for (const { name, missing, open } of await placeKinds())
    for (const { name: when, death, histories } of CASES)
      it.skipIf(missing !== null).concurrent(`${name}: ${when}`, { timeout: 120_000 }, async ({ expect }) => {
        const report = await wakeAndDie(await open(), death);
        expect(report.faults).toEqual([]);
        expect(report.dead).toBe(1);
        if (death.call !== "runs.claim") return;
        expect(report.histories).toEqual(histories);
        // What was claimed is the dead one's until its lease ends; what was not is anybody's at once.
        expect(report.early).toBe(death.when === "before" ? RECORDS : 0);
      });
});

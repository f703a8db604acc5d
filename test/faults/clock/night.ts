import type { Store } from "../../../src/store/store.ts";
import { listenHttp } from "../../outbound/listener.ts";
import { ORGANIZATION, testEngine } from "../../support/engine.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { violations } from "../invariants.ts";
import { readLedger } from "../ledger.ts";
import type { Place } from "../places.ts";
import { summaryOf } from "../summary.ts";
import { dueFaults } from "./due-faults.ts";
import { dueIn, firingOnCreation, functionAt, rulesOf, type Hour } from "./hours.ts";
import { startPair, type Pair } from "./processes.ts";

/** Two processes before an hour in which something comes, and whom they tell. */
export type Night = {
  readonly pair: Pair;
  readonly store: Store;
  /** Moves the clock on until nothing is left to do. */
  settle(): Promise<void>;
  /** What is wrong with what has been done so far, in words. */
  faults(): Promise<readonly string[]>;
  /** How much happened, for whoever reads the log of a test. */
  summary(): Promise<string>;
  close(): Promise<void>;
};

export type NightOptions = {
  readonly script: string;
  readonly timers: "go" | "stand";
  readonly records: number;
  /** So many minutes from the wall time on have something that comes. */
  readonly minutes: number;
};

/** By which leases and turns of the dead have ended, and what they left half stored is anybody's. */
const ENDED_MS = 10_000;
const MOST_MOVES = 30;

export async function startNight(place: Place, hour: Hour, { script, timers, records, minutes }: NightOptions): Promise<Night> {
  const webhooks = new Map<string, number>();
  /** What functions have told. */
  const calls = new Map<string, number>();
  const receiver = await listenHttp(({ url, headers }, response) => {
    const id = String(headers["webhook-id"]);
    const counts = url === "/sync" ? calls : webhooks;
    counts.set(id, (counts.get(id) ?? 0) + 1);
    response.writeHead(200).end();
  });
  const ids = Array.from({ length: records }, (_, n) => String(n));
  await storeRecords(place, hour, rulesOf(hour, minutes, receiver.port), ids);
  const store = await place.open();
  const pair = await startPair({
    script,
    timers,
    at: Date.parse(hour.from),
    store: place.url,
    port: receiver.port,
    functions: Array.from({ length: minutes }, (_, n) => functionAt(n)),
  });

  async function settle(): Promise<void> {
    for (let moves = 0; moves < MOST_MOVES; moves++) {
      const due = await store.runs.nextDue(0);
      if (moves > 1 && (due === null || due > pair.now() + ENDED_MS)) return;
      await pair.moveBy(ENDED_MS);
    }
  }

  const acknowledged = new Map(ids.map((id) => [`evt-${id}`, firingOnCreation(minutes)]));
  const nothing = { cascades: new Map(), firstTime: new Map(), records: [], limits: {}, mails: new Map() };
  const observed = { organization: ORGANIZATION, acknowledged, webhooks, ...nothing };
  return {
    pair,
    store,
    settle,
    async faults() {
      const damage = await place.damage();
      return [
        ...dueFaults(await readLedger(store, ORGANIZATION), dueIn(hour, minutes, ids, pair.now()), calls),
        ...(await violations(store, observed)),
        ...(damage === null ? [] : [`the store is damaged: ${damage}`]),
      ];
    },
    summary: async () => summaryOf(await readLedger(store, ORGANIZATION), observed),
    async close() {
      await pair.stop();
      await store.close();
      await receiver.close();
      await place.remove();
    },
  };
}

/** Defines the rules and stores the records, at the night's beginning and by a clock that stands. */
async function storeRecords(place: Place, hour: Hour, rules: string, ids: readonly string[]): Promise<void> {
  const engine = await testEngine({ store: await place.open(), clock: manualClock(hour.from), slots: 0 });
  await engine.apply(rules);
  const events = ids.map((id) => ({
    id: `evt-${id}`,
    module: "invoices",
    type: "created",
    record: { invoice_id: id, due_date: hour.day },
  }));
  await engine.engine.emit(events, { organization: ORGANIZATION, wait: false });
  await engine.engine.idle();
  await engine.close();
}

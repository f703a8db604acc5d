import { setTimeout as pause } from "node:timers/promises";
import { describe, it } from "vitest";
import type { ActionRun } from "../../src/model/run.ts";
import { listenHttp } from "../outbound/listener.ts";
import { ORGANIZATION, testEngine } from "../support/engine.ts";
import { manualClock } from "../support/manual-clock.ts";
import { worker, type Started } from "../support/serve.ts";
import { watchdog } from "../support/watchdog.ts";
import { readLedger } from "./ledger.ts";
import { placeKinds, type Place } from "./places.ts";
import { launchIn } from "./processes.ts";
import { tellRules } from "./tell-rules.ts";

const RUNS = 100;
/** Three leases. */
const FROZEN_MS = 24_000;
const PATIENCE_MS = 30_000;
const REFUSED = "another worker has taken this run over; what this one found is not written";

/** A worker and what it logs. */
type Logging = { readonly started: Started; log(): string };

async function startWorker(place: Place, port: number): Promise<Logging> {
  const { store, env } = await launchIn(place, tellRules(port), { port });
  const started = await worker(["--store", store], { ...env, RULEWRIGHT_LOG_LEVEL: "warn" });
  let log = "";
  started.child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  started.child.once("exit", watchdog(started.child.pid ?? 0));
  return { started, log: () => log };
}

/** Stores events whose runs are due at once, and starts none of them. */
async function storeEvents(place: Place, port: number): Promise<void> {
  const engine = await testEngine({ store: await place.open(), clock: manualClock(new Date().toISOString()), slots: 0 });
  await engine.apply(tellRules(port));
  const events = Array.from({ length: RUNS }, (_, n) => ({ module: "invoices", type: "created", record: { invoice_id: String(n) } }));
  await engine.engine.emit(events, { organization: ORGANIZATION, wait: false });
  await engine.close();
}

/** What happens in other processes tells nobody here. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await isSo()); await pause(50))
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
}

/** Ids of the runs whose late settle was refused, from the log's JSON lines. */
function refusedIn(log: string): readonly string[] {
  const lines = log.split("\n").filter((line) => line.includes(REFUSED));
  return lines.map((line) => String((JSON.parse(line) as { run?: unknown }).run));
}

/** What came of it: the runs before and after the frozen workers went on, and what each side logged. */
type Thawed = {
  readonly before: readonly ActionRun[];
  readonly after: readonly ActionRun[];
  /** Ids of the runs whose late settle was refused. */
  readonly refused: readonly string[];
  readonly refusedToOther: readonly string[];
  /** How often each webhook arrived. */
  readonly times: readonly number[];
  readonly exits: readonly (number | null)[];
};

async function freeze(place: Place): Promise<Thawed> {
  const held: (() => void)[] = [];
  const times = new Map<string, number>();
  // Whoever asks first has to wait; who comes later is answered at once.
  const receiver = await listenHttp(({ headers }, response) => {
    const id = String(headers["webhook-id"]);
    times.set(id, (times.get(id) ?? 0) + 1);
    if (times.get(id) === 1) held.push(() => response.writeHead(200).end());
    else response.writeHead(200).end();
  });
  const store = await place.open();
  const workers: Logging[] = [];
  const start = async (): Promise<Logging> => {
    const one = await startWorker(place, receiver.port);
    workers.push(one);
    return one;
  };
  try {
    // A worker has slots for 64 webhooks.
    const frozen = [await start(), await start()];
    await storeEvents(place, receiver.port);
    await until("all runs are under way", () => held.length === RUNS);
    const stoppedAt = Date.now();
    for (const { started } of frozen) started.child.kill("SIGSTOP");
    const other = await start();
    const ledger = () => readLedger(store, ORGANIZATION);
    await until("the other worker has done all", async () => (await ledger()).runs.every(({ status }) => status === "succeeded"));
    await pause(Math.max(0, stoppedAt + FROZEN_MS - Date.now()));
    const before = (await ledger()).runs;
    for (const answer of held) answer();
    for (const { started } of frozen) started.child.kill("SIGCONT");
    const refused = (): readonly string[] => frozen.flatMap(({ log }) => refusedIn(log()));
    await until("every late settle is refused", () => refused().length >= RUNS);

    const after = (await ledger()).runs;
    for (const { started } of workers) await started.kill("SIGTERM");
    const exits = workers.map(({ started }) => started.child.exitCode);
    return { before, after, refused: refused(), refusedToOther: refusedIn(other.log()), times: [...times.values()], exits };
  } finally {
    for (const { started } of workers) await started.kill("SIGKILL");
    await store.close();
    await receiver.close();
    await place.remove();
  }
}

describe.concurrent(`a worker that is stopped for three leases and goes on is refused, ${RUNS} times of ${RUNS}`, async () => {
  for (const { name, missing, open } of await placeKinds())
    it.skipIf(missing !== null).concurrent(`${name}`, { timeout: 120_000 }, async ({ expect }) => {
      const { before, after, refused, refusedToOther, times, exits } = await freeze(await open());
      expect(refused.toSorted()).toEqual(before.map(({ id }) => id).toSorted());
      expect(refused).toHaveLength(RUNS);
      expect(refusedToOther).toEqual([]);
      expect(after).toEqual(before);
      const histories = after.map(({ attempts }) => attempts.map(({ outcome }) => outcome).join(" "));
      expect(new Set(histories)).toEqual(new Set(["lost succeeded"]));
      expect(new Set(times)).toEqual(new Set([2]));
      expect(exits).toEqual([0, 0, 0]);
    });
});

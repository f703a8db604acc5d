import { join } from "node:path";
import { MongoClient } from "mongodb";
import type { Mongod, MongodKind } from "../test/support/mongod.ts";
import { deliver } from "./load.ts";
import { startBenchMongod } from "./mongod.ts";
import { stop, withProcesses, type Processes } from "./processes.ts";
import { startReceiver, type Receiver } from "./receiving.ts";
import type { Row } from "./row.ts";
import { residentMb, serve, worker, type Server } from "./rulewright.ts";
import { median, percentile } from "./statistics.ts";

const DATABASE = "bench";
const RELAY_DATABASE = "relay";
const CONNECTIONS = [10, 64] as const;
const GOALS: Readonly<Record<MongodKind, Readonly<Record<(typeof CONNECTIONS)[number], number>>>> = {
  standalone: { 10: 2000, 64: 3500 },
  replicaSet: { 10: 1400, 64: 3000 },
};

type Options = {
  readonly seconds: number;
  readonly rounds: number;
  readonly warmUpSeconds: number;
  /** Kinds of a second process beside. */
  readonly second: readonly ("worker" | "serve")[];
};

/** HTTP event to webhook delivered and settled, durable, on a mongod that shares the cores; beside SQLite and a relay, the rounds interleaved. */
export async function benchMongoDelivery(kind: MongodKind, options: Options): Promise<readonly Row[]> {
  const mongod = await startBenchMongod(kind);
  try {
    return await withProcesses((processes) => measure(kind, mongod, processes, options));
  } finally {
    await mongod.stop();
  }
}

async function measure(kind: MongodKind, mongod: Mongod, processes: Processes, options: Options): Promise<readonly Row[]> {
  const store = mongod.urlOf(DATABASE);
  const client = await MongoClient.connect(store);
  try {
    const settledIn = (database: string) => async (): Promise<boolean> => {
      const runs = client.db(database).collection("runs");
      return (await runs.findOne({ leaseUntil: { $gt: 0 } }, { hint: "lease" })) === null;
    };
    const receiver = await startReceiver(processes);
    const relay = await processes.script("relay-mongo", [mongod.urlOf(RELAY_DATABASE), receiver.url]);
    const sqlite = await serve(processes, `sqlite:${join(processes.folder, "ours.db")}`, receiver);
    const mongo = await serve(processes, store, receiver);
    const rateIn = (database: string) => (urls: readonly string[], connections: number, seconds: number) =>
      deliver(receiver, { urls, connections, seconds, settled: settledIn(database) });
    const rate = rateIn(DATABASE);
    const relayRate = rateIn(RELAY_DATABASE);
    const rows: Row[] = [];
    const alone = new Map<number, number>();
    // Until all of it is compiled.
    for (const { url } of [sqlite, mongo]) await rate([url], 64, options.warmUpSeconds);
    await relayRate([relay.url], 64, options.warmUpSeconds);
    for (const connections of CONNECTIONS) {
      const rates = { relay: [] as number[], sqlite: [] as number[], mongo: [] as number[] };
      for (let round = 1; round <= options.rounds; round++) {
        rates.relay.push(await relayRate([relay.url], connections, options.seconds));
        rates.sqlite.push(await rate([sqlite.url], connections, options.seconds));
        rates.mongo.push(await rate([mongo.url], connections, options.seconds));
      }
      const latencies = (await receiver.latencies()).toSorted((a, b) => a - b);
      const goal = GOALS[kind][connections];
      const reached = median(rates.mongo);
      alone.set(connections, reached);
      rows.push(
        { name: `${connections} connections: SQLite`, value: median(rates.sqlite), unit: "/s" },
        { name: `${connections} connections: MongoDB (goal ${goal})`, value: reached, unit: "/s" },
        { name: `${connections} connections: a relay on MongoDB`, value: median(rates.relay), unit: "/s" },
        {
          name: `${connections} connections: MongoDB : relay, median of the rounds`,
          value: median(rates.mongo.map((each, i) => each / (rates.relay[i] ?? NaN))),
          unit: "x",
        },
        { name: `${connections} connections: MongoDB : goal`, value: reached / goal, unit: "x" },
        {
          name: `${connections} connections: MongoDB : SQLite, median of the rounds`,
          value: median(rates.mongo.map((each, i) => each / (rates.sqlite[i] ?? NaN))),
          unit: "x",
        },
        { name: `${connections} connections: event to receiver, p50`, value: percentile(latencies, 0.5), unit: "ms" },
        { name: `${connections} connections: event to receiver, p99`, value: percentile(latencies, 0.99), unit: "ms" },
      );
    }
    rows.push({ name: "resident memory of serve after the load", value: residentMb(mongo.child), unit: "MB" });
    await stop(sqlite.child);
    for (const what of options.second) rows.push(...(await withSecond(what, { processes, store, receiver, mongo, alone, rate, options })));
    return rows;
  } finally {
    await client.close();
  }
}

type Beside = {
  readonly processes: Processes;
  readonly store: string;
  readonly receiver: Receiver;
  readonly mongo: Server;
  /** What one process reached, by connections. */
  readonly alone: ReadonlyMap<number, number>;
  readonly rate: (urls: readonly string[], connections: number, seconds: number) => Promise<number>;
  readonly options: Options;
};

/** What a second process adds or costs on the same cores. */
async function withSecond(what: "worker" | "serve", beside: Beside): Promise<readonly Row[]> {
  const { processes, store, receiver, mongo, alone, rate, options } = beside;
  const second =
    what === "serve" ? await serve(processes, store, receiver) : { child: await worker(processes, store, receiver), url: null };
  const urls = second.url === null ? [mongo.url] : [mongo.url, second.url];
  await rate(urls, 64, options.warmUpSeconds / 2);
  const rows: Row[] = [];
  for (const [connections, before] of alone) {
    const rates: number[] = [];
    for (let round = 1; round <= options.rounds; round++) rates.push(await rate(urls, connections, options.seconds));
    const reached = median(rates);
    rows.push(
      { name: `${connections} connections, a second process (${what}): MongoDB`, value: reached, unit: "/s" },
      { name: `${connections} connections, a second process (${what}) : one process`, value: reached / before, unit: "x" },
    );
  }
  await stop(second.child);
  return rows;
}

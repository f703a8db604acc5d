import { join } from "node:path";
import { deliver } from "./load.ts";
import { withProcesses, type Processes } from "./processes.ts";
import { startReceiver } from "./receiving.ts";
import { residentMb, serve } from "./rulewright.ts";
import type { Row } from "./row.ts";
import { median, percentile } from "./statistics.ts";

const CONNECTIONS = 10;

type Options = { readonly seconds: number; readonly rounds: number; readonly warmUpSeconds: number };

/** HTTP event to webhook delivered, durable: Rulewright beside a 40-line relay, the runs interleaved so that both see the same machine. */
export function benchDelivery(options: Options): Promise<readonly Row[]> {
  return withProcesses((processes) => measure(options, processes));
}

async function measure(options: Options, processes: Processes): Promise<readonly Row[]> {
  const receiver = await startReceiver(processes);
  const relay = await processes.script("relay", [join(processes.folder, "relay.db"), receiver.url]);
  const ours = await serve(processes, `sqlite:${join(processes.folder, "ours.db")}`, receiver);
  const throughput = { relay: [] as number[], ours: [] as number[] };
  for (let round = 0; round <= options.rounds; round++) {
    // The first round only warms up: until all of it is compiled, which takes the larger program longer.
    const seconds = round === 0 ? options.warmUpSeconds : options.seconds;
    const relayRate = await deliver(receiver, { urls: [relay.url], connections: CONNECTIONS, seconds });
    const ourRate = await deliver(receiver, { urls: [ours.url], connections: CONNECTIONS, seconds });
    if (round === 0) continue;
    throughput.relay.push(relayRate);
    throughput.ours.push(ourRate);
  }
  const rate = { relay: median(throughput.relay), ours: median(throughput.ours) };
  await deliver(receiver, { urls: [ours.url], connections: CONNECTIONS, seconds: options.seconds, rate: Math.round(rate.ours / 2) });
  const latencies = (await receiver.latencies()).toSorted((a, b) => a - b);
  const rss = residentMb(ours.child);
  return [
    { name: "relay: events delivered", value: rate.relay, unit: "/s" },
    { name: "rulewright: events delivered", value: rate.ours, unit: "/s" },
    {
      name: "rulewright : relay, median of the rounds (goal 0.5, aim 0.6)",
      value: median(throughput.ours.map((each, i) => each / (throughput.relay[i] ?? NaN))),
      unit: "x",
    },
    { name: "event to receiver at half load, p50", value: percentile(latencies, 0.5), unit: "ms" },
    { name: "event to receiver at half load, p99 (goal 15)", value: percentile(latencies, 0.99), unit: "ms" },
    { name: "resident memory after the load (goal under 130)", value: rss, unit: "MB" },
    { name: "start to first accepted event (goal 500)", value: ours.startMs, unit: "ms" },
  ];
}

import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import type { Row } from "./row.ts";

const KEY = "benchmark-key-of-32-characters-or-more";
const CONNECTIONS = 10;
/** For a child to answer or an event to arrive: a bench that hangs is worse than one that fails. */
const PATIENCE_MS = 20_000;

type Load = { readonly seconds: number; readonly rounds: number; readonly warmUpSeconds: number };
type Server = { readonly child: ChildProcess; readonly url: string; readonly startMs: number };

/** HTTP event to webhook delivered, durable: Rulewright beside a 40-line relay, the runs interleaved so that both see the same machine. */
export async function benchDelivery(options: Load): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "rulewright-bench-"));
  const children: ChildProcess[] = [];
  const end = (): void => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = (): void => process.exit(1);
  process.once("exit", end);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupted);
  try {
    return await measure(options, folder, children);
  } finally {
    process.off("exit", end);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupted);
    end();
  }
}

async function measure(options: Load, folder: string, children: ChildProcess[]): Promise<readonly Row[]> {
  const receiver = await forked("receiver", [], children);
  const relay = await forked("relay", [join(folder, "relay.db"), receiver.url], children);
  const ours = await serve(folder, receiver.url, children);
  const throughput = { relay: [] as number[], ours: [] as number[] };
  for (let round = 0; round <= options.rounds; round++) {
    // The first round only warms up: until all of it is compiled, which takes the larger program longer.
    const seconds = round === 0 ? options.warmUpSeconds : options.seconds;
    const relayRate = await delivered(receiver.child, relay.url, seconds, null);
    const ourRate = await delivered(receiver.child, `${ours.url}/v1/events`, seconds, null);
    if (round === 0) continue;
    throughput.relay.push(relayRate);
    throughput.ours.push(ourRate);
  }
  const rate = { relay: median(throughput.relay), ours: median(throughput.ours) };
  await ask(receiver.child, "reset");
  await delivered(receiver.child, `${ours.url}/v1/events`, options.seconds, Math.round(rate.ours / 2));
  const latencies = (await ask(receiver.child, "latencies")).latencies.toSorted((a, b) => a - b);
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

async function forked(name: string, args: readonly string[], children: ChildProcess[]): Promise<Server> {
  const started = performance.now();
  const child = fork(new URL(`./${name}.js`, import.meta.url), args);
  children.push(child);
  const [{ port }] = (await messageOf(child)) as [{ port: number }];
  return { child, url: `http://127.0.0.1:${port}`, startMs: performance.now() - started };
}

/** `rulewright serve` as a user starts it, until it has accepted an event. */
async function serve(folder: string, receiver: string, children: ChildProcess[]): Promise<Server> {
  const rules = join(folder, "rules.yaml");
  writeFileSync(rules, ruleFile(`${receiver}/hook`));
  const main = new URL("../../../dist/cli/main.js", import.meta.url).pathname;
  const started = performance.now();
  const child = spawn(process.execPath, [main, "serve", "--port", "0", "--store", `sqlite:${join(folder, "ours.db")}`, "--rules", rules], {
    env: {
      ...process.env,
      RULEWRIGHT_API_KEY: KEY,
      RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
      RULEWRIGHT_OUTBOUND_PORTS: new URL(receiver).port,
      RULEWRIGHT_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = /listens on (\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.on("exit", () => reject(new Error(`serve ended: ${output}`)));
  });
  const answer = await fetch(`${url}/v1/events`, { method: "POST", headers: headers(), body: event() });
  if (answer.status !== 202) throw new Error(`the first event was answered ${answer.status}: ${await answer.text()}`);
  return { child, url, startMs: performance.now() - started };
}

/** Load for so long; deliveries a second until the last event has arrived. */
async function delivered(receiver: ChildProcess, url: string, seconds: number, rate: number | null): Promise<number> {
  await ask(receiver, "reset");
  const started = performance.now();
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    ...(rate === null ? {} : { overallRate: rate }),
    requests: [{ method: "POST", headers: headers(), setupRequest: (request) => ({ ...request, body: event() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
  const sent = result["2xx"];
  let arrived = 0;
  while (arrived < sent) {
    const { count } = await ask(receiver, "count");
    if (count === arrived && performance.now() - started > seconds * 1000 + PATIENCE_MS)
      throw new Error(`${url}: ${sent} accepted, ${count} arrived`);
    arrived = count;
  }
  return sent / ((performance.now() - started) / 1000);
}

async function ask(receiver: ChildProcess, what: string): Promise<{ count: number; latencies: number[] }> {
  receiver.send(what);
  const [answer] = (await messageOf(receiver)) as [{ count: number; latencies: number[] }];
  return answer;
}

function messageOf(child: ChildProcess): Promise<unknown[]> {
  return once(child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) });
}

function headers(): Record<string, string> {
  return { "content-type": "application/json", authorization: `Bearer ${KEY}` };
}

let n = 0;

/** An invoice of about 1 KB as the seed's sample map has it; each its own record. */
function event(): string {
  n += 1;
  const record = {
    invoice_id: `90${n}`,
    sent_at: performance.timeOrigin + performance.now(),
    status: "paid",
    total: "12000.0",
    balance: "0.0",
    sub_total: "12000.0",
    date: "2026-06-30",
    due_date: "2026-07-30",
    customer_id: "7605000000258011",
    customer_name: "Customer",
    currency_code: "INR",
    invoice_number: `INV-${n}`,
    notes: "Thanks for your business.",
    billing_address: { zip: "94588", country: "USA", address: "4910 Hopyard Rd", city: "Pleasanton", state: "CA", fax: "Fax Number" },
    shipping_address: { zip: "94588", country: "USA", address: "4910 Hopyard Rd", city: "Pleasanton", state: "CA", fax: "Fax Number" },
    custom_fields: [{ customfield_id: "7605000000336081", label: "AutoNumber", data_type: "autonumber", value: "INV-8" }],
  };
  return JSON.stringify({ module: "invoices", type: "created", record });
}

function ruleFile(url: string): string {
  return `
kind: Organization
name: Bench
limits: { webhooksPerDay: 1000000000 }
---
kind: Webhook
name: hook
module: invoices
url: ${url}
secret: benchmarkSecret12345
---
kind: WorkflowRule
name: paid
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria:
      - { field: status, comparator: equal, value: paid }
      - { field: total, comparator: greaterEqual, value: 500 }
    immediateActions: [{ type: webhook, name: hook }]
`;
}

function residentMb(child: ChildProcess): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
  return Number(kb ?? NaN) / 1024;
}

function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? NaN;
}

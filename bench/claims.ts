import type { ClaimRequest, Claim } from "../src/store/runs.ts";
import type { Store } from "../src/store/store.ts";
import { makeSettlement, makeSlots, NOW } from "../test/support/make.ts";
import { fill } from "../test/support/fill.ts";
import type { Row } from "./row.ts";
import { median, percentile } from "./statistics.ts";
import type { Measured } from "./stores.ts";

const DAY_MS = 86_400_000;
/** Free slots of the one type that everything here is: of a worker that is at work, and all that it has for webhooks. */
const SLOTS = [64, 256];
const POLLS = 200;

type Options = { readonly pending: readonly number[]; readonly mostClaims: number; readonly goal: number };

/** Looking for due work, and claiming it, beside few and many pending runs. */
export async function* benchClaims({ name, open }: Measured, { pending, mostClaims, goal }: Options): AsyncGenerator<Row> {
  for (const count of pending) {
    const started = performance.now();
    // Due in another order than they were stored in, over a day.
    const scattered = (n: number) => ({ dueAt: NOW + 1 + ((n * 48_271) % DAY_MS), timed: true });
    const { store, dispose } = await open((empty) => fill(empty, count, { run: scattered }));
    try {
      const of = `${name}, ${count.toLocaleString("en")} pending`;
      yield { name: `${of}: stored in`, value: (performance.now() - started) / 1000, unit: "s" };
      yield* await idle(store, of);
      // A third of what is pending stays so.
      for (const slots of SLOTS) yield* await claiming(store, Math.min(mostClaims, Math.floor(count / 3)), { slots, of, goal });
    } finally {
      await dispose();
    }
  }
}

/** What a process does each second that has nothing due. */
async function idle(store: Store, of: string): Promise<readonly Row[]> {
  const asked = await timed(POLLS, () => store.runs.nextDue(0));
  const claims = await timed(POLLS, async () => {
    const claimed = await store.runs.claim(claim(NOW, 1));
    if (claimed.length > 0) throw new Error(`expected nothing due at ${NOW}, claimed ${claimed.length}`);
  });
  return [
    { name: `${of}: idle poll, p50`, value: percentile(asked, 0.5), unit: "ms" },
    { name: `${of}: idle poll, p99`, value: percentile(asked, 0.99), unit: "ms" },
    { name: `${of}: claim that finds nothing, p50`, value: percentile(claims, 0.5), unit: "ms" },
  ];
}

type Claiming = { readonly slots: number; readonly of: string; readonly goal: number };

async function claiming(store: Store, most: number, { slots, of, goal }: Claiming): Promise<readonly Row[]> {
  const batches: number[] = [];
  const held: Claim[] = [];
  while (held.length + slots <= most) {
    const started = performance.now();
    const claimed = await store.runs.claim(claim(NOW + DAY_MS, slots));
    if (claimed.length !== slots) throw new Error(`expected a claim of ${slots} runs, got ${claimed.length}`);
    batches.push(performance.now() - started);
    held.push(...claimed.map(({ run }) => run));
  }
  const spent = batches.reduce((sum, ms) => sum + ms, 0);
  const settling = performance.now();
  for (let i = 0; i < held.length; i += slots)
    await Promise.all(held.slice(i, i + slots).map((one) => store.runs.settle(one, makeSettlement({ at: NOW + DAY_MS }))));
  const settled = performance.now() - settling;
  return [
    { name: `${of}: claims in batches of ${slots} (goal ${goal})`, value: held.length / (spent / 1000), unit: "/s" },
    { name: `${of}: a claim of ${slots}, median`, value: median(batches), unit: "ms" },
    { name: `${of}: claimed and settled, ${slots} at once`, value: held.length / ((spent + settled) / 1000), unit: "/s" },
  ];
}

function claim(now: number, slots: number): ClaimRequest {
  // Leases that end while this is measured would be claimed as lost.
  return { now, leaseUntil: now + DAY_MS, slots: makeSlots(slots) };
}

/** ms of each, sorted. */
async function timed(times: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work();
    took.push(performance.now() - started);
  }
  return took.toSorted((a, b) => a - b);
}

import type { Store } from "../src/store/store.ts";
import { makeDecided, makeEvent, makeQuota, makeRun, makeRunning, makeSettlement, NOW } from "../test/support/make.ts";
import type { Row } from "./row.ts";
import { median } from "./statistics.ts";
import type { Measured } from "./stores.ts";

/** Callers in this process: what comes in while a write is under way makes the next batch. */
const CALLERS = 64;
/** More callers where nothing is measured. */
const FILLERS = 200;
const WINDOWS = 5;
const WINDOW = 500;

/** What an event costs, taken in and its run settled, with so many events stored before it. */
export async function* benchCurve({ name, open }: Measured, points: readonly number[]): AsyncGenerator<Row> {
  const { store, dispose } = await open();
  try {
    const medians: number[] = [];
    // The first point has no more behind it than what it takes until all is compiled.
    let stored = points[0] ?? 0;
    await many(CALLERS, stored, (n) => process(store, n));
    for (const point of points) {
      const from = stored;
      await many(FILLERS, point - from, (n) => keep(store, from + n));
      stored = point;
      const windows: number[] = [];
      for (let i = 0; i < WINDOWS; i++) {
        const first = stored;
        const started = performance.now();
        await many(CALLERS, WINDOW, (n) => process(store, first + n));
        windows.push(((performance.now() - started) * 1000) / WINDOW);
        stored += WINDOW;
      }
      medians.push(median(windows));
      yield { name: `${name}, ${point.toLocaleString("en")} events stored: an event`, value: median(windows), unit: "us" };
    }
    yield { name: `${name}: last : first (goal: flat)`, value: (medians.at(-1) ?? NaN) / (medians[0] ?? NaN), unit: "x" };
  } finally {
    await dispose();
  }
}

async function process(store: Store, n: number): Promise<void> {
  const event = eventOf(n);
  const taken = await store.events.intake(event, () =>
    makeDecided({ runs: [makeRunning(event, {}, makeQuota({ limit: 1_000_000_000 }))] }),
  );
  const [run] = taken.status === "accepted" ? taken.runs : [];
  if (!run || !(await store.runs.settle(run, makeSettlement()))) throw new Error(`event ${n} was not taken in and settled`);
}

/** As it is stored in the end, in half the work: what is between the measured points. */
async function keep(store: Store, n: number): Promise<void> {
  const event = eventOf(n);
  const over = makeRun(event, { status: "succeeded", finishedAt: NOW, token: 1 });
  const { status } = await store.events.intake(event, () => makeDecided({ runs: [{ run: over, leaseUntil: null, quota: null }] }));
  if (status !== "accepted") throw new Error(`event ${n} was not accepted: ${status}`);
}

/** Each its own record, a millisecond after the one before. */
function eventOf(n: number) {
  const at = NOW + n;
  return makeEvent({
    id: `evt-${n}`,
    recordId: `record-${n}`,
    occurredAt: at,
    storedAt: at,
    record: { ...RECORD, invoice_id: `record-${n}` },
  });
}

const RECORD = {
  status: "paid",
  total: "12000.0",
  balance: "0.0",
  sub_total: "12000.0",
  date: "2026-06-30",
  due_date: "2026-07-30",
  customer_id: "7605000000258011",
  customer_name: "Customer",
  currency_code: "INR",
  notes: "Thanks for your business.",
  billing_address: { zip: "94588", country: "USA", address: "4910 Hopyard Rd", city: "Pleasanton", state: "CA", fax: "Fax Number" },
  shipping_address: { zip: "94588", country: "USA", address: "4910 Hopyard Rd", city: "Pleasanton", state: "CA", fax: "Fax Number" },
};

/** Does `work` of 0 to n - 1 by so many callers, each one after the other. */
async function many(callers: number, n: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let i = next++; i < n; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

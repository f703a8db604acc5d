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

/** What an event costs, taken in and its run settled, with so many events stored before it. */
export async function benchCurve({ name, run }: Measured, points: readonly number[]): Promise<readonly Row[]> {
  return run(async (store) => {
    const rows: Row[] = [];
    let stored = 0;
    // Until it is compiled, and the first point has no more behind it than that.
    await many(CALLERS, Math.min(points[0] ?? 0, 1000), (n) => process(store, n));
    stored += Math.min(points[0] ?? 0, 1000);
    for (const point of points) {
      const missing = point - stored;
      await many(FILLERS, missing, (n) => keep(store, stored + n));
      stored += missing;
      const perWindow = Math.min(1000, Math.ceil(point / 4));
      const windows: number[] = [];
      for (let i = 0; i < WINDOWS; i++) {
        const started = performance.now();
        await many(CALLERS, perWindow, (n) => process(store, stored + n));
        windows.push(((performance.now() - started) * 1000) / perWindow);
        stored += perWindow;
      }
      rows.push({ name: `${name}, ${point.toLocaleString("en")} events stored: an event`, value: median(windows), unit: "us" });
    }
    const [first, last] = [rows[0]?.value ?? NaN, rows.at(-1)?.value ?? NaN];
    return [...rows, { name: `${name}: last : first (goal: flat)`, value: last / first, unit: "x" }];
  });
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

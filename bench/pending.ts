import type { ActionRun, RunTiming } from "../src/model/run.ts";
import type { Store } from "../src/store/store.ts";
import { fill } from "../test/support/fill.ts";
import { makeClaim, makeDecided, makeEvent, makeNewRun, makeSettlement, NOW } from "../test/support/make.ts";
import { withProcesses } from "./processes.ts";
import { startReceiver } from "./receiving.ts";
import type { Row } from "./row.ts";
import { residentMb, worker } from "./rulewright.ts";
import { median } from "./statistics.ts";
import type { Measured } from "./stores.ts";

const DAY_MS = 86_400_000;
const TIMES = 200;
/** Counts from a date field, so that each edit of its record has to look for it. */
const TIMING: RunTiming = { execute: { after: { days: 3 }, of: "due_date" }, grace: { hours: 24 }, triggeredAt: NOW, zone: "Asia/Kolkata" };

/** What one run that waits for its time costs beside few and many others: planned, moved, called off, woken for; and what a process holds of them. */
export async function* benchPending({ name, open }: Measured, pending: readonly number[]): AsyncGenerator<Row> {
  const firsts = new Map<string, number>();
  for (const count of pending) {
    // Due in another order than they were stored in, over a day, each of a record of its own.
    const run = (n: number): Partial<ActionRun> => ({
      dueAt: NOW + DAY_MS + ((n * 48_271) % DAY_MS),
      timed: true,
      timing: TIMING,
      record: `waiting-${n}`,
    });
    const { store, location, dispose } = await open((empty) => fill(empty, count, { run }));
    try {
      const of = `${name}, ${count.toLocaleString("en")} pending`;
      for (const [what, ms] of await costs(store)) {
        yield { name: `${of}: ${what}, median`, value: ms, unit: "ms" };
        const first = firsts.get(what);
        if (first === undefined) firsts.set(what, ms);
        else
          yield {
            name: `${what}: beside ${count.toLocaleString("en")} : beside ${pending[0]?.toLocaleString("en")} (goal: flat)`,
            value: ms / first,
            unit: "x",
          };
      }
      yield { name: `${of}: resident memory of a worker`, value: await memoryOfWorker(location), unit: "MB" };
    } finally {
      await dispose();
    }
  }
}

async function costs(store: Store): Promise<readonly (readonly [what: string, ms: number])[]> {
  const runs: ActionRun[] = [];
  const planning = await timed(async (n) => {
    const event = makeEvent({ id: `plan-${n}`, recordId: `mine-${n}` });
    const taken = await store.events.intake(event, () =>
      makeDecided({ runs: [makeNewRun(event, { timed: true, timing: TIMING, dueAt: NOW + DAY_MS + n })] }),
    );
    const [run] = taken.status === "accepted" ? taken.runs : [];
    if (!run) throw new Error(`run ${n} was not planned`);
    runs.push(run);
  });
  const moving = await timed(async (n) => {
    const event = makeEvent({ id: `move-${n}`, type: "edited", recordId: `mine-${n}`, occurredAt: NOW + 1, storedAt: NOW + 1 });
    await store.events.intake(event, ({ pending }) =>
      makeDecided({
        moves: pending.map(({ id, dueAt }) => ({
          run: id,
          from: dueAt,
          to: { status: "scheduled", reason: null, dueAt: NOW + n, zone: TIMING.zone },
        })),
      }),
    );
  });
  const half = TIMES / 2;
  const waking = await timed(async (n) => {
    const due = await store.runs.nextDue(NOW + n - 1);
    const [claimed] = await store.runs.claim(makeClaim({ now: NOW + n, leaseUntil: NOW + DAY_MS }));
    if (due !== NOW + n || claimed?.run.record !== `mine-${n}`) throw new Error(`expected to wake for mine-${n}`);
    await store.runs.settle(claimed.run, makeSettlement());
  }, half);
  const cancelling = await timed(async (n) => {
    if (!(await store.runs.cancel("default", runs[half + n]?.id ?? "", NOW))) throw new Error(`run ${half + n} was not called off`);
  }, half);
  return [
    ["planning one more", planning],
    ["moving one", moving],
    ["waking for one, done and settled", waking],
    ["calling one off", cancelling],
  ];
}

async function timed(work: (n: number) => Promise<void>, times = TIMES): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const started = performance.now();
    await work(n);
    took.push(performance.now() - started);
  }
  return median(took);
}

function memoryOfWorker(location: string): Promise<number> {
  return withProcesses(async (processes) => residentMb(await worker(processes, location, await startReceiver(processes))));
}

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RulewrightError } from "../../../src/model/errors.ts";
import { answerLater, createBatches, MOST_OF_BATCH } from "../../../src/store/mongo/batches.ts";

/** ms that the work of a batch takes. */
const WORK_MS = 40;
const SENDERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("takes what comes in one turn of the event loop together", async () => {
  const { add, sizes } = timed();
  await moving(Promise.all([1, 2, 3].map(add)));
  expect(sizes).toEqual([3]);
});

it("makes few batches of senders who come again once they are answered", async () => {
  const gathering = timed({ gathers: true });
  const other = timed();
  for (const { add } of [gathering, other]) await moving(Promise.all(SENDERS.map((n) => sender(add, n))));
  expect(sum(gathering.sizes)).toBe(sum(other.sizes));
  expect(gathering.sizes.length).toBeLessThan(0.7 * other.sizes.length);
});

it("lets nobody wait who comes alone, nor for longer than a quarter of the last batch", async () => {
  const { add, starts } = timed({ gathers: true });
  for (let n = 0; n < 3; n++) await moving(add(n));
  expect(gaps(starts)).toEqual([WORK_MS, WORK_MS]);
  await moving(Promise.all([add(3), add(4)]));
  await moving(add(5));
  const last = gaps(starts).at(-1);
  expect(last).toBeGreaterThan(WORK_MS);
  // Timers go by whole milliseconds.
  expect(last).toBeLessThanOrEqual(WORK_MS * 1.25 + 1);
});

it("waits no longer after a server that was away", async () => {
  const { add, starts } = timed({ gathers: true }, 20_000);
  await moving(Promise.all([add(1), add(2)]));
  await moving(add(3));
  expect(gaps(starts)[0]).toBeLessThan(20_050);
});

const refusing = async (items: readonly number[]) => {
  if (items.includes(1)) throw new Error("no");
  return items.map((value) => ({ value }));
};

it("fails all of a batch whose work fails, and none of the next", async () => {
  const { add, settled } = createBatches<number, number>(refusing);
  const first = await moving(Promise.allSettled([add(1), add(2)]));
  expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await moving(add(3))).toBe(3);
  await settled();
});

it("fails only what is refused where the rest can be tried alone", async () => {
  const { add } = createBatches<number, number>(refusing, { isolates: true });
  const outcomes = await moving(Promise.allSettled([add(1), add(2), add(3)]));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
});

it("asks a store that is away once", async () => {
  let asked = 0;
  const { add } = createBatches<number, number>(
    async () => {
      asked += 1;
      throw new RulewrightError("overloaded", "away");
    },
    { isolates: true },
  );
  const outcomes = await moving(Promise.allSettled([add(1), add(2)]));
  expect([asked, ...outcomes.map(({ status }) => status)]).toEqual([1, "rejected", "rejected"]);
});

it("answers an item that is done later when it is, and starts the next batch before", async () => {
  const starts: number[] = [];
  const { add } = createBatches<number, number>(async (items) => {
    starts.push(performance.now());
    return items.map((value) => answerLater(passing(WORK_MS).then(() => value)));
  });
  const [first] = await Promise.all([moving(add(1)), add(2)]);
  await moving(add(3));
  expect([first, starts.length]).toEqual([1, 2]);
  const beside = [add(4), new Promise((resolve) => void setImmediate(resolve)).then(() => add(5))];
  await moving(Promise.all(beside));
  expect(gaps(starts).at(-1)).toBeLessThan(WORK_MS);
});

it("keeps a failure that comes before anybody waits for it for whoever does", async () => {
  const later = answerLater(Promise.reject(new Error("no")));
  await moving(passing(1));
  await expect("value" in later ? later.value : null).rejects.toThrow("no");
});

it("has room while no more wait than one batch takes", async () => {
  const { add, room } = timed();
  const all = Array.from({ length: 2 * MOST_OF_BATCH }, (_, n) => add(n));
  let hasRoom = false;
  const waited = room().then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(hasRoom).toBe(true);
  await moving(Promise.all([...all, waited]));
  await room();
});

type Timed = {
  readonly add: (item: number) => Promise<number>;
  readonly room: () => Promise<void>;
  readonly sizes: number[];
  readonly starts: number[];
};

/** Batches whose work takes so long. */
function timed(options: { readonly gathers?: boolean } = {}, ms = WORK_MS): Timed {
  const sizes: number[] = [];
  const starts: number[] = [];
  const { add, room } = createBatches<number, number>(async (items) => {
    sizes.push(items.length);
    starts.push(performance.now());
    await passing(ms);
    return items.map((value) => ({ value }));
  }, options);
  return { sizes, starts, add, room };
}

/** Sends ten, one after the other; half of the senders begin while the others' first are under way. */
async function sender(add: Timed["add"], number: number): Promise<void> {
  if (number % 2 === 1) await passing(WORK_MS / 2);
  for (let n = 0; n < 10; n++) {
    await add(number);
    // On the way.
    await passing(1 + number / 10);
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Moves the clock until this is done. */
async function moving<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = (): void => void (over = true);
  work.then(end, end);
  while (!over) await vi.advanceTimersToNextTimerAsync();
  return work;
}

function gaps(starts: readonly number[]): readonly number[] {
  return starts.slice(1).map((start, i) => start - (starts[i] ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

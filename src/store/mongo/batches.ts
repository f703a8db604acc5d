import { RulewrightError } from "../../model/errors.ts";
import { createGathering } from "./gathering.ts";

/** What became of one item of a batch. A value that is still to come keeps no other batch waiting. */
export type Answer<R> = { readonly value: R | Promise<R> } | { readonly error: unknown };

/** The answer of an item that is done later than its batch. */
export function answerLater<R>(value: Promise<R>): Answer<R> {
  // Whoever waits for it hears of a failure, though it may come before anybody does.
  value.catch(() => undefined);
  return { value };
}

export type Batches<T, R> = {
  /** Does this one together with whatever else waits. */
  add(item: T): Promise<R>;
  /** As `add`, for what can wait a moment: it goes along with the next, or by itself after some milliseconds without one. */
  addSoon(item: T): Promise<R>;
  /** Resolves once no more wait than one batch takes: who fills this one's queue gets no further ahead. */
  room(): Promise<void>;
  /** Resolves once nothing waits and nothing is under way. */
  settled(): Promise<void>;
};

export type BatchOptions = {
  /** For work of several commands whose callers come again once they are answered: a batch waits a little for them. */
  readonly gathers?: boolean;
  /** For work that may be done twice: where it fails, each is tried alone, so that one which is refused fails none of its neighbours. */
  readonly isolates?: boolean;
};

/**
 * Items of one batch at most: more win nothing and let the first of them wait, and attempts that are settled together stand in one command, in
 * which each document looks its own up.
 */
export const MOST_OF_BATCH = 100;

/** Under load the next batch comes sooner; without load nobody notices. */
const SOON_MS = 5;

/**
 * Batches that clock themselves: while one is under way the next fills up, and with nothing under way one item is a batch. So who
 * comes alone waits for nobody, and the busier it is, the fewer commands there are for each item, which is most of what an item costs.
 */
export function createBatches<T, R>(
  work: (items: readonly T[]) => Promise<readonly Answer<R>[]>,
  { gathers = false, isolates = false }: BatchOptions = {},
): Batches<T, R> {
  type Waiting = { readonly item: T; readonly resolve: (value: R | Promise<R>) => void; readonly reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let underWay = false;
  let armed = false;
  let soon: NodeJS.Timeout | null = null;
  const idle: (() => void)[] = [];
  const crowded: (() => void)[] = [];
  const gathering = gathers ? createGathering(MOST_OF_BATCH) : null;

  function arm(): void {
    if (armed || waiting.length === 0 || underWay || gathering?.holds(waiting.length, arm)) return;
    armed = true;
    if (soon) clearTimeout(soon);
    soon = null;
    // What else comes in this turn of the event loop comes along.
    setImmediate(start);
  }

  function start(): void {
    armed = false;
    const batch = waiting.splice(0, MOST_OF_BATCH);
    if (waiting.length <= MOST_OF_BATCH) for (const goOn of crowded.splice(0)) goOn();
    underWay = true;
    gathering?.began(batch.length);
    void run(batch);
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    const answers = await answersTo(batch.map(({ item }) => item));
    for (const [i, { resolve, reject }] of batch.entries()) {
      const answer = answers[i];
      if (!answer) reject(new Error(`a batch of ${batch.length} was answered ${answers.length} times`));
      else if ("error" in answer) reject(answer.error);
      else resolve(answer.value);
    }
    underWay = false;
    gathering?.ended(waiting.length);
    if (!soon) arm();
    if (!underWay && waiting.length === 0) for (const done of idle.splice(0)) done();
  }

  async function answersTo(items: readonly T[]): Promise<readonly Answer<R>[]> {
    try {
      return await work(items);
    } catch (error) {
      // A store that is away is as far away from each of them.
      if (!isolates || items.length === 1 || error instanceof RulewrightError) return items.map(() => ({ error }));
      return (await Promise.all(items.map((item) => answersTo([item])))).flat();
    }
  }

  function armSoon(): void {
    if (waiting.length >= MOST_OF_BATCH) arm();
    else if (!armed)
      soon ??= setTimeout(() => {
        soon = null;
        arm();
      }, SOON_MS);
  }

  function enqueue(item: T, schedule: () => void): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
  }

  return {
    add: (item) => enqueue(item, arm),
    addSoon: (item) => enqueue(item, armSoon),
    room: () => (waiting.length <= MOST_OF_BATCH ? Promise.resolve() : new Promise((resolve) => crowded.push(resolve))),
    settled: () => (!underWay && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

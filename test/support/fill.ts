import type { ActionRun } from "../../src/model/run.ts";
import type { NewEvent } from "../../src/store/events.ts";
import type { Store } from "../../src/store/store.ts";
import { makeDecided, makeEvent, makeNewRun } from "./make.ts";

/** Runs of one event: so many that a million is stored in a minute, through the port like any other. */
const RUNS_OF_EVENT = 100;
/** Their runs make one write. */
const CALLERS = 16;

/** What the nth (from 0) event and run are, beside what every other is. */
export type Shape = {
  event?(n: number): Partial<NewEvent>;
  run(n: number): Partial<ActionRun>;
};

/** Stores so many runs. */
export async function fill(store: Store, runs: number, shape: Shape): Promise<void> {
  const events = Math.ceil(runs / RUNS_OF_EVENT);
  let next = 0;
  async function caller(): Promise<void> {
    for (let i = next++; i < events; i = next++) {
      const event = makeEvent({ id: `evt-${i}`, recordId: `record-${i}`, ...shape.event?.(i) });
      const first = i * RUNS_OF_EVENT;
      const many = Array.from({ length: Math.min(RUNS_OF_EVENT, runs - first) }, (_, n) =>
        makeNewRun(event, { n: n + 1, ...shape.run(first + n) }),
      );
      const { status } = await store.events.intake(event, () => makeDecided({ runs: many }));
      if (status !== "accepted") throw new Error(`event ${i} of the filling was not accepted: ${status}`);
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

import type { Clock } from "../clock/clock.ts";
import { isTerminal, type ActionRun } from "../model/run.ts";
import type { Settlement } from "../store/runs.ts";
import type { Store } from "../store/store.ts";

/** Those who wait for the immediate actions of an event. */
export type Waits = {
  /** Resolves when these runs of one event have settled, or come to a retry beyond `untilMs` from now, or that much time has passed. */
  until(runs: readonly ActionRun[], untilMs: number): Promise<void>;
  landed(run: ActionRun, settlement: Settlement | null): void;
  size(): number;
};

export type WaitsDeps = { readonly store: Store; readonly clock: Clock };

type Wait = { readonly open: Set<string>; readonly deadline: number; readonly done: () => void };

/** How often the ledger is asked for what another process may be doing; what this one does tells of itself. */
const LOOK_MS = 200;

export function createWaits({ store, clock }: WaitsDeps): Waits {
  const byRun = new Map<string, Wait>();
  let size = 0;

  function until(runs: readonly ActionRun[], untilMs: number): Promise<void> {
    const deadline = clock.now() + untilMs;
    const open = new Set(runs.filter((run) => mayEnd(run, deadline)).map((run) => run.id));
    const [first] = runs;
    if (open.size === 0 || !first) return Promise.resolve();
    size += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(finish, untilMs);
      const wait: Wait = { open, deadline, done: finish };
      const stopLooking = clock.every(
        LOOK_MS,
        oneAtATime(() => look(first, wait)),
      );
      for (const id of open) byRun.set(id, wait);
      function finish(): void {
        clearTimeout(timer);
        stopLooking();
        for (const id of open) byRun.delete(id);
        open.clear();
        size -= 1;
        resolve();
      }
    });
  }

  async function look({ organization, event }: ActionRun, wait: Wait): Promise<void> {
    // Where the store does not answer, the wait ends when its time has passed.
    const runs = await store.runs.runsOfEvent(organization, event).catch(() => []);
    for (const run of runs) if (!mayEnd(run, wait.deadline)) close(run.id, wait);
  }

  function close(id: string, wait: Wait): void {
    if (!wait.open.delete(id)) return;
    byRun.delete(id);
    if (wait.open.size === 0) wait.done();
  }

  return {
    until,
    landed(run, settlement) {
      const wait = byRun.get(run.id);
      // Due again within the wait: it may still settle in time.
      if (!wait || (settlement?.dueAt != null && settlement.dueAt < wait.deadline)) return;
      close(run.id, wait);
    },
    size: () => size,
  };
}

function mayEnd(run: ActionRun, deadline: number): boolean {
  return !run.timed && !isTerminal(run.status) && (run.dueAt ?? 0) < deadline;
}

/** A tick that comes while the work of an earlier one is under way does nothing. */
function oneAtATime(work: () => Promise<void>): () => void {
  let busy = false;
  return () => {
    if (busy) return;
    busy = true;
    void work().finally(() => (busy = false));
  };
}

import { isTerminal, type ActionRun } from "../model/run.ts";
import type { Settlement } from "../store/runs.ts";

/** Those who wait for the immediate actions of an event. */
export type Waits = {
  /** Resolves when these runs have settled, or come to a retry beyond `untilMs` from now, or that much time has passed. */
  until(runs: readonly ActionRun[], untilMs: number): Promise<void>;
  landed(run: ActionRun, settlement: Settlement | null): void;
  size(): number;
};

type Wait = { readonly open: Set<string>; readonly deadline: number; readonly done: () => void };

export function createWaits(now: () => number): Waits {
  const byRun = new Map<string, Wait>();
  let size = 0;

  function until(runs: readonly ActionRun[], untilMs: number): Promise<void> {
    const deadline = now() + untilMs;
    const mayEnd = (run: ActionRun): boolean => !run.timed && !isTerminal(run.status) && (run.dueAt ?? 0) < deadline;
    const open = new Set(runs.filter(mayEnd).map((run) => run.id));
    if (open.size === 0) return Promise.resolve();
    size += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(finish, untilMs);
      const wait: Wait = { open, deadline, done: finish };
      for (const id of open) byRun.set(id, wait);
      function finish(): void {
        clearTimeout(timer);
        for (const id of open) byRun.delete(id);
        open.clear();
        size -= 1;
        resolve();
      }
    });
  }

  return {
    until,
    landed(run, settlement) {
      const wait = byRun.get(run.id);
      // Due again within the wait: it may still settle in time.
      if (!wait || (settlement?.dueAt != null && settlement.dueAt < wait.deadline)) return;
      wait.open.delete(run.id);
      byRun.delete(run.id);
      if (wait.open.size === 0) wait.done();
    },
    size: () => size,
  };
}

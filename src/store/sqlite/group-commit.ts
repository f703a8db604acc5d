import type Database from "better-sqlite3";
import { unavailable } from "./unavailable.ts";

type Waiting = { readonly work: () => void; readonly done: () => void; readonly failed: (error: unknown) => void };

/** `ofOne`: one of the writes threw, as opposed to the transaction around them. */
type Failure = { readonly error: unknown; readonly ofOne: boolean };

/** Writes share one transaction with whatever else came in the same turn of the event loop: the fsync is most of a commit's cost. */
export type GroupCommit = {
  /** Runs `work` in the next transaction and resolves once that is durable. `work` is synchronous and repeatable. */
  write<T>(work: () => T): Promise<T>;
  /** As `write`, for what can wait a moment: it rides with the next transaction, or has its own after 2 ms without one. */
  writeSoon<T>(work: () => T): Promise<T>;
  /** Resolves when everything written so far is durable; rejects where the last of it was refused. */
  settled(): Promise<void>;
};

/** One transaction, from its begin to its commit. Tests put faults around it. */
export type Intercept = (transaction: () => void) => void;

/** More than this many writes a transaction win nothing and let the first of them wait (measured: 30 to 100). */
const MOST = 100;
/** Under load the next transaction comes sooner; without load nobody notices. It halves the fsyncs of an event with one action. */
const SOON_MS = 2;

export function createGroupCommit(db: Database.Database, intercept: Intercept = (work) => work()): GroupCommit {
  const waiting: Waiting[] = [];
  let armed = false;
  let soon: NodeJS.Timeout | null = null;
  const begin = db.prepare("begin immediate");
  const commit = db.prepare("commit");
  const rollback = db.prepare("rollback");

  function transaction(batch: readonly Waiting[]): Failure | null {
    let working = false;
    try {
      intercept(() => {
        begin.run();
        working = true;
        for (const { work } of batch) work();
        working = false;
        commit.run();
      });
      return null;
    } catch (error) {
      undo();
      const refused = unavailable(error);
      return { error: refused ?? error, ofOne: working && !refused };
    }
  }

  function undo(): void {
    try {
      if (db.inTransaction) rollback.run();
    } catch {
      // A disk that fails may refuse this too. The next transaction cannot begin then, and undoes this one first.
    }
  }

  function flush(): void {
    const batch = waiting.splice(0, MOST);
    armed = waiting.length > 0;
    if (armed) setImmediate(flush);
    const failure = transaction(batch);
    if (!failure) for (const { done } of batch) done();
    else if (failure.ofOne && batch.length > 1) for (const one of batch) alone(one);
    // A database that is busy or gone is so for all: to wait for it once a write would stop the process for minutes.
    else for (const { failed } of batch) failed(failure.error);
  }

  // One bad write must not fail its neighbours: each is tried again in a transaction of its own.
  function alone(one: Waiting): void {
    const failure = transaction([one]);
    if (failure) one.failed(failure.error);
    else one.done();
  }

  function arm(): void {
    if (armed) return;
    armed = true;
    if (soon) clearTimeout(soon);
    soon = null;
    setImmediate(flush);
  }

  function armSoon(): void {
    if (waiting.length >= MOST) arm();
    else if (!armed) soon ??= setTimeout(arm, SOON_MS);
  }

  function enqueue<T>(work: () => T, schedule: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: { readonly value: T } | null = null;
      waiting.push({
        work: () => {
          result = { value: work() };
        },
        done: () => {
          if (result) resolve(result.value);
        },
        failed: reject,
      });
      schedule();
    });
  }

  const write = <T>(work: () => T): Promise<T> => enqueue(work, arm);
  // Nothing waits: then no transaction has to show it, which a busy database would refuse.
  const settled = async (): Promise<void> => (waiting.length === 0 ? undefined : write(() => undefined));
  return { write, writeSoon: (work) => enqueue(work, armSoon), settled };
}

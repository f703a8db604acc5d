import type { Clock, WakeUps } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { Cascades } from "./cascade.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Logger } from "./log.ts";
import type { Worker } from "./worker.ts";

export type WakeDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly wakeUps: WakeUps;
  readonly worker: Worker;
  readonly cascades: Cascades;
  readonly definitions: Pick<Definitions, "catchUp">;
  readonly log: Logger;
};

/** When this process looks for work: at the instants that it was told of, and every second for what a crash or a lost wake-up left. */
export type Wake = {
  start(): void;
  /** Something is due at that instant (ms). */
  at(instant: number): void;
  /** Resolves when everything that is due now is settled. */
  idle(): Promise<void>;
  /** Looks for no more work, lets what runs come to an end within so many ms, and keeps its leases until then. */
  stop(deadlineMs: number): Promise<void>;
};

const SWEEP_MS = 1000;
const HEARTBEAT_MS = 2000;

export function createWake({ store, clock, wakeUps, worker, cascades, definitions, log }: WakeDeps): Wake {
  let stopSweep = (): void => undefined;
  let stopHeartbeat = (): void => undefined;
  let sweeping: Promise<void> | null = null;
  let stopping = false;

  function guarded(what: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => log.error({ err: error }, `${what} failed; it is tried again`));
  }

  /** One sweep at a time; whoever asks meanwhile waits for the one under way. */
  function sweep(): Promise<void> {
    sweeping ??= sweepOnce().finally(() => {
      sweeping = null;
    });
    return sweeping;
  }

  async function sweepOnce(): Promise<void> {
    await definitions.catchUp();
    await worker.claimDue();
    await cascades.drain();
    const next = await store.runs.nextDue(clock.now());
    if (next !== null) wakeUps.at(next);
  }

  async function idle(): Promise<void> {
    for (;;) {
      await sweep();
      await worker.quiet();
      const next = await store.runs.nextDue(0);
      const outbox = await store.records.outbox(1);
      if (worker.inFlight() === 0 && outbox.length === 0 && (next === null || next > clock.now())) return;
      // What is still due stays due for the next start: nothing here takes it any more.
      if (stopping) return;
      // A store may answer without ever letting the event loop go on.
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  }

  return {
    start() {
      wakeUps.start(() => guarded("looking for due runs", sweep));
      stopSweep = clock.every(SWEEP_MS, () => guarded("the sweep", sweep));
      stopHeartbeat = clock.every(HEARTBEAT_MS, () => guarded("the heartbeat", worker.heartbeat));
      guarded("the first sweep", sweep);
    },
    at(instant) {
      if (instant <= clock.now()) guarded("claiming due runs", worker.claimDue);
      else wakeUps.at(instant);
    },
    idle,
    async stop(deadlineMs) {
      stopping = true;
      stopSweep();
      await wakeUps.stop();
      await worker.drain(deadlineMs);
      stopHeartbeat();
    },
  };
}

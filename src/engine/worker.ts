import { setMaxListeners } from "node:events";
import type { Clock } from "../clock/clock.ts";
import { ACTION_TYPES, type ActionType } from "../model/action-type.ts";
import type { ActionRun } from "../model/run.ts";
import { RecordNotWritten } from "../store/records.ts";
import type { Claim, Settlement } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import { isStoreAway } from "./failures.ts";
import type { EventContext } from "./intake.ts";
import type { Logger } from "./log.ts";
import { eventless, postponed } from "./settle.ts";
import type { RunFailures, RunWork, Settle } from "./settling.ts";
import type { Slots } from "./slots.ts";

export type WorkerDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly failures: RunFailures;
  readonly slots: Slots;
  readonly leaseMs: number;
  readonly settle: Settle;
  attempt(run: ActionRun, lost: boolean, context: EventContext, signal: AbortSignal): Promise<Settlement | null>;
  /** Null where its event is gone. */
  contextOf(run: ActionRun): Promise<EventContext | null>;
  /** An attempt is over; null where the run was settled on the way (over quota) or taken over by another worker. */
  onLanded(run: ActionRun, settlement: Settlement | null): void;
  /** It waits on: is that still right? Never rejects. */
  lookAgain(run: ActionRun, dueAt: number | null): Promise<void>;
  wakeAt(instant: number): void;
};

/** Runs of this process: started, kept alive by heartbeats, settled under their token. */
export type Worker = {
  /** Starts a run that this process holds and has a slot for. */
  start(run: ActionRun, lost: boolean, context: EventContext | null): void;
  /** Claims what is due up to the free slots and starts it. One claim is under way at a time; asking meanwhile makes another follow. */
  claimDue(): Promise<void>;
  /** Claims nothing for so many ms. */
  holdClaims(ms: number): void;
  isHolding(): boolean;
  /** Puts the leases of everything in flight off. */
  heartbeat(): Promise<void>;
  inFlight(): number;
  /** Resolves once nothing is in flight. */
  quiet(): Promise<void>;
  /** Claims nothing more; what is in flight is aborted after so many ms. */
  drain(deadlineMs: number): Promise<void>;
};

/** What a claim that fails is called; whoever claims next says that it is over. */
export const CLAIMING = "claiming due runs" satisfies RunWork;

/** A claim costs a store across the network the same for one run as for many, and a run that waited for a slot hardly waits longer by this. */
const SOON_MS = 2;

export function createWorker(deps: WorkerDeps): Worker {
  const { store, clock, log, slots, failures } = deps;
  const flying = new Map<string, ActionRun>();
  /** Of those, the ones whose outcome is on its way into the ledger. */
  const settling = new Set<string>();
  // One for all: a signal for each run would cost more than it could save.
  const stopping = new AbortController();
  // Every run under way listens to it, which is no leak.
  setMaxListeners(0, stopping.signal);
  let waitingForQuiet: (() => void)[] = [];
  let draining = false;
  let asked = false;
  let more = false;
  let soon: NodeJS.Timeout | null = null;
  let claiming: Promise<void> | null = null;
  let notBefore = -Infinity;
  const isHolding = (): boolean => clock.now() < notBefore;

  function start(run: ActionRun, lost: boolean, context: EventContext | null): void {
    flying.set(flightKey(run), run);
    void fly(run, lost, context);
  }

  async function fly(run: ActionRun, lost: boolean, context: EventContext | null): Promise<void> {
    let settlement: Settlement | null = null;
    try {
      settlement = await outcomeOf(run, lost, context).finally(() => freeSlot(run.action.type));
      settling.add(flightKey(run));
      if (settlement && !(await deps.settle(run, settlement, stopping.signal))) {
        log.warn({ run: run.id, token: run.token }, "another worker has taken this run over; what this one found is not written");
        settlement = null;
      }
      if (settlement?.status === "scheduled") await deps.lookAgain(run, settlement.dueAt);
      // Also where it could not begin: the store took its postponement.
      failures.over("beginning runs");
    } catch (error) {
      // The process stops before the ledger could be reached, or the run is broken: its lease ends and it is claimed again, which counts as an attempt.
      log.error({ err: error, run: run.id }, "a run could not be settled; it is tried again when its lease ends");
    } finally {
      land(run, settlement);
    }
  }

  async function outcomeOf(run: ActionRun, lost: boolean, context: EventContext | null): Promise<Settlement | null> {
    try {
      const known = context ?? (await deps.contextOf(run));
      return known ? await deps.attempt(run, lost, known, stopping.signal) : eventless(run, clock.now());
    } catch (error) {
      // An action that has begun says itself how it ended: this one has not.
      if (!isStoreAway(error)) throw error;
      if (error instanceof RecordNotWritten)
        log.warn({ run: run.id, event: run.event }, "a run waits for its record, which is not written yet");
      else failures.failed("beginning runs", error);
      return postponed(run, clock.now());
    }
  }

  function land(run: ActionRun, settlement: Settlement | null): void {
    flying.delete(flightKey(run));
    settling.delete(flightKey(run));
    if (settlement && settlement.dueAt !== null) deps.wakeAt(settlement.dueAt);
    deps.onLanded(run, settlement);
    // What waited for a field update is due now.
    if (run.action.type === "fieldUpdate") claimAgain();
    if (flying.size > 0) return;
    if (soon) claimNow();
    for (const resolve of waitingForQuiet.splice(0)) resolve();
  }

  /** A slot bounds what is under way outside, not what waits to be written: on a store across the network that takes longer than a webhook. */
  function freeSlot(type: ActionType): void {
    slots.free(type);
    // What waited for a slot has one. Those that are freed in a moment are filled together.
    if (more) soon ??= setTimeout(claimNow, SOON_MS);
  }

  function claimNow(): void {
    if (soon) clearTimeout(soon);
    soon = null;
    claimAgain();
  }

  /** Nobody waits for this claim; where it fails, the sweep claims again. */
  function claimAgain(): void {
    claimDue().catch((error: unknown) => failures.failed(CLAIMING, error));
  }

  function claimDue(): Promise<void> {
    asked = true;
    claiming ??= claimWhileAsked().finally(() => {
      claiming = null;
    });
    return claiming;
  }

  async function claimWhileAsked(): Promise<void> {
    while (asked && !draining && !isHolding()) {
      asked = false;
      const now = clock.now();
      const due = more ? now : await store.runs.nextDue(0);
      if (due !== null && due <= now) await claim(now);
      else tellWaiting(() => false);
    }
  }

  async function claim(now: number): Promise<void> {
    const reserved = slots.reserveAll();
    const claimed = await store.runs.claim({ now, leaseUntil: now + deps.leaseMs, slots: reserved.slots }).catch((error: unknown) => {
      reserved.release([]);
      throw error;
    });
    reserved.release(claimed.map(({ run }) => run.action.type));
    for (const { run, lost } of claimed) start(run, lost, null);
    const got = (type: ActionType): number => claimed.filter(({ run }) => run.action.type === type).length;
    tellWaiting((type) => got(type) === reserved.slots[type]);
  }

  /** A type that got all it had room for may have more waiting: the next slot that is freed asks again, and nobody else takes it. */
  function tellWaiting(isFull: (type: ActionType) => boolean): void {
    more = ACTION_TYPES.some(isFull);
    for (const type of ACTION_TYPES) slots.setWaiting(type, isFull(type));
  }

  async function heartbeat(): Promise<void> {
    if (flying.size === 0) return;
    const gone = await store.runs.extend([...flying.values()], clock.now() + deps.leaseMs);
    // Settled meanwhile, or claimed by another after a pause of ours: then what we find will be refused.
    const lost = gone.filter((claim) => flying.has(flightKey(claim)) && !settling.has(flightKey(claim)));
    if (lost.length > 0) log.warn({ runs: lost.map(({ id }) => id) }, "these runs were claimed by another worker while they ran here");
  }

  function quiet(): Promise<void> {
    return flying.size === 0 ? Promise.resolve() : new Promise((resolve) => waitingForQuiet.push(resolve));
  }

  async function drain(deadlineMs: number): Promise<void> {
    draining = true;
    if (soon) clearTimeout(soon);
    const timer = setTimeout(() => {
      stopping.abort(new Error("the process is stopping"));
    }, deadlineMs);
    // A claim under way may still start runs; where it fails, it starts none.
    await claiming?.catch(() => undefined);
    await quiet();
    clearTimeout(timer);
  }

  return {
    start,
    claimDue,
    holdClaims: (ms) => void (notBefore = clock.now() + ms),
    isHolding,
    heartbeat,
    inFlight: () => flying.size,
    quiet,
    drain,
  };
}

function flightKey({ id, token }: Pick<Claim, "id" | "token">): string {
  return `${id} ${token}`;
}

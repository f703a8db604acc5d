import type { Clock, Recurring, WakeUps } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { Cancelling } from "./cancelling.ts";
import type { Cascades } from "./cascade.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Dates } from "./dates/follow-dates.ts";
import { isStoreAway, type Failures } from "./failures.ts";
import { pause } from "./pause.ts";
import type { Schedules } from "./schedules/follow-schedules.ts";
import { CLAIMING, type Worker } from "./worker.ts";

export type WakeDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly wakeUps: WakeUps;
  /** What comes back for the store as a whole. */
  readonly recurring: readonly Recurring[];
  readonly worker: Worker;
  readonly cascades: Cascades;
  readonly cancelling: Cancelling;
  readonly definitions: Pick<Definitions, "catchUp">;
  readonly failures: Failures;
  /** Resolves once what follows from the events that are on their way in is written. */
  recorded(): Promise<void>;
  /** Finishes events that a crash left half stored. */
  recover(): Promise<number>;
  /** Reckons anew what waits for a wall time of another zone. */
  followZones(): Promise<void>;
  readonly dates: Pick<Dates, "follow" | "isBehind">;
  readonly schedules: Pick<Schedules, "follow">;
};

/** When this process looks for work: at the instants that it was told of, and every second for what a crash or a lost wake-up left. */
export type Wake = {
  start(): void;
  /** Something is due at that instant (ms). */
  at(instant: number): void;
  /** Resolves when everything that is due now is settled. @throws RulewrightError overloaded where the store cannot be reached */
  idle(): Promise<void>;
  /** Looks for no more work, lets what runs come to an end within so many ms, and keeps its leases until then. */
  stop(deadlineMs: number): Promise<void>;
};

/** Each by what it is called where it fails. */
type Steps = readonly (readonly [what: string, work: () => Promise<unknown>])[];

const SWEEP_MS = 1000;
const HEARTBEAT_MS = 2000;
/**
 * After an outage leases have ended of runs that are done or under way all the same: whoever holds them settles them or puts their leases
 * off first, before anybody takes them for abandoned.
 */
const OWNERS_FIRST_MS = 2000;

/** Dates and schedules announce the instants that they know; this is for what nobody announced, in the process that Agenda picks. */
const FOLLOWING_MS = 60_000;

const CATCHING_UP = "looking for changed definitions";

export function createWake(deps: WakeDeps): Wake {
  const { store, clock, wakeUps, worker, cascades, cancelling, definitions, failures } = deps;
  const stops: (() => void)[] = [];
  let stopHeartbeat = (): void => undefined;
  let away = false;
  let stopping = false;
  let stopped = false;

  /** Never rejects: what failed is tried again by the next sweep. False where it makes no sense to go on with anything else. */
  async function attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      failures.over(what);
      if (away) worker.holdClaims(OWNERS_FIRST_MS);
      away = false;
      return true;
    } catch (error) {
      away ||= isStoreAway(error);
      // The store is let go of under whatever is still looking for work.
      if (!stopped) failures.failed(what, error);
      return !isStoreAway(error);
    }
  }

  /** In this order: what is defined decides what is due. One that fails keeps none of the others back. */
  const steps: Steps = [
    [CATCHING_UP, definitions.catchUp],
    ["following changed time zones", deps.followZones],
    [CLAIMING, worker.claimDue],
    ["taking in edits of field updates", cascades.drain],
    ["looking for the next due run", wakeForNext],
  ];

  /** Beside the sweep, which what is due now must not wait for: to make the index of a new date rule, or to ask a host, may take long. */
  const follow = oneAtATime(() => inOrder(clockwork));

  /** Beside the sweep as well: an event that was left waits for those of its record that are on their way in. */
  const finish = oneAtATime(() => inOrder(finishing));

  /** False where it did not come to its end. */
  async function inOrder(all: Steps): Promise<boolean> {
    for (const [what, work] of all) if (stopping || !(await attempt(what, work))) return false;
    return true;
  }

  const finishing: Steps = [
    // What is defined decides what follows from them.
    [CATCHING_UP, definitions.catchUp],
    ["finishing events", finishLeft],
  ];

  async function finishLeft(): Promise<void> {
    if ((await deps.recover()) > 0 && !stopping) await worker.claimDue();
  }

  const clockwork: Steps = [
    // What another process has stopped must not run on here.
    [CATCHING_UP, definitions.catchUp],
    ["following schedules", deps.schedules.follow],
    ["following dates", deps.dates.follow],
  ];

  const sweep = oneAtATime(async () => {
    if (await inOrder(steps)) cancelling.resume();
  });

  function look(): void {
    void sweep();
    void finish();
    void follow();
  }

  async function wakeForNext(): Promise<void> {
    const next = await store.runs.nextDue(clock.now());
    if (next !== null) wakeUps.at(next);
  }

  async function idle(): Promise<void> {
    for (;;) {
      await deps.recorded();
      await sweep();
      await finish();
      await follow();
      await worker.quiet();
      const next = await store.runs.nextDue(0);
      const outbox = await store.records.outbox(1);
      if (worker.inFlight() === 0 && !deps.dates.isBehind() && outbox.length === 0 && (next === null || next > clock.now())) return;
      // What is still due stays due for the next start: nothing here takes it any more.
      if (stopping) return;
      if (worker.isHolding()) await pause(clock, SWEEP_MS);
      // A store may answer without ever letting the event loop go on.
      else await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  }

  return {
    start() {
      const recurring = { name: "dates and schedules", everyMs: FOLLOWING_MS, work: follow };
      wakeUps.start(look, [...deps.recurring, recurring], failures);
      stops.push(
        clock.every(SWEEP_MS, look),
        store.definitions.onChange(() => void attempt(CATCHING_UP, definitions.catchUp)),
      );
      stopHeartbeat = clock.every(HEARTBEAT_MS, () => void attempt("the heartbeat", worker.heartbeat));
      look();
    },
    at(instant) {
      if (instant <= clock.now()) void attempt(CLAIMING, worker.claimDue);
      else wakeUps.at(instant);
    },
    idle,
    async stop(deadlineMs) {
      stopping = true;
      for (const stop of stops.splice(0)) stop();
      await wakeUps.stop();
      // One under way may be taking in edits, whose runs start here; no other begins.
      await Promise.all([sweep(), finish(), follow()]);
      await worker.drain(deadlineMs);
      stopHeartbeat();
      stopped = true;
    },
  };
}

/** Whoever asks meanwhile waits for the one under way. */
function oneAtATime(work: () => Promise<unknown>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  async function once(): Promise<void> {
    try {
      await work();
    } finally {
      underWay = null;
    }
  }
  return () => (underWay ??= once());
}

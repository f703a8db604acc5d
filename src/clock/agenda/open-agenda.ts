import { randomUUID } from "node:crypto";
import { Agenda } from "agenda";
import type { Clock, Recurring, Trouble } from "../clock.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { guardRepository } from "./guarded-repository.ts";
import { WAKE, type JobStore, type WakeData } from "./job-store.ts";

/** An Agenda that runs in this process. */
export type OpenAgenda = {
  /**
   * Makes the wake-up of an instant, unless it is there.
   * @param at ms by the store's clock, on a full second
   */
  plan(at: number): Promise<void>;
  /** Makes again what somebody deleted, and deletes the wake-ups of the past that a crash left. */
  restore(): Promise<void>;
  /** Lets what runs come to its end; whatever else it had locked is free for others. */
  close(): Promise<void>;
};

export type AgendaWork = {
  readonly clock: Clock;
  readonly onWake: () => void;
  readonly recurring: readonly Recurring[];
  readonly trouble: Trouble;
};

/** What is due before the next poll is locked by this one and runs on time; what is planned later than that is found by the next. */
const POLL_MS = 1000;
/**
 * A lock has to last from the poll before an instant to the end of its job, which only tells somebody. Agenda leaves a timer of half of it
 * behind for each job that ran, which keeps the process from ending for so long.
 */
const LOCK_MS = 4000;
/** Whoever looks for what is due has found it by then: its wake-up is none any more. */
const PAST_MS = 60_000;

/**
 * Starts an Agenda on these jobs. They are over as soon as they have told somebody: nothing that takes long runs under Agenda's locks,
 * which it neither renews nor fences. @throws where the store refuses what is to be made there; nothing runs then.
 */
export async function openAgenda(jobs: JobStore, { clock, onWake, recurring, trouble }: AgendaWork): Promise<OpenAgenda> {
  const guard = guardRepository(jobs.repository, trouble);
  const nothing = async (): Promise<void> => undefined;
  const agenda = new Agenda({
    // It would connect in its constructor and catch nothing.
    backend: { name: "Rulewright", repository: guard.repository, ownsConnection: false, connect: nothing, disconnect: nothing },
    name: `rulewright-${randomUUID()}`,
    processEvery: POLL_MS,
    defaultLockLifetime: LOCK_MS,
    removeOnComplete: true,
  });
  agenda.on("error", (error: Error) => {
    // A job that outlived its lock: the store is away, which the poll tells.
    if (!error.message.startsWith("execution of")) trouble.failed("Agenda", error);
  });
  agenda.define(WAKE, () => onWake());
  for (const one of recurring) {
    const begin = oneAtATime(one, trouble);
    agenda.define(one.name, () => begin());
  }

  /** Written only where it is missing or another: to write it again would unlock it while it runs, and put off when it is due. */
  async function ensure({ name, everyMs }: Recurring): Promise<void> {
    const { jobs: found } = await agenda.queryJobs({ name });
    if (found[0]?.repeatInterval !== everyMs) await agenda.every(everyMs, name, undefined, { skipImmediate: true });
  }

  async function restore(): Promise<void> {
    await jobs.prepare();
    await jobs.forget(clock.now() - PAST_MS);
    for (const one of recurring) await ensure(one);
  }

  await restore();
  await agenda.start();
  // Nothing public lets go of it.
  agenda["jobProcessor"]?.["processInterval"]?.unref();

  return {
    async plan(at) {
      const data: WakeData = { at };
      // Agenda goes by this machine's clock.
      const here = new Date(at - (clock.now() - Date.now()));
      await agenda.create(WAKE, data).unique({ "data.at": at }, { insertOnly: true }).schedule(here).save();
    },
    restore,
    async close() {
      await agenda.drain();
      await guard.close();
    },
  };
}

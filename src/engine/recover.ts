import type { RecordEvent } from "../model/event.ts";
import type { Decided, DecisionInputs } from "../store/events.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Intake } from "./intake.ts";
import type { Logger } from "./log.ts";
import { decideArrival } from "./decide-arrival.ts";

export type RecoverDeps = {
  readonly store: Store;
  readonly definitions: Pick<Definitions, "current">;
  readonly log: Logger;
  readonly intake: Pick<Intake, "recovered">;
};

/**
 * Finishes events that a crash, or a pause of the machine or the store, left stored without what follows from them; resolves with how many. They are decided by what is defined
 * now, and their runs are claimed like any that are due: whoever stored the event no longer holds them.
 */
export async function recover({ store, definitions, log, intake }: RecoverDeps, now: number): Promise<number> {
  function decide(event: RecordEvent, inputs: DecisionInputs): Decided {
    const snapshot = definitions.current(event.organization);
    const module = snapshot.modules.get(event.module);
    if (module) return decideArrival({ event, module, snapshot, leaseUntil: now, slots: { tryTake: () => false } }, inputs);
    log.warn(
      { event: event.id, module: event.module },
      "the module of an event that an interruption left is not defined any more; no rule fires for it",
    );
    const decision = { generation: snapshot.generation.number, previous: null, stale: false, alreadyFired: [], executions: [] };
    return { decision, runs: [], firstTime: [], moves: [] };
  }

  const finished = await store.events.recover(now, decide);
  intake.recovered(finished);
  if (finished > 0) log.info({ events: finished }, "events that an interruption left are finished");
  return finished;
}

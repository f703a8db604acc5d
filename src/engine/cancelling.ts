import type { Clock } from "../clock/clock.ts";
import type { ActionRun } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import { changeDefinitions } from "./definitions/change.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Logger } from "./log.ts";

export type CancellingDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly log: Logger;
  onCancelled(run: ActionRun): void;
};

/**
 * Calls off what a rule has planned and not started, once its definition says so (`cancelling` in the generation). It says so until it is
 * done: what a crash in between leaves is made good at the next start, and what a person asks for again afterwards is left alone.
 */
export type Cancelling = {
  ofRule(organization: string, rule: string): Promise<void>;
  /** At the start of a process: goes on with what one before it did not finish. */
  resume(): void;
};

/** Runs cancelled in one go; their writes share a commit. */
const BATCH = 500;

export function createCancelling({ store, clock, definitions, log, onCancelled }: CancellingDeps): Cancelling {
  async function ofRule(organization: string, rule: string): Promise<void> {
    // Events are decided inside their write, so whatever was decided before the change was installed is stored by now.
    const upTo = clock.now();
    for (;;) {
      const pending = await store.runs.pendingOfRule(organization, rule, upTo, BATCH);
      if (pending.length === 0) break;
      const runs = await Promise.all(pending.map((run) => store.runs.cancel(organization, run, clock.now())));
      for (const run of runs) if (run) onCancelled(run);
    }
    await changeDefinitions({ store, definitions }, organization, ({ generation }) => ({
      entries: generation.entries.map((entry) => {
        if (entry.id !== rule || !entry.cancelling) return entry;
        const { cancelling: _done, ...rest } = entry;
        return rest;
      }),
      versions: [],
      answer: undefined,
    }));
  }

  return {
    ofRule,
    resume() {
      for (const organization of definitions.organizations())
        for (const { id, cancelling } of definitions.current(organization).generation.entries)
          if (cancelling)
            ofRule(organization, id).catch((error: unknown) =>
              log.error({ err: error, rule: id }, "cancelling a rule's pending runs failed"),
            );
    },
  };
}

import type { Clock } from "../clock/clock.ts";
import type { ActionRun } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import { changeDefinitions } from "./definitions/change.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { Failures } from "./failures.ts";

export type CancellingDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly failures: Failures;
  /** Resolves once what follows from the events that are on their way in is written. */
  recorded(): Promise<void>;
  onCancelled(run: ActionRun): void;
};

/**
 * Calls off what a rule has planned and not started, once its definition says so (`cancelling` in the generation). It says so until it is
 * done: what a crash or an outage in between leaves is made good, and what a person asks for again afterwards is left alone.
 */
export type Cancelling = {
  ofRule(organization: string, rule: string): Promise<void>;
  /** Each second: goes on with what this process did not bring to its end, or a process before it, or one that seems to have died. */
  resume(): void;
};

/** Runs cancelled in one go; their writes share a commit. */
const BATCH = 500;
/** What another process began is its own for so long. */
const OTHERS_MS = 10_000;

export function createCancelling({ store, clock, definitions, failures, recorded, onCancelled }: CancellingDeps): Cancelling {
  const underWay = new Set<string>();
  const unfinished = new Set<string>();
  /** Since when this process knows that a rule's runs are to be cancelled; those of its start are as old as can be. */
  let knownSince: ReadonlyMap<string, number> | null = null;

  async function ofRule(organization: string, rule: string): Promise<void> {
    const key = keyOf(organization, rule);
    underWay.add(key);
    unfinished.add(key);
    try {
      await cancelAll(organization, rule);
      unfinished.delete(key);
    } finally {
      underWay.delete(key);
    }
  }

  async function cancelAll(organization: string, rule: string): Promise<void> {
    // What was decided before the change was installed may not have been written yet.
    await recorded();
    // A rule that plans nothing has planned all of it before, whatever a clock that has gone back since said then; one that was activated anew
    // has not.
    const upTo = plans(organization, rule) ? clock.now() : Number.MAX_SAFE_INTEGER;
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

  function plans(organization: string, rule: string): boolean {
    return definitions.current(organization).generation.entries.some(({ id, active }) => id === rule && active);
  }

  function toCancel(): readonly { readonly organization: string; readonly rule: string; readonly key: string }[] {
    return definitions.organizations().flatMap((organization) =>
      definitions
        .current(organization)
        .generation.entries.filter(({ cancelling }) => cancelling)
        .map(({ id: rule }) => ({ organization, rule, key: keyOf(organization, rule) })),
    );
  }

  async function goOn(organization: string, rule: string): Promise<void> {
    const what = `cancelling the pending runs of rule ${rule}`;
    try {
      await ofRule(organization, rule);
      failures.over(what);
    } catch (error) {
      failures.failed(what, error);
    }
  }

  return {
    ofRule,
    resume() {
      const now = clock.now();
      const found = toCancel();
      const before = knownSince;
      knownSince = new Map(found.map(({ key }) => [key, before === null ? -Infinity : (before.get(key) ?? now)]));
      for (const { organization, rule, key } of found) {
        const isOld = now - (knownSince.get(key) ?? now) >= OTHERS_MS;
        if (!underWay.has(key) && (isOld || unfinished.has(key))) void goOn(organization, rule);
      }
    },
  };
}

function keyOf(organization: string, rule: string): string {
  return `${organization}\n${rule}`;
}

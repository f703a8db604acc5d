import type { Clock } from "../../clock/clock.ts";
import type { RecordEvent } from "../../model/event.ts";
import type { Store } from "../../store/store.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { Failures } from "../failures.ts";
import type { HostAccess } from "../host-records.ts";
import type { Intake } from "../intake.ts";
import { createLooks } from "../looks.ts";
import { createTurns } from "../turns.ts";
import { catchUpOn } from "./catch-up.ts";
import { dateRulesOf, type DateRule } from "./date-rules.ts";
import { occurrencesOf } from "./find-occurrences.ts";
import type { FollowDeps } from "./follow-deps.ts";
import { follow, LOOK_BACK_MS } from "./follow-rule.ts";
import type { Gap } from "./progress.ts";
import { createRecent } from "./recent.ts";
import { takeOccurrences } from "./take-occurrences.ts";

export type DateDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly failures: Failures;
  readonly host: HostAccess | null;
  intake(): Intake;
  /** Something comes at that instant. */
  wakeAt(instant: number): void;
};

/** Follows the dates of records: each that comes is an event, once. */
export type Dates = {
  /** Finds what has come, and of what was missed a little at a time. Asked every second and at the instants announced by `wakeAt`. */
  follow(): Promise<void>;
  /** Is there more that was missed? */
  isBehind(): boolean;
  /** An event that has changed its record may bring a date that came while it was on its way: it need not wait for the next look back. */
  written(event: RecordEvent): void;
};

/** Occurrences caught up on in one sweep of a process: what comes now goes first. */
const MOST_CAUGHT_UP = 200;
/** After which what could not be caught up on is tried again. */
const AGAIN_MS = 5000;

export function createDates(deps: DateDeps): Dates {
  const { clock, definitions, failures } = deps;
  const turns = createTurns(deps);
  const recent = createRecent(clock, 2 * LOOK_BACK_MS);
  const followDeps: FollowDeps = { ...deps, turns, recent };
  const looks = createLooks(clock, failures);
  const gaps = new Map<string, { readonly rule: DateRule; readonly newest: Gap }>();

  function rules(): readonly DateRule[] {
    return definitions.organizations().flatMap((organization) => dateRulesOf(organization, definitions.current(organization)));
  }

  async function look(rule: DateRule): Promise<number> {
    const { next, comesAt, newestGap } = await follow(followDeps, rule);
    note(rule, newestGap);
    if (comesAt !== null) deps.wakeAt(comesAt);
    return next;
  }

  function note(rule: DateRule, newest: Gap | null): void {
    if (newest) gaps.set(keyOf(rule), { rule, newest });
    else gaps.delete(keyOf(rule));
  }

  /** What was missed, the newest first, whosever it is. */
  async function catchUp(): Promise<void> {
    for (let left = MOST_CAUGHT_UP; left > 0 && gaps.size > 0;) {
      const [first] = [...gaps.values()].toSorted((a, b) => b.newest.to - a.newest.to);
      if (!first) return;
      const { rule } = first;
      const key = keyOf(rule);
      // Whatever becomes of it here, or of whoever has the rule's turn: a look in a moment puts it back.
      gaps.delete(key);
      const putBack = looks.putOff(key, AGAIN_MS);
      await looks.attempt(`catching up on date rule ${rule.id}`, async () => {
        const caughtUp = await catchUpOn(followDeps, rule);
        if (caughtUp === null) return;
        left -= Math.max(caughtUp.taken, 1);
        note(rule, caughtUp.newestGap);
        putBack();
      });
    }
  }

  return {
    async follow() {
      const all = rules();
      const keys = new Set(all.map(keyOf));
      for (const key of gaps.keys()) if (!keys.has(key)) gaps.delete(key);
      await looks.over(all.map((rule) => ({ key: keyOf(rule), what: `following date rule ${rule.id}`, look: () => look(rule) })));
      await catchUp();
    },
    isBehind: () => gaps.size > 0,
    written(event) {
      const window = { after: event.storedAt, upTo: clock.now() };
      if (window.after >= window.upTo) return;
      const { organization, module, recordId, record } = event;
      for (const rule of dateRulesOf(organization, definitions.current(organization))) {
        if (rule.module.name !== module || event.type === "deleted") continue;
        const found = occurrencesOf(rule, recordId, record, window);
        if (found.length === 0) continue;
        takeOccurrences(followDeps, rule, found).catch((error: unknown) => failures.failed(`following date rule ${rule.id}`, error));
      }
    },
  };
}

/** A rule that was changed is another to follow. */
function keyOf({ organization, id, version, activeSince, zone }: DateRule): string {
  return JSON.stringify([organization, id, version, activeSince, zone]);
}

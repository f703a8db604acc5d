import type { StoredRecord } from "../../../model/record.ts";
import type { Decision } from "../../../model/run.ts";
import type { Decided, DecisionInputs, Intake } from "../../events.ts";
import type { EventDocument, RunDocument } from "../documents.ts";
import { keyOf } from "../ids.ts";
import { toRun } from "../runs/run-document.ts";
import type { PendingRuns } from "../runs/pending-runs.ts";
import type { DecidedByAnother } from "./decided-by-another.ts";
import { toRecordEvent } from "./event-document.ts";
import type { WriteExpected } from "./expected-records.ts";
import type { FirstTimes } from "./first-times.ts";
import { followingOf, recordWriteOf, type Following } from "./following.ts";
import { leftOf, type LeftOpen, type LeftTentative } from "./left.ts";
import type { Stand } from "./stand.ts";

/** What was decided, and on what. */
export type Weighing = { readonly decided: Decided; readonly alreadyFired: ReadonlySet<string>; readonly pending: readonly RunDocument[] };

/** Decided for good. `record`: what is stored now, where it had to be written before. */
export type Made = { readonly decision: Decision; readonly following: Following; readonly record: StoredRecord | null };

export type TentativeParts = {
  readonly firstTimes: FirstTimes;
  readonly pendingRuns: PendingRuns;
  readonly writeExpected: WriteExpected;
  readonly stand: Stand;
  readonly decidedByAnother: DecidedByAnother;
};

/**
 * Decides a stored event whose decision depends on what somebody else may still change: a revision that it expects, a rule that fires for
 * one event of a record only. Each step finds what an earlier try of it did, whoever made it, so it is never taken back after one that counts:
 * first the record is written, and that is noted; then rules are remembered; then the decision stands.
 */
export type DecideForGood = (
  document: EventDocument,
  left: LeftTentative,
  decide: (inputs: DecisionInputs) => Decided,
  weighed: Weighing | null,
) => Promise<Made | Intake>;

export function createDecideForGood(parts: TentativeParts): DecideForGood {
  const { firstTimes, pendingRuns, writeExpected, stand, decidedByAnother } = parts;

  return async (document, left, decide, weighed) => {
    const event = toRecordEvent(document);
    const { place } = document;
    const { found: stored, expectRevision, dates = null } = left;
    const expected = expectRevision === null ? null : await writeExpected(document, event, left, expectRevision);
    if (expected?.status === "stale") return expected;
    let rules = left.firstTimeRules;
    for (let now = weighed ?? (await weigh()); ; now = await weigh()) {
      const { decided, alreadyFired, pending } = now;
      // Also a rule that has become one of these while the event was on its way.
      rules = [...new Set([...rules, ...decided.firstTime])];
      const first = decided.firstTime.filter((rule) => !alreadyFired.has(rule));
      if (!(await firstTimes.remember({ event, rules: first }))) continue;
      const write = expected ? null : recordWriteOf(event, { place, dates }, stored?.revision ?? 0);
      const following = followingOf(event, { place, stored, pending }, decided, write);
      const forget = rules.filter((rule) => !decided.firstTime.includes(rule));
      const open: LeftOpen = { ...leftOf(following), forget };
      if (!(await stand({ document, decided, open }))) return decidedByAnother(event, rules);
      await firstTimes.forget(event, forget);
      return { decision: decided.decision, record: expected?.record ?? null, following };
    }

    async function weigh(): Promise<Weighing> {
      const key = keyOf(event.organization, event.module, event.recordId);
      const [[alreadyFired = new Set<string>()], runs] = await Promise.all([
        firstTimes.firedBefore([{ ...event, firstTimeRules: rules }]),
        pendingRuns.ofRecords([key]),
      ]);
      const pending = runs.get(key) ?? [];
      return { alreadyFired, pending, decided: decide({ stored, alreadyFired, pending: pending.map(toRun) }) };
    }
  };
}

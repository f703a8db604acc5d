import type { RecordEvent } from "../../../model/event.ts";
import type { StoredRecord } from "../../../model/record.ts";
import type { Decision } from "../../../model/run.ts";
import type { Decided, DecisionInputs, Intake } from "../../events.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import { leftRuns, toRecordEvent, type LeftOpen, type LeftTentative } from "./event-document.ts";
import type { FirstTimes } from "./first-times.ts";
import { endsPlans, isNewest, recordWriteOf, type Following } from "./follow-up.ts";
import { keyById, keyOf } from "../ids.ts";
import { toStored, type ExpectedWrite, type RecordWrites } from "../record-writes.ts";
import { toRun } from "../runs/run-document.ts";

/** What was decided, and with what memory. */
export type Weighing = { readonly decided: Decided; readonly alreadyFired: ReadonlySet<string> };

/** Decided for good. `record`: what is stored now, where it had to be written before. */
export type Made = { readonly decision: Decision; readonly following: Following; readonly record: StoredRecord | null };

export type TentativeParts = {
  readonly calls: Calls;
  readonly collections: Collections;
  readonly records: RecordWrites;
  readonly firstTimes: FirstTimes;
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

export function createDecideForGood({ calls, collections: { events, runs }, records, firstTimes }: TentativeParts): DecideForGood {
  async function decideForGood(...[document, left, decide, weighed]: Parameters<DecideForGood>): Promise<Made | Intake> {
    const event = toRecordEvent(document);
    const { _id, place } = document;
    const expected = left.expectRevision === null ? null : await writeExpected(document, event, left, left.expectRevision);
    if (expected?.status === "stale") return expected;
    let rules = left.firstTimeRules;
    for (let now = weighed ?? (await weigh()); ; now = await weigh()) {
      const { decided, alreadyFired } = now;
      // Also a rule that has become one of these while the event was on its way.
      rules = [...new Set([...rules, ...decided.firstTime])];
      const first = decided.firstTime.filter((rule) => !alreadyFired.has(rule));
      if (!(await firstTimes.remember(event, first))) continue;
      const ends = endsPlans(event, left.found);
      const open: LeftOpen = { runs: leftRuns(decided.runs), ends, forget: rules.filter((rule) => !decided.firstTime.includes(rule)) };
      if (!(await stand(decided, open))) return decidedByAnother(event, rules);
      await firstTimes.forget(event, open.forget ?? []);
      const written = expected?.record ?? null;
      const isWritten = written !== null || event.origin === "fieldUpdate";
      const write = isWritten ? null : recordWriteOf(event, place, left.found?.revision ?? 0);
      return { decision: decided.decision, record: written, following: { event, place, runs: decided.runs.map(unasked), write, ends } };
    }

    async function weigh(): Promise<Weighing> {
      const [alreadyFired = new Set<string>()] = await firstTimes.firedBefore([{ ...event, firstTimeRules: rules }]);
      return { alreadyFired, decided: decide({ stored: left.found, alreadyFired }) };
    }

    async function stand(decided: Decided, open: LeftOpen): Promise<boolean> {
      const decision = JSON.stringify(decided.decision);
      const change = { stage: "open" as const, decision, runs: decided.runs.map(({ run }) => run.id), left: JSON.stringify(open) };
      const { matchedCount } = await calls("decide an event", () => events.updateOne({ _id, place, stage: "tentative" }, { $set: change }));
      if (matchedCount > 0) return true;
      // Said twice, or decided in the same words by another: either way it stands as we say it.
      const there = await calls("find an event", () => events.findOne({ _id }, { projection: { decision: 1 } }));
      return there?.decision === decision;
    }
  }

  /** Writes the record where it is as expected; then the event says so, and nobody asks again. */
  async function writeExpected(
    { _id, place }: EventDocument,
    event: RecordEvent,
    left: LeftTentative,
    revision: number,
  ): Promise<ExpectedWrite> {
    const written = await writeOrSee(event, place, left.found, revision);
    const mine = { _id, place, stage: "tentative" as const };
    if (written.status === "stale") await calls("take a stale event back", () => events.deleteOne(mine));
    else {
      const noted: LeftTentative = { ...left, expectRevision: null };
      await calls("note a written record", () => events.updateOne(mine, { $set: { left: JSON.stringify(noted) } }));
    }
    return written;
  }

  async function writeOrSee(event: RecordEvent, place: string, found: StoredRecord | null, revision: number): Promise<ExpectedWrite> {
    if (isNewest(event, found)) return records.replaceExpected(recordWriteOf(event, place, 0), revision);
    // Older than the record that was found, so it writes nothing; what it expected counts all the same.
    const there = found && !found.deleted ? found.revision : 0;
    return found && there === revision ? { status: "written", record: found } : { status: "stale", revision: there };
  }

  /** Somebody else finished it while we paused: what is in the store counts, and nothing of it is ours to start or to remember. */
  async function decidedByAnother(event: RecordEvent, rules: readonly string[]): Promise<Intake> {
    const document = await calls("find an event", () => events.findOne({ _id: keyById(event) }));
    const decision = document?.decision ? (JSON.parse(document.decision) as Decision) : null;
    const fired = new Set(decision?.executions.map(({ rule }) => rule.id));
    await firstTimes.forget(
      event,
      rules.filter((rule) => !fired.has(rule)),
    );
    if (!document || !decision) return { status: "stale", revision: 0 };
    const keys = document.runs.map((id) => keyOf(event.organization, id));
    const written = await calls("find runs", () => runs.find({ _id: { $in: keys } }).toArray());
    const [stored] = (await records.find([keyOf(event.organization, event.module, event.recordId)])).values();
    return {
      status: "accepted",
      decision,
      runs: written.map(toRun).map((run) => (run.status === "running" ? { ...run, status: "scheduled" } : run)),
      record: stored ? toStored(stored) : null,
    };
  }

  return decideForGood;
}

export function unasked<T>(planned: T): T & { readonly askedDay: null } {
  return { ...planned, askedDay: null };
}

import type { RecordEvent } from "../../../model/event.ts";
import type { Decision } from "../../../model/run.ts";
import type { Intake } from "../../events.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { keyById, keyOf } from "../ids.ts";
import { toStored, type RecordWrites } from "../record-writes.ts";
import { toRun } from "../runs/run-document.ts";
import type { FirstTimes } from "./first-times.ts";

/**
 * What became of an event that somebody else finished while we paused: what is in the store counts, and nothing of it is ours to start or to
 * remember.
 * @param rules that it may have been remembered for
 */
export type DecidedByAnother = (event: RecordEvent, rules: readonly string[]) => Promise<Intake>;

export type DecidedByAnotherParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "events" | "runs">;
  readonly records: RecordWrites;
  readonly firstTimes: FirstTimes;
};

export function createDecidedByAnother({
  calls,
  collections: { events, runs },
  records,
  firstTimes,
}: DecidedByAnotherParts): DecidedByAnother {
  return async (event, rules) => {
    const document = await calls("find an event", () => events.findOne({ _id: keyById(event) }));
    const decision = document?.decision ? (JSON.parse(document.decision) as Decision) : null;
    // Earlier versions only remembered what fired.
    const kept = new Set(document?.remembers ?? decision?.executions.map(({ rule }) => rule.id));
    await firstTimes.forget(
      event,
      rules.filter((rule) => !kept.has(rule)),
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
  };
}

import type { ActionResult } from "../actions/action.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { ActionRun, Attempt } from "../model/run.ts";
import type { Settlement } from "../store/runs.ts";

type Timing = {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Attempts the definition allows. */
  readonly most: number;
  /** ms to wait after the attempt of that number failed. */
  delayAfter(attempt: number): number;
};

/** What one attempt means for its run: done, or the same run due later, or failed for good. */
export function settlementOf(run: ActionRun, result: ActionResult, { startedAt, endedAt, most, delayAfter }: Timing): Settlement {
  const number = run.attempts.length + 1;
  const durationMs = endedAt - startedAt;
  switch (result.outcome) {
    case "succeeded": {
      const { note = null, response } = result;
      const attempt: Attempt = { number, startedAt, durationMs, outcome: "succeeded", error: note, response };
      return { status: "succeeded", reason: null, dueAt: null, attempt, at: endedAt };
    }
    case "skipped": {
      const attempt: Attempt = { number, startedAt, durationMs, outcome: "skipped", error: result.note, response: null };
      return { status: "skipped", reason: result.reason, dueAt: null, attempt, at: endedAt };
    }
    case "failed": {
      const { error, response } = result;
      const attempt: Attempt = { number, startedAt, durationMs, outcome: "failed", error, response };
      const frozen = result.freeze === undefined ? {} : { frozen: result.freeze };
      if (!result.retry || number >= most) return { status: "failed", reason: null, dueAt: null, attempt, at: endedAt, ...frozen };
      const dueAt = endedAt + Math.max(delayAfter(number), result.retryAfterMs ?? 0);
      return { status: "retrying", reason: null, dueAt, attempt, at: endedAt, ...frozen };
    }
  }
}

/** How long a run waits whose action could not begin. */
const POSTPONED_MS = 1000;

/** The store went away before the action had begun: nothing was tried, so no attempt is counted, and the run is due again in a moment. */
export function postponed(run: ActionRun, now: number): Settlement {
  return { status: run.attempts.length === 0 ? "scheduled" : "retrying", reason: null, dueAt: now + POSTPONED_MS, attempt: null, at: now };
}

/** Its event is not in the store, which a restored backup may lack: nobody can say what it is about. */
export function eventless(run: ActionRun, now: number): Settlement {
  const error = `event ${run.event} is not in the store, so there is nothing to act on`;
  const attempt: Attempt = { number: run.attempts.length + 1, startedAt: now, durationMs: 0, outcome: "failed", error, response: null };
  return { status: "failed", reason: null, dueAt: null, attempt, at: now };
}

/** The keys that a field update set, as its last attempt wrote them down; null where it has not succeeded. */
export function changesOf(run: ActionRun): JsonObject | null {
  const changes = run.status === "succeeded" ? run.attempts.at(-1)?.response?.["changes"] : null;
  return isJsonObject(changes) ? changes : null;
}

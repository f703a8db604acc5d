import { pendingKey } from "../decide/moves.ts";
import { dateFieldOf, type ActionRun } from "../model/run.ts";
import type { RunLedger } from "../store/runs.ts";

/** So many of a rule's newest runs of a record are looked at: those of one firing are at most a hundred or so. */
const LOOKED_AT = 200;
/** Said of runs that never took another's place. */
const NEVER_WAITED: ReadonlySet<string> = new Set(["superseded", "missed", "loopStopped"]);

/**
 * Has a newer firing for the same record planned this run anew? The event that did so supersedes those that wait; one that was claimed at
 * that moment, or whose event was stored at the same time by another process, finds out by this.
 */
export async function isSuperseded(runs: Pick<RunLedger, "runs">, run: ActionRun): Promise<boolean> {
  if (dateFieldOf(run.timing) === null) return false;
  const { organization, module, record, rule } = run;
  const { data } = await runs.runs({ organization, module, record, rule: rule.id }, { limit: LOOKED_AT, cursor: null });
  const own = data.findIndex(({ id }) => id === run.id);
  return data.some((other, index) => {
    if (other.id === run.id || dateFieldOf(other.timing) === null || pendingKey(other) !== pendingKey(run)) return false;
    if (other.status === "skipped" && NEVER_WAITED.has(other.reason ?? "")) return false;
    const [theirs, mine] = [other.timing?.triggeredAt ?? 0, run.timing?.triggeredAt ?? 0];
    // Newest first. Of a firing that came late only what still waits is in the way: what is done is not done instead of it.
    return own === -1 || index < own ? theirs >= mine : theirs > mine && other.status === "scheduled";
  });
}

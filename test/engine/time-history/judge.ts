import { WAITS, type Line } from "./log.ts";
import type { Act } from "./processes.ts";
import type { ReadLog } from "./read-log.ts";
import type { State } from "./state.ts";

/** Where the log is not what the model expects; and what must hold in any log. */
export function faultsIn(state: State, { lines, runs, twice }: ReadLog, acts: readonly Act[], now: number): readonly string[] {
  const expected = new Map<string, Line>(state.log);
  for (const { id, due } of state.waiting.values()) expected.set(id, { said: due === null ? "dateEmpty" : "scheduled", dueAt: due });
  const faults = twice.map((id) => `${id} is in the log twice`);
  for (const [id, line] of expected) {
    const found = lines.get(id);
    if (!found) faults.push(`${id}: expected ${wordsOf(line)}, got nothing`);
    else if (wordsOf(found) !== wordsOf(line)) faults.push(`${id}: expected ${wordsOf(line)}, got ${wordsOf(found)}`);
  }
  for (const [id, line] of lines) if (!expected.has(id)) faults.push(`${id}: expected nothing, got ${wordsOf(line)}`);
  for (const { id, dueAt, status, reason, attempts } of runs) {
    const own = acts.filter(({ run }) => run === id);
    if (own.some(({ at }) => at < (dueAt ?? Infinity))) faults.push(`run ${id} was done before it was due`);
    if (own.length > attempts.length) faults.push(`run ${id} was done ${own.length} times in ${attempts.length} attempts`);
    if (status === "succeeded" && own.length === 0) faults.push(`run ${id} succeeded and was never done`);
    if ((status === "scheduled" && dueAt === null) !== (reason === "dateEmpty"))
      faults.push(`run ${id} waits ${String(dueAt)} and says ${reason}`);
    if (WAITS.has(status) && dueAt !== null && dueAt <= now) faults.push(`run ${id} is still ${status} and was due`);
  }
  return faults;
}

function wordsOf({ said, dueAt }: Line): string {
  // One that was put off at that moment is due at the one time or the other.
  if (said === "superseded") return said;
  return `${said} ${dueAt === null ? "never" : new Date(dueAt).toISOString()}`;
}

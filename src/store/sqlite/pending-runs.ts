import type Database from "better-sqlite3";
import type { ActionRun } from "../../model/run.ts";
import type { RecordKey } from "../records.ts";
import type { Move } from "../runs.ts";
import { LIMIT } from "./due-runs.ts";
import { SELECT_RUN, toRun, type RunRow } from "./run-row.ts";

/** Runs that wait for their time, as the time they wait for changes. */
export type PendingRuns = {
  /** Those of a record that count from a date field. */
  ofRecord(key: RecordKey): readonly ActionRun[];
  /** Inside a transaction; false where the run is not as the move expects it. */
  move(organization: string, move: Move): boolean;
  ofOtherZone(organization: string, zone: string, limit: number): readonly ActionRun[];
};

export function createPendingRuns(db: Database.Database): PendingRuns {
  const ofRecord = db.prepare<[string, string, string], RunRow>(
    // The words of the index `runs_dated`.
    `${SELECT_RUN} where runs.record = ? and runs.organization = ? and runs.module = ?
       and runs.date_field is not null and runs.status = 'scheduled' order by runs.seq`,
  );
  // Those of the index `runs_zone`; two ranges, because what is not equal cannot be looked up.
  const [before, behind] = ["<", ">"].map((than) =>
    db.prepare<[string, string, number], RunRow>(
      `${SELECT_RUN} where runs.organization = ? and runs.wall_zone ${than} ? and runs.wall_zone is not null and runs.status = 'scheduled' ${LIMIT}`,
    ),
  );
  const schedule = db.prepare<[string | null, number | null, number | null, string, string, string, string, number | null]>(
    `update runs set reason = ?, due_at = ?, wake_at = ?, timing = json_set(timing, '$.zone', ?), wall_zone = iif(wall_zone is null, null, ?)
     where organization = ? and id = ? and status = 'scheduled' and due_at is ?`,
  );
  const skip = db.prepare<[string, number | null, number, string, string, number | null]>(
    `update runs set status = 'skipped', reason = ?, due_at = coalesce(?, due_at), finished_at = ?, wake_at = null
     where organization = ? and id = ? and status = 'scheduled' and due_at is ?`,
  );
  return {
    ofRecord: ({ organization, module, id }) => ofRecord.all(id, organization, module).map(toRun),
    move(organization, { run, from, to }) {
      const { changes } =
        to.status === "scheduled"
          ? schedule.run(to.reason, to.dueAt, to.dueAt, to.zone, to.zone, organization, run, from)
          : skip.run(to.reason, to.reason === "missed" ? to.dueAt : null, to.at, organization, run, from);
      return changes === 1;
    },
    ofOtherZone: (organization, zone, limit) =>
      [before, behind]
        .flatMap((statement) => statement?.all(organization, zone, limit) ?? [])
        .slice(0, limit)
        .map(toRun),
  };
}

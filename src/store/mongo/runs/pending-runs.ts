import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { groupBy } from "../group.ts";
import { toRun } from "./run-document.ts";
import type { RunLedger } from "../../runs.ts";

/** Runs that have not started and whose time may become another. */
export type PendingRuns = Pick<RunLedger, "ofOtherZone"> & {
  /** Those that count from a date field of one of these records, by its key and in the order planned. */
  ofRecords(keys: readonly string[]): Promise<ReadonlyMap<string, readonly RunDocument[]>>;
};

export function createPendingRuns(calls: Calls, { runs }: Pick<Collections, "runs">): PendingRuns {
  return {
    async ofRecords(keys) {
      if (keys.length === 0) return NONE;
      const found = await calls("find pending runs of records", () =>
        runs.find({ dated: { $in: [...keys] }, status: "scheduled" }, { hint: "dated" }).toArray(),
      );
      return groupBy(
        found.toSorted((a, b) => (a.place < b.place ? -1 : 1)),
        ({ dated = "" }) => dated,
      );
    },
    async ofOtherZone(organization, zone, limit) {
      const other = { organization, wallZone: { $exists: true, $ne: zone }, status: "scheduled" };
      const found = await calls("find runs of another zone", () => runs.find(other, { hint: "wallZone" }).limit(limit).toArray());
      return found.map(toRun);
    },
  };
}

const NONE: ReadonlyMap<string, readonly RunDocument[]> = new Map();

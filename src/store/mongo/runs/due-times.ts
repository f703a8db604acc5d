import type { Collection, Document } from "mongodb";
import { ACTION_TYPES, type ActionType } from "../../../model/action-type.ts";
import type { Calls } from "../calls.ts";
import type { RunDocument } from "../documents.ts";

type Bounds = { readonly $gt: number } | { readonly $lte: number };

/** When there is something to claim. */
export type DueTimes = {
  /** The earliest due time of each type that has one in these bounds. */
  ofTypes(bounds: Bounds): Promise<ReadonlyMap<string, number>>;
  /** The earliest instant after this one at which a run is due or a lease ends; null where there is none. */
  next(after: number): Promise<number | null>;
};

export function createDueTimes(calls: Calls, runs: Collection<RunDocument>): DueTimes {
  /** A seek for each type, all in one command. */
  async function ofTypes(bounds: Bounds): Promise<ReadonlyMap<string, number>> {
    const [first, ...others] = ACTION_TYPES.map((type) => firstOf(type, bounds));
    const union = others.map((pipeline) => ({ $unionWith: { coll: runs.collectionName, pipeline } }));
    const found = await calls("first due of each type", () =>
      runs.aggregate<{ _id: string; first: number }>([...(first ?? []), ...union]).toArray(),
    );
    return new Map(found.map(({ _id, first: at }) => [_id, at]));
  }

  return {
    ofTypes,
    async next(after) {
      const [due, lease] = await Promise.all([
        ofTypes({ $gt: after }),
        calls("next lease", () =>
          runs.findOne({ leaseUntil: { $gt: after } }, { hint: "lease", sort: { leaseUntil: 1 }, projection: { _id: 0, leaseUntil: 1 } }),
        ),
      ]);
      const instants = [...due.values(), ...(lease?.leaseUntil === undefined ? [] : [lease.leaseUntil])];
      return instants.length === 0 ? null : Math.min(...instants);
    },
  };
}

function firstOf(type: ActionType, bounds: Bounds): Document[] {
  return [{ $match: { type, wakeAt: bounds } }, { $sort: { wakeAt: 1 } }, { $limit: 1 }, { $project: { _id: "$type", first: "$wakeAt" } }];
}

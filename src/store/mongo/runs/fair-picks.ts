import type { Collection } from "mongodb";
import type { ActionType } from "../../../model/action-type.ts";
import type { Calls } from "../calls.ts";
import type { RunDocument } from "../documents.ts";

/** Keys of up to `slots` due runs of a type: all that are due, or a fair choice of them. */
export type FairPicks = (type: ActionType, now: number, slots: number) => Promise<readonly string[]>;

/**
 * Oldest due first, as long as there is room for all. Where there is not, the organizations that have something due share the room evenly,
 * and where they are more than there is room for, they take turns: nobody waits for the end of somebody else's backlog.
 */
export function createFairPicks(calls: Calls, runs: Collection<RunDocument>): FairPicks {
  const servedLast = new Map<ActionType, string>();

  async function oldest(filter: object, hint: string, limit: number): Promise<readonly string[]> {
    const found = await calls("find due runs", () =>
      runs
        .find(filter, { hint, projection: { _id: 1 } })
        .sort({ wakeAt: 1, place: 1 })
        .limit(limit)
        .toArray(),
    );
    return found.map(({ _id }) => _id);
  }

  /** Organizations with something due, beginning after the one that was served last. */
  async function turnOrder(type: ActionType, now: number): Promise<readonly string[]> {
    // Seeks from organization to organization in the index, whatever each has due.
    const all = await calls("organizations with due runs", () =>
      runs
        .aggregate<{ _id: string }>(
          [
            { $match: { type, wakeAt: { $lte: now } } },
            { $sort: { type: 1, organization: 1, wakeAt: 1 } },
            { $group: { _id: "$organization", first: { $first: "$wakeAt" } } },
          ],
          { hint: "wakeByOrganization" },
        )
        .toArray(),
    );
    const sorted = all.map(({ _id }) => _id).toSorted((a, b) => (a < b ? -1 : 1));
    const last = servedLast.get(type);
    const start =
      last === undefined
        ? 0
        : Math.max(
            0,
            sorted.findIndex((organization) => organization > last),
          );
    return [...sorted.slice(start), ...sorted.slice(0, start)];
  }

  return async (type, now, slots) => {
    const due = await oldest({ type, wakeAt: { $lte: now } }, "wake", slots);
    if (due.length < slots) return due;
    const organizations = await turnOrder(type, now);
    if (organizations.length <= 1) return due;
    const served = organizations.slice(0, slots);
    const own = await Promise.all(
      // Twice a fair share, for where others have less than theirs.
      served.map((organization) =>
        oldest({ type, organization, wakeAt: { $lte: now } }, "wakeByOrganization", 2 * Math.ceil(slots / served.length)),
      ),
    );
    const picked = [...new Set([...inTurns(own), ...due])].slice(0, slots);
    servedLast.set(type, served.at(-1) ?? "");
    return picked;
  };
}

/** The first of each, then the second of each, and so on. */
function inTurns(lists: readonly (readonly string[])[]): readonly string[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

import { isTerminal, RUN_STATUSES } from "../../model/run.ts";
import type { Expired, RetentionStore } from "../retention.ts";
import type { Calls } from "./calls.ts";
import type { Collections, EventDocument } from "./documents.ts";
import type { FinishedEvents } from "./finished-events.ts";
import { instantPart, keyOf } from "./ids.ts";

const OVER = RUN_STATUSES.filter(isTerminal);
const DAY_MS = 86_400_000;

/** Walks organization by organization, oldest events first; a position is the organization and the place of the last event looked at. */
export function createRetentionStore(calls: Calls, { events, runs, quota }: Collections, finished: FinishedEvents): RetentionStore {
  /** The next events of one organization, or of the first behind it that has some. */
  async function oldest(before: string, after: string | null, limit: number): Promise<readonly EventDocument[]> {
    const [organization, place] = after === null ? ["", ""] : (JSON.parse(after) as [string, string]);
    const find = (filter: object, most: number) =>
      calls("old events", () =>
        events
          .find(filter, { hint: "place", projection: { organization: 1, id: 1, place: 1, runs: 1, stage: 1 } })
          .sort({ organization: 1, place: 1 })
          .limit(most)
          .toArray(),
      );
    let from = { organization, place };
    for (;;) {
      const found = await find({ organization: from.organization, place: { $gt: from.place, $lt: before } }, limit);
      if (found.length > 0) return found;
      const [next] = await find({ organization: { $gt: from.organization } }, 1);
      if (!next) return [];
      from = { organization: next.organization, place: "" };
    }
  }

  /** Runs first: an event without them is found again. One that a person asks for again meanwhile keeps its event. */
  async function remove(old: readonly EventDocument[]): Promise<Omit<Expired, "next">> {
    const keys = old.flatMap(keysOf);
    const open = await calls("open runs of old events", () =>
      runs.find({ _id: { $in: keys }, status: { $nin: OVER } }, { projection: { event: 1, organization: 1 } }).toArray(),
    );
    const kept = new Set(open.map(({ organization, event }) => keyOf(organization, event)));
    const over = old.filter(({ _id, stage }) => stage === undefined && !kept.has(_id));
    const gone = over.flatMap(keysOf);
    const { deletedCount } = await calls("delete old runs", () => runs.deleteMany({ _id: { $in: gone }, status: { $in: OVER } }));
    const left = await calls("old runs that are left", () =>
      runs.find({ _id: { $in: gone } }, { projection: { event: 1, organization: 1 } }).toArray(),
    );
    const stays = new Set(left.map(({ organization, event }) => keyOf(organization, event)));
    const deleted = over.filter(({ _id }) => !stays.has(_id));
    await calls("delete old events", () => events.deleteMany({ _id: { $in: deleted.map(({ _id }) => _id) } }));
    return { events: deleted.length, runs: deletedCount };
  }

  return {
    async expire(before, after, limit) {
      await finished.flush();
      const old = await oldest(instantPart(before), after, limit);
      const last = old.at(-1);
      if (last) return { ...(await remove(old)), next: JSON.stringify([last.organization, last.place]) };
      // The day before in every zone of the world.
      const day = new Date(before - DAY_MS).toISOString().slice(0, 10);
      await calls("forget old quota", () => quota.deleteMany({ day: { $lt: day } }));
      return { events: 0, runs: 0, next: null };
    },
  };
}

function keysOf({ organization, runs }: EventDocument): readonly string[] {
  return runs.map((id) => keyOf(organization, id));
}

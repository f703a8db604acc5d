import { isTerminal, RUN_STATUSES } from "../../model/run.ts";
import type { Expired, RetentionStore } from "../retention.ts";
import type { Calls } from "./calls.ts";
import type { Collections, EventDocument } from "./documents.ts";
import type { FinishedEvents } from "./events/finished-events.ts";
import { instantPart, keyOf } from "./ids.ts";

const OVER = RUN_STATUSES.filter(isTerminal);
const DAY_MS = 86_400_000;

/** Walks organization by organization, oldest events first; a position is the organization and the place of the last event looked at. */
export function createRetentionStore(calls: Calls, { events, runs, quota }: Collections, finished: FinishedEvents): RetentionStore {
  /** The next so many old events, from one organization on to the next. */
  async function oldest(before: string, after: string | null, limit: number): Promise<readonly EventDocument[]> {
    let [organization, place] = after === null ? ["", ""] : (JSON.parse(after) as [string, string]);
    const old: EventDocument[] = [];
    for (;;) {
      old.push(...(await find({ organization, place: { $gt: place, $lt: before } }, limit - old.length)));
      if (old.length === limit) return old;
      const [next] = await find({ organization: { $gt: organization } }, 1);
      if (!next) return old;
      [organization, place] = [next.organization, ""];
    }
  }

  function find(filter: object, most: number): Promise<readonly EventDocument[]> {
    return calls("old events", () =>
      events
        .find(filter, { hint: "place", projection: { organization: 1, id: 1, place: 1, runs: 1, stage: 1 } })
        .sort({ organization: 1, place: 1 })
        .limit(most)
        .toArray(),
    );
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
    const goneRuns = await calls("delete old runs", () => runs.deleteMany({ _id: { $in: gone }, status: { $in: OVER } }));
    const left = await calls("old runs that are left", () =>
      runs.find({ _id: { $in: gone } }, { projection: { event: 1, organization: 1 } }).toArray(),
    );
    const stays = new Set(left.map(({ organization, event }) => keyOf(organization, event)));
    const deleted = over.filter(({ _id }) => !stays.has(_id));
    const keysOfDeleted = deleted.map(({ _id }) => _id);
    const goneEvents = await calls("delete old events", () => events.deleteMany({ _id: { $in: keysOfDeleted } }));
    return { events: goneEvents.deletedCount, runs: goneRuns.deletedCount };
  }

  return {
    async expire(before, after, limit) {
      await finished.flush();
      const old = await oldest(instantPart(before), after, limit);
      const last = old.at(-1);
      const gone = await remove(old);
      if (last && old.length === limit) return { ...gone, next: JSON.stringify([last.organization, last.place]) };
      // The day before in every zone of the world.
      const day = new Date(before - DAY_MS).toISOString().slice(0, 10);
      await calls("forget old quota", () => quota.deleteMany({ day: { $lt: day } }));
      return { ...gone, next: null };
    },
  };
}

function keysOf({ organization, runs }: EventDocument): readonly string[] {
  return runs.map((id) => keyOf(organization, id));
}

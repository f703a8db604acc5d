import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";

/** Of events whose ids were there: those that somebody sent before. The others are ours, said twice. */
export type FindEarlier = (documents: readonly EventDocument[]) => Promise<ReadonlyMap<EventDocument, "duplicate" | "conflict">>;

export function createFindEarlier(calls: Calls, { events }: Pick<Collections, "events">): FindEarlier {
  return async (documents) => {
    const known = new Map<EventDocument, "duplicate" | "conflict">();
    if (documents.length === 0) return known;
    const keys = documents.map(({ _id }) => _id);
    const found = await calls("find events", () =>
      events.find({ _id: { $in: keys } }, { projection: { place: 1, fingerprint: 1 } }).toArray(),
    );
    const byKey = new Map(found.map((document) => [document._id, document]));
    for (const document of documents) {
      const there = byKey.get(document._id);
      if (there && there.place !== document.place)
        known.set(document, there.fingerprint === document.fingerprint ? "duplicate" : "conflict");
    }
    return known;
  };
}

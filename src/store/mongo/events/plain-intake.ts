import type { Intake } from "../../events.ts";
import type { Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import type { Places } from "../ids.ts";
import { insertNew } from "../insert.ts";
import type { FindEarlier } from "./earlier-events.ts";
import { toEventDocument } from "./event-document.ts";
import type { Follow } from "./follow.ts";
import { followingOf, recordWriteOf, type Following } from "./following.ts";
import type { Arriving } from "./inputs.ts";
import { leftOf } from "./left.ts";
import { writtenAt, type Weighed } from "./weighed.ts";

/**
 * Takes events in that are written in one step: their decisions depend on nothing that somebody else may still change. Resolves once they are
 * durable; the answers come once what follows is written too.
 */
export type TakePlain = (all: readonly Weighed[]) => Promise<ReadonlyMap<Arriving, Answer<Intake>>>;

export type PlainIntakeParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "events">;
  readonly places: Places;
  readonly earlier: FindEarlier;
  readonly follow: Follow;
};

type Plain = Weighed & { readonly document: EventDocument; readonly following: Following };

export function createTakePlain({ calls, collections: { events }, places, earlier, follow }: PlainIntakeParts): TakePlain {
  function toPlain(weighed: Weighed): Plain {
    const { arriving, inputs, pending, decided } = weighed;
    const { event } = arriving;
    const place = places.next(event.storedAt);
    const record = JSON.stringify(event.record);
    const write = recordWriteOf(event, { place, dates: event.dates }, weighed.record?.revision ?? 0, record);
    const following = followingOf(event, { place, stored: inputs.stored, pending }, decided, write);
    const left = leftOf(following);
    const { decision, runs } = decided;
    const document = toEventDocument(event, { place, record, leftAt: writtenAt(arriving), decision, runs, left });
    return { ...weighed, document, following };
  }

  return async (weighed) => {
    const answers = new Map<Arriving, Answer<Intake>>();
    try {
      const all = weighed.map(toPlain);
      const there = await insertNew(
        calls,
        "insert events",
        events,
        all.map(({ document }) => document),
      );
      const known = await earlier(all.flatMap(({ document }, i) => (there.has(i) ? [document] : [])));
      for (const one of all) {
        const status = known.get(one.document);
        const { arriving, document, following, decided, inputs } = one;
        const standing = { decision: decided.decision, following, record: inputs.stored };
        answers.set(arriving, status ? { value: { status } } : follow(arriving, document._id, standing));
      }
    } catch (error) {
      for (const { arriving } of weighed) answers.set(arriving, { error });
    }
    return answers;
  };
}

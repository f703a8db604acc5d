import type { Decided } from "../../events.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import type { LeftOpen } from "./left.ts";

type Standing = { readonly document: EventDocument; readonly decided: Decided; readonly open: LeftOpen };

/** Has the decision of a tentative event stand, those of one moment together; answers whether it stands as it is said here. */
export type Stand = (standing: Standing) => Promise<boolean>;

export function createStand(calls: Calls, { events }: Pick<Collections, "events">): Stand {
  async function standAll(all: readonly Standing[]): Promise<readonly Answer<boolean>[]> {
    const statements = all.map(({ document: { _id, place }, decided: { decision, runs, firstTime }, open }) => {
      const said = { decision: JSON.stringify(decision), runs: runs.map(({ run }) => run.id), remembers: firstTime };
      const change = { ...said, stage: "open" as const, left: JSON.stringify(open) };
      return { updateOne: { filter: { _id, place, stage: "tentative" as const }, update: { $set: change } } };
    });
    const { matchedCount } = await calls("decide events", () => events.bulkWrite(statements, { ordered: false }));
    if (matchedCount === all.length) return all.map(() => ({ value: true }));
    // Said twice, or decided in the same words by another: either way it stands as we say it.
    const keys = all.map(({ document }) => document._id);
    const found = await calls("find decided events", () => events.find({ _id: { $in: keys } }, { projection: { decision: 1 } }).toArray());
    const decisions = new Map(found.map(({ _id, decision }) => [_id, decision]));
    return all.map(({ document, decided }) => ({ value: decisions.get(document._id) === JSON.stringify(decided.decision) }));
  }

  return createBatches(standAll, { isolates: true }).add;
}

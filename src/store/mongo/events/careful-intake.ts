import type { Intake } from "../../events.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import type { Places } from "../ids.ts";
import { insertNew } from "../insert.ts";
import type { FindEarlier } from "./earlier-events.ts";
import { toEventDocument } from "./event-document.ts";
import type { Follow } from "./follow.ts";
import { leftDates, type LeftTentative } from "./left.ts";
import type { DecideForGood } from "./tentative.ts";
import { writtenAt, type Weighed } from "./weighed.ts";

/**
 * Takes an event in that fires a rule for the first time only, or expects a revision: it is stored before it is decided for good, so that
 * what it remembers or writes in between always belongs to an event that is there, and somebody finishes it. Each of its steps is done
 * together with those of others that are as far. Resolves once the decision stands; the answer comes once what follows is written too.
 */
export type TakeCarefully = (weighed: Weighed) => Promise<Answer<Intake>>;

export type CarefulIntakeParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "events">;
  readonly places: Places;
  readonly earlier: FindEarlier;
  readonly decideForGood: DecideForGood;
  readonly follow: Follow;
};

export function createTakeCarefully(parts: CarefulIntakeParts): TakeCarefully {
  const { calls, collections, places, earlier, decideForGood, follow } = parts;
  const inserts = createBatches(insertAll);

  /** Of each what it is where somebody sent it before. */
  async function insertAll(documents: readonly EventDocument[]): Promise<readonly Answer<"duplicate" | "conflict" | null>[]> {
    const there = await insertNew(calls, "insert tentative events", collections.events, documents);
    const known = await earlier(documents.filter((_, i) => there.has(i)));
    return documents.map((document) => ({ value: known.get(document) ?? null }));
  }

  return async ({ arriving, inputs, pending, decided }) => {
    const { event, decide } = arriving;
    const { expectRevision, firstTimeRules } = event;
    const { stored, alreadyFired } = inputs;
    const left: LeftTentative = { found: stored, expectRevision, firstTimeRules, ...leftDates(event.dates) };
    const written = { place: places.next(event.storedAt), record: JSON.stringify(event.record), leftAt: writtenAt(arriving) };
    const document = toEventDocument(event, { ...written, decision: null, runs: [], left });
    const status = await inserts.add(document);
    if (status) return { value: { status } };
    const made = await decideForGood(document, left, decide, { decided, alreadyFired, pending });
    return "status" in made ? { value: made } : follow(arriving, document._id, { ...made, record: made.record ?? stored });
  };
}

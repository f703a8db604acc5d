import type { StoredRecord } from "../../../model/record.ts";
import type { Decision } from "../../../model/run.ts";
import type { Decided, DecisionInputs, Intake, NewEvent } from "../../events.ts";
import type { Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument, RecordDocument } from "../documents.ts";
import { createFindEarlier } from "./earlier-events.ts";
import { leftRuns, toEventDocument, type LeftOpen, type LeftTentative } from "./event-document.ts";
import { endsPlans, recordWriteOf, type Followed, type Following } from "./follow-up.ts";
import { keyById, keyOf, type Places } from "../ids.ts";
import { insertNew } from "../insert.ts";
import { createFinishLeft, type FinishLeft, type LeftEventParts } from "./left-events.ts";
import { toStored, type RecordWrites } from "../record-writes.ts";
import { unasked } from "./tentative.ts";

/** An event to take in, and how it is decided. */
export type Arriving = {
  readonly event: NewEvent;
  readonly decide: (inputs: DecisionInputs) => Decided;
  /** When it came, by `performance.now()`. */
  readonly since: number;
};

export type IntakeParts = LeftEventParts & {
  readonly calls: Calls;
  readonly collections: Collections;
  readonly places: Places;
  readonly records: RecordWrites;
};

/** How events come in, many at once, and how those are finished that a crash left half way. Each step finds what an earlier try of it did. */
export type Intakes = {
  /** Is this event on its way in here, by its key? */
  isUnderWay(key: string): boolean;
  take(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]>;
  readonly finish: FinishLeft;
};

type Found = { readonly arriving: Arriving; readonly inputs: DecisionInputs; readonly record: RecordDocument | null };
type Weighed = Found & { readonly decided: Decided };
/** An event that is written in one step: its decision depends on nothing that somebody else may still change. */
type Plain = Weighed & { readonly document: EventDocument; readonly following: Following };

export function createIntakes(parts: IntakeParts): Intakes {
  const { calls, collections, places, records, firstTimes, followUp, decideForGood, turns, finished } = parts;
  const { events } = collections;
  const earlier = createFindEarlier(calls, collections);
  const underWay = new Set<string>();

  async function take(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]> {
    const answers = new Map<Arriving, Answer<Intake>>();
    // Of two events of one record the second is compared with what the first left.
    for (const round of rounds(batch))
      await turns(round.map(recordKey), async () => {
        for (const { event } of round) underWay.add(keyById(event));
        try {
          for (const [arriving, answer] of await takeRound(round)) answers.set(arriving, answer);
        } catch (error) {
          // Those of the rounds before are taken in, and their runs start.
          for (const arriving of round) answers.set(arriving, { error });
        } finally {
          for (const { event } of round) underWay.delete(keyById(event));
        }
      });
    return batch.map((arriving) => answers.get(arriving) ?? { error: new Error("an event of a batch was not answered") });
  }

  async function takeRound(round: readonly Arriving[]): Promise<ReadonlyMap<Arriving, Answer<Intake>>> {
    const answers = new Map<Arriving, Answer<Intake>>();
    const plain: Plain[] = [];
    const careful: Weighed[] = [];
    for (const found of await find(round))
      try {
        const decided = found.arriving.decide(found.inputs);
        if (decided.firstTime.length > 0 || found.arriving.event.expectRevision !== null) careful.push({ ...found, decided });
        else plain.push(toPlain(found, decided));
      } catch (error) {
        // One that cannot be decided must not fail its neighbours.
        answers.set(found.arriving, { error });
      }
    await Promise.all([
      takePlain(plain, answers),
      ...careful.map(async (found) => {
        answers.set(found.arriving, await toAnswer(takeCarefully(found)));
      }),
    ]);
    return answers;
  }

  async function find(round: readonly Arriving[]): Promise<readonly Found[]> {
    const [stored, fired] = await Promise.all([
      records.find(round.map(recordKey)),
      firstTimes.firedBefore(round.map(({ event }) => event)),
    ]);
    return round.map((arriving, i) => {
      const record = stored.get(recordKey(arriving)) ?? null;
      return { arriving, record, inputs: { stored: record && toStored(record), alreadyFired: fired[i] ?? new Set<string>() } };
    });
  }

  function toPlain(found: Found, decided: Decided): Plain {
    const { event } = found.arriving;
    const place = places(event.storedAt);
    const record = JSON.stringify(event.record);
    const ends = endsPlans(event, found.inputs.stored);
    const left: LeftOpen = { runs: leftRuns(decided.runs), ends };
    const written = { place, record, leftAt: writtenAt(found.arriving) };
    const document = toEventDocument(event, { ...written, decision: decided.decision, runs: decided.runs, left });
    // A field update has changed the record before its edit comes in as an event.
    const write = event.origin === "fieldUpdate" ? null : recordWriteOf(event, place, found.record?.revision ?? 0, record);
    return { ...found, decided, document, following: { event, place, runs: decided.runs.map(unasked), write, ends } };
  }

  async function takePlain(all: readonly Plain[], answers: Map<Arriving, Answer<Intake>>): Promise<void> {
    try {
      const there = await insertNew(
        calls,
        "insert events",
        events,
        all.map(({ document }) => document),
      );
      const known = await earlier(all.flatMap(({ document }, i) => (there.has(i) ? [document] : [])));
      const ours = all.filter(({ document }) => !known.has(document));
      const followed = await followUp(ours.map(({ following }) => following));
      for (const { arriving, document } of all) {
        const status = known.get(document);
        if (status) answers.set(arriving, { value: { status } });
      }
      for (const [i, one] of ours.entries()) {
        finished(one.document._id);
        answers.set(one.arriving, { value: accepted(one.decided.decision, followed[i], one.inputs.stored) });
      }
    } catch (error) {
      for (const { arriving } of all) answers.set(arriving, { error });
    }
  }

  /**
   * An event that fires a rule for the first time only, or expects a revision: it is stored before it is decided for good, so that what it
   * remembers or writes in between always belongs to an event that is there, and somebody finishes it.
   */
  async function takeCarefully({ arriving, inputs, decided }: Weighed): Promise<Intake> {
    const { event, decide } = arriving;
    const left: LeftTentative = {
      found: inputs.stored,
      expectRevision: event.expectRevision,
      firstTimeRules: event.firstTimeRules,
    };
    const written = { place: places(event.storedAt), record: JSON.stringify(event.record), leftAt: writtenAt(arriving) };
    const document = toEventDocument(event, { ...written, decision: null, runs: [], left });
    const there = await insertNew(calls, "insert a tentative event", events, [document]);
    const status = there.size > 0 ? (await earlier([document])).get(document) : undefined;
    if (status) return { status };
    const made = await decideForGood(document, left, decide, { decided, alreadyFired: inputs.alreadyFired });
    if ("status" in made) return made;
    const [followed] = await followUp([made.following]);
    finished(document._id);
    return accepted(made.decision, followed, made.record ?? inputs.stored);
  }

  return { isUnderWay: (key) => underWay.has(key), take, finish: createFinishLeft(parts) };
}

/** In each round, a record's earliest event that is left. */
function rounds(batch: readonly Arriving[]): readonly (readonly Arriving[])[] {
  const result: Arriving[][] = [];
  const depth = new Map<string, number>();
  for (const arriving of batch) {
    const key = recordKey(arriving);
    const round = depth.get(key) ?? 0;
    depth.set(key, round + 1);
    (result[round] ??= []).push(arriving);
  }
  return result;
}

/** When it is written, by the clock that gave `storedAt`: under load it has waited for its batch. */
function writtenAt({ event, since }: Arriving): number {
  return event.storedAt + Math.round(performance.now() - since);
}

function recordKey({ event: { organization, module, recordId } }: Arriving): string {
  return keyOf(organization, module, recordId);
}

/** @param stored what is stored where the event itself wrote nothing */
function accepted(decision: Decision, followed: Followed | undefined, stored: StoredRecord | null): Intake {
  return { status: "accepted", decision, runs: followed?.runs ?? [], record: followed?.record ?? stored };
}

async function toAnswer(intake: Promise<Intake>): Promise<Answer<Intake>> {
  try {
    return { value: await intake };
  } catch (error) {
    return { error };
  }
}

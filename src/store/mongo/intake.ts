import type { RecordEvent } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Decision } from "../../model/run.ts";
import type { Decided, DecisionInputs, Intake, NewEvent } from "../events.ts";
import type { Answer } from "./batches.ts";
import type { Calls } from "./calls.ts";
import type { Collections, EventDocument, RecordDocument } from "./documents.ts";
import { leftRuns, toEventDocument, toRecordEvent, type LeftOpen, type LeftTentative } from "./event-document.ts";
import type { FirstTimes } from "./first-times.ts";
import { endsPlans, recordWriteOf, type Followed, type Following, type FollowUp } from "./follow-up.ts";
import { keyById, keyOf, type Places } from "./ids.ts";
import { insertNew } from "./insert.ts";
import { toStored, type RecordWrites } from "./record-writes.ts";
import { unasked, type DecideForGood } from "./tentative.ts";
import type { Turns } from "./turns.ts";

/** An event to take in, and how it is decided. */
export type Arriving = {
  readonly event: NewEvent;
  readonly decide: (inputs: DecisionInputs) => Decided;
  /** When it came, by `performance.now()`. */
  readonly since: number;
};

export type IntakeParts = {
  readonly calls: Calls;
  readonly collections: Collections;
  readonly places: Places;
  readonly records: RecordWrites;
  readonly firstTimes: FirstTimes;
  readonly followUp: FollowUp;
  readonly decideForGood: DecideForGood;
  readonly turns: Turns;
  /** Nothing is left to do for this event. */
  finished(key: string): void;
};

/** How events come in, many at once, and how those are finished that a crash left half way. Each step finds what an earlier try of it did. */
export type Intakes = {
  /** Is this event on its way in here, by its key? */
  isUnderWay(key: string): boolean;
  take(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]>;
  /** Goes on with a stored event where it was left. */
  finish(document: EventDocument, decide: (event: RecordEvent, inputs: DecisionInputs) => Decided): Promise<void>;
};

type Found = { readonly arriving: Arriving; readonly inputs: DecisionInputs; readonly record: RecordDocument | null };
type Weighed = Found & { readonly decided: Decided };
/** An event that is written in one step: its decision depends on nothing that somebody else may still change. */
type Plain = Weighed & { readonly document: EventDocument; readonly following: Following };

export function createIntakes(parts: IntakeParts): Intakes {
  const { calls, collections, places, records, firstTimes, followUp, decideForGood, turns, finished } = parts;
  const { events } = collections;
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

  /** Of events whose ids were there: those that somebody sent before. The others are ours, said twice. */
  async function earlier(documents: readonly EventDocument[]): Promise<ReadonlyMap<EventDocument, "duplicate" | "conflict">> {
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

  /** Goes on where it was left; its runs may be claimed as soon as they are written, so its record is there before them. */
  async function finish(document: EventDocument, decide: (event: RecordEvent, inputs: DecisionInputs) => Decided): Promise<void> {
    const event = toRecordEvent(document);
    await turns([keyOf(event.organization, event.module, event.recordId)], async () => {
      const following = await followingOf(document, event, decide);
      if (following) await followUp([following]);
      if (following) finished(document._id);
    });
  }

  async function followingOf(
    document: EventDocument,
    event: RecordEvent,
    decide: (event: RecordEvent, inputs: DecisionInputs) => Decided,
  ): Promise<Following | null> {
    if (document.stage === "tentative") {
      const left = JSON.parse(document.left ?? "") as LeftTentative;
      const made = await decideForGood(document, left, (inputs) => decide(event, inputs), null);
      return "status" in made ? null : made.following;
    }
    const { runs, ends, forget = [] } = JSON.parse(document.left ?? "") as LeftOpen;
    await firstTimes.forget(event, forget);
    const write = event.origin === "fieldUpdate" ? null : recordWriteOf(event, document.place, 0);
    const planned = runs.map(({ run, askedDay }) => ({ run, askedDay, leaseUntil: null, quota: null }));
    return { event, place: document.place, runs: planned, write, ends };
  }

  return { isUnderWay: (key) => underWay.has(key), take, finish };
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

import type { RecordEvent } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Decision } from "../../model/run.ts";
import type { Decided, DecisionInputs, Intake, NewEvent } from "../events.ts";
import type { Answer } from "./batches.ts";
import type { Calls } from "./calls.ts";
import type { Collections, EventDocument, RecordDocument } from "./documents.ts";
import { leftRuns, toEventDocument, toRecordEvent, type LeftOpen, type LeftTentative } from "./event-document.ts";
import type { FirstTimes } from "./first-times.ts";
import { eventKey, recordWriteOf, type Followed, type Following, type FollowUp } from "./follow-up.ts";
import { keyOf, type Places } from "./ids.ts";
import { insertNew } from "./insert.ts";
import { toStored, type RecordWrites } from "./record-writes.ts";
import { toRun } from "./run-document.ts";
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
  const { calls, collections, places, records, firstTimes, followUp, turns, finished } = parts;
  const { events, runs } = collections;
  const underWay = new Set<string>();

  async function take(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]> {
    const answers = new Map<Arriving, Answer<Intake>>();
    // Of two events of one record the second is compared with what the first left.
    for (const round of rounds(batch))
      await turns(round.map(recordKey), async () => {
        for (const [arriving, answer] of await takeRound(round)) answers.set(arriving, answer);
        for (const { event } of round) underWay.delete(eventKey(event));
      });
    return batch.map((arriving) => answers.get(arriving) ?? { error: new Error("an event of a batch was not answered") });
  }

  async function takeRound(round: readonly Arriving[]): Promise<ReadonlyMap<Arriving, Answer<Intake>>> {
    const answers = new Map<Arriving, Answer<Intake>>();
    for (const { event } of round) underWay.add(eventKey(event));
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
        answers.set(found.arriving, await settled(takeCarefully(found)));
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
    const ends = isEnding(event, found.inputs.stored);
    const left: LeftOpen = { runs: leftRuns(decided.runs), ends };
    const written = { place, record, leftAt: writtenAt(found.arriving) };
    const document = toEventDocument(event, { ...written, decision: decided.decision, runs: decided.runs, left });
    // A field update has changed the record before its edit comes in as an event.
    const write = event.origin === "fieldUpdate" ? null : recordWriteOf(event, place, record, found.record?.revision ?? 0);
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
        answers.set(one.arriving, { value: accepted(one.inputs, one.decided.decision, followed[i]) });
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
    const place = places(event.storedAt);
    const record = JSON.stringify(event.record);
    const left: LeftTentative = {
      found: inputs.stored,
      expectRevision: event.expectRevision,
      firstTimeRules: event.firstTimeRules,
    };
    const document = toEventDocument(event, { place, record, leftAt: writtenAt(arriving), decision: null, runs: [], left });
    const there = await insertNew(calls, "insert a tentative event", events, [document]);
    const status = there.size > 0 ? (await earlier([document])).get(document) : undefined;
    if (status) return { status };
    const made = await decideForGood(document, left, record, decide, { decided, alreadyFired: inputs.alreadyFired });
    if ("status" in made) return made;
    const [followed] = await followUp([made.following]);
    finished(document._id);
    return accepted(inputs, made.decision, followed);
  }

  /** What was decided, and with what memory. */
  type Weighing = Pick<Weighed, "decided"> & Pick<DecisionInputs, "alreadyFired">;
  type Made = { readonly decision: Decision; readonly following: Following };

  async function decideForGood(
    document: EventDocument,
    left: LeftTentative,
    record: string,
    decide: (inputs: DecisionInputs) => Decided,
    weighed: Weighing | null = null,
  ): Promise<Made | Intake> {
    const event = toRecordEvent(document);
    const { _id, place } = document;
    const newest = isNewest(event, left.found);
    const write = recordWriteOf(event, place, record, left.found?.revision ?? 0);
    if (left.expectRevision !== null && newest) {
      const written = await records.replaceExpected(write, left.expectRevision);
      if (written.status === "stale") {
        await calls("take a stale event back", () => events.deleteOne({ _id, place, stage: "tentative" }));
        return written;
      }
    }
    const asked = { ...event, firstTimeRules: left.firstTimeRules };
    const weigh = async (): Promise<Weighing> => {
      const [alreadyFired = new Set<string>()] = await firstTimes.firedBefore([asked]);
      return { alreadyFired, decided: decide({ stored: left.found, alreadyFired }) };
    };
    for (let now = weighed ?? (await weigh()); ; now = await weigh()) {
      const { decided, alreadyFired } = now;
      const first = decided.firstTime.filter((rule) => !alreadyFired.has(rule));
      if (!(await firstTimes.remember(asked, first))) continue;
      const ends = isEnding(event, left.found);
      const open: LeftOpen = { runs: leftRuns(decided.runs), ends };
      const change = {
        stage: "open" as const,
        decision: JSON.stringify(decided.decision),
        runs: decided.runs.map(({ run }) => run.id),
        left: JSON.stringify(open),
      };
      const { matchedCount } = await calls("decide an event", () => events.updateOne({ _id, place, stage: "tentative" }, { $set: change }));
      if (matchedCount === 0 && !(await isAs(_id, change.decision))) return decidedByAnother(event);
      return {
        decision: decided.decision,
        following: { event, place, runs: decided.runs.map(unasked), write: event.origin === "fieldUpdate" ? null : write, ends },
      };
    }
  }

  /** Said twice, or decided in the same words by another: either way it stands as we say it. */
  async function isAs(_id: string, decision: string): Promise<boolean> {
    const there = await calls("find an event", () => events.findOne({ _id }, { projection: { decision: 1 } }));
    return there?.decision === decision;
  }

  /** Somebody else finished it while we paused: what is in the store counts, and nothing of it is ours to start. */
  async function decidedByAnother(event: RecordEvent): Promise<Intake> {
    const document = await calls("find an event", () => events.findOne({ _id: eventKey(event) }));
    if (!document?.decision) return { status: "stale", revision: 0 };
    const keys = document.runs.map((id) => keyOf(event.organization, id));
    const written = await calls("find runs", () => runs.find({ _id: { $in: keys } }).toArray());
    const stored = (await records.find([keyOf(event.organization, event.module, event.recordId)])).values().next().value;
    return {
      status: "accepted",
      decision: JSON.parse(document.decision) as Decision,
      runs: written.map(toRun).map((run) => (run.status === "running" ? { ...run, status: "scheduled" } : run)),
      record: stored ? toStored(stored) : null,
    };
  }

  async function finish(document: EventDocument, decide: (event: RecordEvent, inputs: DecisionInputs) => Decided): Promise<void> {
    const event = toRecordEvent(document);
    const record = JSON.stringify(event.record);
    if (document.stage === "tentative") {
      const left = JSON.parse(document.left ?? "") as LeftTentative;
      const made = await decideForGood(document, left, record, (inputs) => decide(event, inputs));
      if ("status" in made) return;
      await followUp([made.following]);
    } else {
      const left = JSON.parse(document.left ?? "") as LeftOpen;
      const write = event.origin === "fieldUpdate" ? null : recordWriteOf(event, document.place, record, 0);
      const planned = left.runs.map(({ run, askedDay }) => ({ run, askedDay, leaseUntil: null, quota: null }));
      await followUp([{ event, place: document.place, runs: planned, write, ends: left.ends }]);
    }
    finished(document._id);
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

function isNewest({ occurredAt }: RecordEvent, stored: StoredRecord | null): boolean {
  return stored === null || stored.occurredAt <= occurredAt;
}

function isEnding(event: RecordEvent, stored: StoredRecord | null): boolean {
  return event.type === "deleted" && event.origin !== "fieldUpdate" && isNewest(event, stored);
}

function unasked<T>(planned: T): T & { readonly askedDay: null } {
  return { ...planned, askedDay: null };
}

function accepted(inputs: DecisionInputs, decision: Decision, followed: Followed | undefined): Intake {
  return { status: "accepted", decision, runs: followed?.runs ?? [], record: followed?.record ?? inputs.stored };
}

async function settled(intake: Promise<Intake>): Promise<Answer<Intake>> {
  try {
    return { value: await intake };
  } catch (error) {
    return { error };
  }
}

import type { Document } from "mongodb";
import type { Move, RunLedger } from "../../runs.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { keyOf, newMark } from "../ids.ts";
import { leavingPlaces, placementOf, toPlace } from "./placement.ts";

/** What an event says of a pending run of its record. `seen`: as of which event the run was due as this one saw it. */
export type Word = Move & { readonly seen: string };

/** What one event says. */
export type Words = { readonly organization: string; readonly asOf: string; readonly moves: readonly Word[] };

/** How pending runs are moved. */
export type Moves = Pick<RunLedger, "move"> & {
  /** Has these words hold, in any order and however often they are said. */
  hold(all: readonly Words[]): Promise<void>;
};

/**
 * Of each run that an event saw pending it says where that belongs, also where that is where it is. The run keeps as of which event it is due
 * then, so that of two events, whoever comes late with its words, those of the newer one hold.
 * @param pending as the event saw them
 * @param moves of those that belong elsewhere
 */
export function wordsOn(pending: readonly RunDocument[], moves: readonly Move[]): readonly Word[] {
  return pending.map((run) => ({ ...(moves.find((move) => move.run === run.id) ?? staying(run)), seen: run.asOf ?? "" }));
}

function staying({ id: run, dueAt, timing }: RunDocument): Move {
  return { run, from: dueAt, to: { status: "scheduled", reason: dueAt === null ? "dateEmpty" : null, dueAt, zone: timing?.zone ?? "" } };
}

export function createMoves(calls: Calls, { runs }: Pick<Collections, "runs">): Moves {
  return {
    async hold(all) {
      const statements = all.flatMap(({ organization, asOf, moves }) =>
        moves.map((word) => ({
          updateOne: { filter: { _id: keyOf(organization, word.run), ...heeding(word, asOf) }, update: toHeed(word, asOf) },
        })),
      );
      if (statements.length > 0) await calls("move pending runs", () => runs.bulkWrite(statements, { ordered: false }));
    },
    async move(organization, { run, from, to }) {
      const _id = keyOf(organization, run);
      const mark = newMark();
      const pending = { _id, status: "scheduled", dueAt: from, mark: { $ne: mark } };
      const { matchedCount } = await calls("move a run", () => runs.updateOne(pending, changeOf(to, mark)));
      if (matchedCount === 1) return true;
      // Said twice, and done the first time.
      return (await calls("find a moved run", () => runs.findOne({ _id, mark }, { projection: { _id: 1 } }))) !== null;
    },
  };
}

/** A run that heeds this word of an event. */
function heeding({ from, to, seen }: Word, asOf: string) {
  // Another stands in its stead, whatever its time is by now.
  if (to.status === "skipped" && to.reason === "superseded") return { status: "scheduled", asOf: { $exists: true } };
  // Where it is due at another time, an older event has moved it since; what moved it without an event stays.
  return { status: "scheduled", asOf: { $lt: asOf }, $or: [{ dueAt: from }, { asOf: { $gt: seen } }] };
}

/** What it becomes by it; one that counts from a date has a timing and a zone. */
function toHeed({ to }: Word, asOf: string) {
  const { change, placement } = movedTo(to);
  const { $set, $unset } = toPlace(placement);
  const zoned = to.status === "scheduled" ? { "timing.zone": to.zone, wallZone: to.zone } : {};
  return { $set: { ...$set, ...change, ...zoned, asOf }, $unset };
}

/** The same of any run, which may depend on no zone. */
function changeOf(to: Move["to"], mark: string): Document[] {
  const { change, placement } = movedTo(to);
  const zoned = to.status === "scheduled" ? reckonedIn(to.zone) : {};
  return [{ $set: { ...placement, ...change, ...zoned, mark } }, { $unset: leavingPlaces(placement) }];
}

function movedTo(to: Move["to"]) {
  const { status, reason } = to;
  const dueAt = to.status === "scheduled" ? to.dueAt : null;
  const due = to.reason === "superseded" ? {} : { dueAt: to.dueAt };
  const change = { status, reason, ...due, ...(to.status === "skipped" ? { finishedAt: to.at } : {}) };
  return { change, placement: placementOf({ status, dueAt, waits: false }) };
}

function reckonedIn(zone: string): Document {
  const own = { $literal: zone };
  const where = (key: string, value: Document): Document => ({ $cond: [{ $eq: [{ $type: key }, "missing"] }, "$$REMOVE", value] });
  return { timing: where("$timing", { $mergeObjects: ["$timing", { zone: own }] }), wallZone: where("$wallZone", own) };
}

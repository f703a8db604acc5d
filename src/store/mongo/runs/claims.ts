import { ACTION_TYPES, type ActionType } from "../../../model/action-type.ts";
import { lostAttempt } from "../../../model/run.ts";
import type { Claimed, ClaimRequest, Claim, RunLedger } from "../../runs.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { createDueTimes } from "./due-times.ts";
import { createFairPicks } from "./fair-picks.ts";
import { keyById, newMark } from "../ids.ts";
import { placementOf, toPlace } from "./placement.ts";
import { toRun } from "./run-document.ts";
import { together } from "../together.ts";
import { createTurns } from "../turns.ts";
import type { Taken, Unanswered } from "./unanswered.ts";

/** Who works on what. */
export type Claims = Pick<RunLedger, "claim" | "extend" | "nextDue">;

/** Of runs whose lease ended, those looked at in one claim; workers that died held no more than their slots. */
const MOST_LOST = 500;

/** With many workers after the same runs each round leaves somebody with less than it has room for; the next second's claim is soon enough. */
const MOST_ROUNDS = 8;

export function createClaims(calls: Calls, { runs }: Pick<Collections, "runs">, unanswered: Unanswered): Claims {
  const pick = createFairPicks(calls, runs);
  const dueTimes = createDueTimes(calls, runs);

  async function claim(request: ClaimRequest): Promise<readonly Claimed[]> {
    const left = { ...request.slots };
    const claimed: Claimed[] = [];
    const hand = (taken: readonly Claimed[]): void => {
      for (const { run } of taken) left[run.action.type] -= 1;
      claimed.push(...taken);
    };
    try {
      for (const taken of unanswered.all()) hand(await takeUnanswered(taken, request, left));
      for (let round = 1; round <= MOST_ROUNDS; round++) {
        const { taken, missed } = await claimOnce(request, left);
        hand(taken);
        // What others were quicker with leaves room for what comes behind it.
        if (missed === 0) break;
      }
    } catch (error) {
      // What was taken before is to be started; what fails here is found by the next claim.
      if (claimed.length === 0) throw error;
    }
    return claimed.toSorted(inDueOrder);
  }

  async function claimOnce(request: ClaimRequest, left: Readonly<Record<ActionType, number>>) {
    const room = { ...left };
    const [ended, dueTypes] = await Promise.all([expired(request.now, room), dueTimes.ofTypes({ $lte: request.now })]);
    const lost = ended.filter(({ type }) => takeSlot(room, type));
    const types = ACTION_TYPES.filter((type) => room[type] > 0 && dueTypes.has(type));
    const due = await Promise.all(types.map((type) => pick(type, request.now, room[type])));
    const lostKeys = lost.map(({ _id }) => _id);
    const picked: Taken = { mark: newMark(), keys: [...lostKeys, ...due.flat()], lost: new Set(lostKeys) };
    if (picked.keys.length === 0) return { taken: [], missed: 0 };
    try {
      await together([takeLost(lost, request, picked.mark), takeDue(due.flat(), request, picked.mark)]);
      const taken = await claimedBy(picked, request.now);
      return { taken, missed: picked.keys.length - taken.length };
    } catch (error) {
      unanswered.add(picked);
      throw error;
    }
  }

  /** What an earlier claim took without our hearing of it, as long as it is still ours; what has no slot waits for the next claim. */
  async function takeUnanswered(taken: Taken, { now, leaseUntil }: ClaimRequest, left: Readonly<Record<ActionType, number>>) {
    const ours = { _id: { $in: [...taken.keys] }, claim: taken.mark, status: "running", leaseUntil: { $gt: now } };
    await calls("extend unanswered claims", () => runs.updateMany(ours, { $max: { leaseUntil } }));
    const room = { ...left };
    const [handed, waiting] = [[] as Claimed[], [] as string[]];
    for (const one of await claimedBy(taken, now))
      if (takeSlot(room, one.run.action.type)) handed.push(one);
      else waiting.push(keyById(one.run));
    unanswered.answered(taken, waiting);
    return handed;
  }

  async function expired(now: number, room: Readonly<Record<ActionType, number>>): Promise<readonly RunDocument[]> {
    const types = ACTION_TYPES.filter((type) => room[type] > 0);
    return calls("find lost runs", () =>
      runs
        .find({ leaseUntil: { $lte: now }, type: { $in: types } }, { hint: "lease" })
        .sort({ leaseUntil: 1 })
        .limit(MOST_LOST)
        .toArray(),
    );
  }

  async function takeLost(lost: readonly RunDocument[], { now, leaseUntil }: ClaimRequest, mark: string): Promise<void> {
    if (lost.length === 0) return;
    const statements = lost.map((document) => ({
      updateOne: {
        filter: { _id: document._id, token: document.token, status: "running", leaseUntil: { $lte: now } },
        update: {
          $set: { leaseUntil, claim: mark, claimedAt: now },
          $inc: { token: 1 },
          $push: { attempts: JSON.stringify(lostAttempt(document.attempts.length, document.claimedAt ?? document.createdAt, now)) },
        },
      },
    }));
    await calls("claim lost runs", () => runs.bulkWrite(statements, { ordered: false }));
  }

  async function takeDue(keys: readonly string[], { now, leaseUntil }: ClaimRequest, mark: string): Promise<void> {
    if (keys.length === 0) return;
    const { $set, $unset } = toPlace(placementOf({ status: "running", dueAt: null, waits: false, leaseUntil }));
    await calls("claim due runs", () =>
      runs.updateMany(
        { _id: { $in: [...keys] }, wakeAt: { $lte: now } },
        { $set: { ...$set, status: "running", claim: mark, claimedAt: now }, $unset, $inc: { token: 1 } },
      ),
    );
  }

  /** Those of them that are ours; one whose lease has ended is whoever's that claims it next. */
  async function claimedBy({ mark, keys, lost }: Taken, now: number): Promise<readonly Claimed[]> {
    const ours = { _id: { $in: [...keys] }, claim: mark, status: "running", leaseUntil: { $gt: now } };
    const found = await calls("read claimed runs", () => runs.find(ours).toArray());
    const byKey = new Map(found.map((document) => [document._id, document]));
    return keys.flatMap((key) => {
      const document = byKey.get(key);
      return document ? [{ run: toRun(document), lost: lost.has(key) }] : [];
    });
  }

  /** Never back: a heartbeat whose answer was lost may be said again after the next one. */
  async function extend(claims: readonly Claim[], leaseUntil: number): Promise<readonly Claim[]> {
    if (claims.length === 0) return [];
    const statements = claims.map((one) => ({
      updateOne: {
        filter: { _id: keyById(one), token: one.token, status: "running" },
        update: { $max: { leaseUntil } },
      },
    }));
    const { matchedCount } = await calls("extend leases", () => runs.bulkWrite(statements, { ordered: false }));
    if (matchedCount === claims.length) return [];
    const keys = claims.map(keyById);
    const held = await calls("find held runs", () =>
      runs.find({ _id: { $in: keys }, status: "running" }, { projection: { token: 1 } }).toArray(),
    );
    const tokens = new Map(held.map(({ _id, token }) => [_id, token]));
    return claims.filter((one) => tokens.get(keyById(one)) !== one.token);
  }

  async function nextDue(after: number): Promise<number | null> {
    // Somebody must ask for these, and at once.
    return unanswered.all().length > 0 ? after + 1 : dueTimes.next(after);
  }

  // One after the other: claims of one process would only pick the same runs.
  const inTurn = createTurns();
  return { claim: (request) => inTurn(["claim"], () => claim(request)), extend, nextDue };
}

/** Lost ones first: they have waited longest. */
function inDueOrder(a: Claimed, b: Claimed): number {
  if (a.lost !== b.lost) return a.lost ? -1 : 1;
  return (a.run.dueAt ?? 0) - (b.run.dueAt ?? 0);
}

function takeSlot(left: Record<ActionType, number>, type: string): boolean {
  const known = ACTION_TYPES.find((one) => one === type);
  if (!known || left[known] === 0) return false;
  left[known] -= 1;
  return true;
}

import { ACTION_TYPES, type ActionType } from "../../model/action-type.ts";
import type { Attempt } from "../../model/run.ts";
import type { Claimed, ClaimRequest, Claim, RunLedger } from "../runs.ts";
import type { Calls } from "./calls.ts";
import type { Collections, RunDocument } from "./documents.ts";
import { createFairPicks } from "./fair-picks.ts";
import { keyOf, newMark } from "./ids.ts";
import { placementOf, toPlace } from "./placement.ts";
import { toRun } from "./run-document.ts";
import { createTurns } from "./turns.ts";
import type { Taken, Unanswered } from "./unanswered.ts";

/** Who works on what. */
export type Claims = Pick<RunLedger, "claim" | "extend" | "nextDue">;

/** Of runs whose lease ended, those looked at in one claim: a worker that died held no more than its slots. */
const MOST_LOST = 500;

/** With many workers after the same runs each round leaves somebody with less than it has room for; the next second's claim is soon enough. */
const MOST_ROUNDS = 8;

export function createClaims(calls: Calls, { runs }: Pick<Collections, "runs">, unanswered: Unanswered): Claims {
  const pick = createFairPicks(calls, runs);

  async function claim(request: ClaimRequest): Promise<readonly Claimed[]> {
    const left = { ...request.slots };
    const claimed = [...(await takeUnanswered(left))];
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const { taken, missed } = await claimOnce(request, left);
      claimed.push(...taken);
      // What others were quicker with leaves room for what comes behind it.
      if (missed === 0) break;
    }
    return claimed.toSorted(inDueOrder);
  }

  async function claimOnce(request: ClaimRequest, left: Record<ActionType, number>) {
    const mark = newMark();
    const lost = (await expired(request.now)).filter(({ type }) => takeSlot(left, type));
    const due = (await Promise.all(ACTION_TYPES.map(async (type) => (left[type] > 0 ? pick(type, request.now, left[type]) : [])))).flat();
    const lostKeys = lost.map(({ _id }) => _id);
    const picked: Taken = { mark, keys: [...lostKeys, ...due], lost: new Set(lostKeys) };
    if (picked.keys.length === 0) return { taken: [], missed: 0 };
    try {
      await Promise.all([takeLost(lost, request, mark), takeDue(due, request, mark)]);
      const taken = await claimedBy(picked);
      for (const { run, lost: wasLost } of taken) if (!wasLost) takeSlot(left, run.action.type);
      return { taken, missed: picked.keys.length - taken.length };
    } catch (error) {
      unanswered.add(picked);
      throw error;
    }
  }

  /** What an earlier claim took without our hearing of it, as long as it is still ours. */
  async function takeUnanswered(left: Record<ActionType, number>): Promise<readonly Claimed[]> {
    const asked = unanswered.all();
    if (asked.length === 0) return [];
    const found = (await Promise.all(asked.map(claimedBy))).flat();
    unanswered.clear();
    // Those without a slot are found again when their lease ends.
    return found.filter(({ run }) => takeSlot(left, run.action.type));
  }

  async function expired(now: number): Promise<readonly RunDocument[]> {
    return calls("find lost runs", () =>
      runs
        .find({ leaseUntil: { $lte: now } }, { hint: "lease" })
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
          $push: { attempts: JSON.stringify(lostAttempt(document, now)) },
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

  async function claimedBy({ mark, keys, lost }: Taken): Promise<readonly Claimed[]> {
    const found = await calls("read claimed runs", () => runs.find({ _id: { $in: [...keys] }, claim: mark, status: "running" }).toArray());
    const byKey = new Map(found.map((document) => [document._id, document]));
    return keys.flatMap((key) => {
      const document = byKey.get(key);
      return document ? [{ run: toRun(document), lost: lost.has(key) }] : [];
    });
  }

  async function extend(claims: readonly Claim[], leaseUntil: number): Promise<readonly Claim[]> {
    if (claims.length === 0) return [];
    const statements = claims.map((one) => ({
      updateOne: {
        filter: { _id: keyOf(one.organization, one.id), token: one.token, status: "running" },
        update: { $set: { leaseUntil } },
      },
    }));
    const { matchedCount } = await calls("extend leases", () => runs.bulkWrite(statements, { ordered: false }));
    if (matchedCount === claims.length) return [];
    const keys = claims.map(({ organization, id }) => keyOf(organization, id));
    const held = await calls("find held runs", () =>
      runs.find({ _id: { $in: keys }, status: "running" }, { projection: { token: 1 } }).toArray(),
    );
    const tokens = new Map(held.map(({ _id, token }) => [_id, token]));
    return claims.filter(({ organization, id, token }) => tokens.get(keyOf(organization, id)) !== token);
  }

  async function nextDue(after: number): Promise<number | null> {
    const first = await Promise.all([
      ...ACTION_TYPES.map((type) =>
        calls("next due", () =>
          runs.findOne({ type, wakeAt: { $gt: after } }, { hint: "wake", sort: { wakeAt: 1 }, projection: { _id: 0, wakeAt: 1 } }),
        ),
      ),
      calls("next lease", () =>
        runs.findOne({ leaseUntil: { $gt: after } }, { hint: "lease", sort: { leaseUntil: 1 }, projection: { _id: 0, leaseUntil: 1 } }),
      ),
    ]);
    const instants = first.flatMap((found) => found?.wakeAt ?? found?.leaseUntil ?? []);
    return instants.length === 0 ? null : Math.min(...instants);
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

// The worker that held it stopped without a word: the try counts, so that a run which kills its worker comes to an end.
function lostAttempt({ attempts, claimedAt, createdAt }: RunDocument, now: number): Attempt {
  const startedAt = claimedAt ?? createdAt;
  return {
    number: attempts.length + 1,
    startedAt,
    durationMs: now - startedAt,
    outcome: "lost",
    error: "the worker stopped before it could say how this attempt ended",
    response: null,
  };
}

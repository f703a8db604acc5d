import { ACTION_TYPES, type ActionType } from "../../model/action-type.ts";
import type { Attempt } from "../../model/run.ts";
import type { Claimed, ClaimRequest, Claim, RunLedger } from "../runs.ts";
import type { Calls } from "./calls.ts";
import type { Collections, RunDocument } from "./documents.ts";
import { createFairPicks } from "./fair-picks.ts";
import { keyOf, newMark } from "./ids.ts";
import { placementOf, toPlace } from "./placement.ts";
import { toRun } from "./run-document.ts";

/** Who works on what. */
export type Claims = Pick<RunLedger, "claim" | "extend" | "nextDue">;

/** A claim whose answer was lost: what it took is running, and nobody knows of it but us. */
type Taken = { readonly mark: string; readonly keys: readonly string[]; readonly lost: ReadonlySet<string> };

/** Of runs whose lease ended, those looked at in one claim: a worker that died held no more than its slots. */
const MOST_LOST = 500;

export function createClaims(calls: Calls, { runs }: Pick<Collections, "runs">): Claims {
  const pick = createFairPicks(calls, runs);
  let unanswered: readonly Taken[] = [];

  async function claim(request: ClaimRequest): Promise<readonly Claimed[]> {
    const left = { ...request.slots };
    const mark = newMark();
    const found = await takeUnanswered(left);
    const lost = (await expired(request.now)).filter(({ type }) => takeSlot(left, type));
    const due = (await Promise.all(ACTION_TYPES.map(async (type) => (left[type] > 0 ? pick(type, request.now, left[type]) : [])))).flat();
    const lostKeys = lost.map(({ _id }) => _id);
    const taken: Taken = { mark, keys: [...lostKeys, ...due], lost: new Set(lostKeys) };
    if (taken.keys.length === 0) return found;
    try {
      await Promise.all([takeLost(lost, request, mark), takeDue(due, request, mark)]);
      return [...found, ...(await claimedBy(taken))];
    } catch (error) {
      unanswered = [...unanswered, taken];
      throw error;
    }
  }

  /** What an earlier claim took without our hearing of it, as long as it is still ours. */
  async function takeUnanswered(left: Record<ActionType, number>): Promise<readonly Claimed[]> {
    if (unanswered.length === 0) return [];
    const found = (await Promise.all(unanswered.map(claimedBy))).flat();
    unanswered = [];
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

  return { claim, extend, nextDue };
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

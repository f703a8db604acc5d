import type { Document, UpdateFilter } from "mongodb";
import { isTerminal, type Attempt } from "../../../model/run.ts";
import type { Claim, RunLedger, Settlement } from "../../runs.ts";
import type { Answer } from "../batches.ts";
import { createBatches } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import type { Endings } from "./endings.ts";
import type { Grants } from "./grants.ts";
import { groupBy } from "../group.ts";
import { keyById, newMark } from "../ids.ts";
import { leavingPlaces, placementOf, toPlace } from "./placement.ts";

type Settling = { readonly claim: Claim; readonly settlement: Settlement };

/** How attempts are written down; those of one moment together. */
export type Settlements = Pick<RunLedger, "settle"> & { settled(): Promise<void> };

export type SettlementParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly grants: Grants;
  readonly endings: Endings;
};

export function createSettlements({ calls, collections: { runs }, grants, endings }: SettlementParts): Settlements {
  // Never alone once more: under another mark it would take what the first try wrote for another worker's.
  const batches = createBatches(settleAll);

  async function settleAll(batch: readonly Settling[]): Promise<readonly Answer<boolean>[]> {
    const mark = newMark();
    // A claim said twice in one batch is settled by the first.
    const first = new Map(batch.toReversed().map((settling) => [claimOf(settling.claim), settling]));
    const once = [...first.values()];
    const groups = groupBy(once, ({ claim, settlement }) =>
      isPlain({ claim, settlement }) ? `${settlement.status} ${settlement.reason} ${claim.token}` : "other",
    );
    const keys = await Promise.all(
      [...groups].map(([kind, group]) => (kind === "other" ? settleEach(group, mark) : settleAlike(group, mark))),
    );
    const done = new Set(keys.flatMap((some) => [...some]));
    const written = new Set(once.filter(({ claim }) => done.has(claimOf(claim))));
    for (const settling of once) grants.over(keyById(settling.claim), written.has(settling));
    return batch.map((settling) => ({ value: written.has(settling) }));
  }

  /** Runs that end in the same way: one command for all. */
  async function settleAlike(group: readonly Settling[], mark: string): Promise<ReadonlySet<string>> {
    const [first] = group;
    if (!first) return new Set();
    const { status, reason } = first.settlement;
    const keys = group.map(({ claim }) => keyById(claim));
    const mine = (values: readonly unknown[]) => ({
      $arrayElemAt: [{ $literal: values }, { $indexOfArray: [{ $literal: keys }, "$_id"] }],
    });
    const placement = placementOf({ status, dueAt: null, waits: false });
    const change: Document[] = [
      {
        $set: {
          ...placement,
          status,
          reason,
          mark,
          quotaDay: { $ifNull: ["$quotaDay", mine(keys.map(grants.dayOf))] },
          finishedAt: mine(group.map(({ settlement }) => settlement.at)),
          attempts: {
            $concatArrays: ["$attempts", mine(group.map(({ settlement: { attempt } }) => (attempt ? [JSON.stringify(attempt)] : [])))],
          },
        },
      },
      { $unset: leavingPlaces(placement) },
    ];
    const held = { _id: { $in: keys }, token: first.claim.token, status: "running" };
    const { matchedCount } = await calls("settle runs", () => runs.updateMany(held, change));
    return writtenBy(group, mark, matchedCount);
  }

  async function settleEach(group: readonly Settling[], mark: string): Promise<ReadonlySet<string>> {
    const statements = group.map(({ claim, settlement }) => ({
      updateOne: { filter: held(claim), update: changeOf(claim, settlement, { mark, quotaDay: grants.dayOf(keyById(claim)) }) },
    }));
    const { matchedCount } = await calls("settle runs one by one", () => runs.bulkWrite(statements, { ordered: false }));
    const written = await writtenBy(group, mark, matchedCount);
    const over = group.filter(({ claim, settlement }) => isEnding({ claim, settlement }) && written.has(claimOf(claim)));
    await Promise.all(over.map(({ claim }) => endings.tell(keyById(claim))));
    return written;
  }

  /** Which of these claims were settled under this mark, by this try or by one before it whose answer was lost. */
  async function writtenBy(group: readonly Settling[], mark: string, matched: number): Promise<ReadonlySet<string>> {
    if (matched === group.length) return new Set(group.map(({ claim }) => claimOf(claim)));
    const keys = group.map(({ claim }) => keyById(claim));
    const found = await calls("find settled runs", () => runs.find({ _id: { $in: keys }, mark }, { projection: { token: 1 } }).toArray());
    return new Set(found.map(({ _id, token }) => `${_id} ${token}`));
  }

  return {
    settle(claim, settlement) {
      // The event's next action waits for a field update.
      const add = claim.action.type === "fieldUpdate" ? batches.add : batches.addSoon;
      return add({ claim, settlement });
    },
    settled: batches.settled,
  };
}

/** Fenced by the token: only whoever claimed it last. */
export function held(claim: Claim) {
  return { _id: keyById(claim), token: claim.token, status: "running" };
}

type Marks = { readonly mark: string; readonly quotaDay: string | null };

function changeOf(claim: Claim, settlement: Settlement, { mark, quotaDay }: Marks): UpdateFilter<RunDocument> {
  const { status, reason, dueAt, attempt, frozen, at } = settlement;
  const over = isTerminal(status);
  const { $set, $unset } = toPlace(placementOf({ status, dueAt, waits: false }));
  return {
    $set: {
      ...$set,
      status,
      reason,
      mark,
      ...(quotaDay === null ? {} : { quotaDay }),
      ...(over ? { finishedAt: at } : { dueAt, finishedAt: null }),
      ...(frozen === undefined ? {} : { frozen: frozen === null ? null : JSON.stringify(frozen) }),
      ...(isEnding({ claim, settlement }) ? { ending: true as const } : {}),
    },
    $unset,
    ...(attempt ? { $push: { attempts: JSON.stringify(attempt satisfies Attempt) } } : {}),
  };
}

/** What almost every run comes to: it is over, and nobody waits for it. */
function isPlain({ claim, settlement: { status, frozen } }: Settling): boolean {
  return isTerminal(status) && frozen === undefined && claim.action.type !== "fieldUpdate";
}

function isEnding({ claim, settlement }: Settling): boolean {
  return claim.action.type === "fieldUpdate" && isTerminal(settlement.status);
}

/** A run by one of its claims. */
function claimOf(claim: Claim): string {
  return `${keyById(claim)} ${claim.token}`;
}

import type { AnyBulkWriteOperation } from "mongodb";
import type { Claim, QuotaRequest, RunLedger } from "../../runs.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { groupBy } from "../group.ts";
import { keyById, newMark } from "../ids.ts";
import { placementOf, toPlace } from "./placement.ts";
import type { Asking, QuotaCounter } from "./quota.ts";
import { held } from "./settlements.ts";
import { together } from "../together.ts";

type Taking = { readonly claim: Claim; readonly quota: QuotaRequest; readonly now: number };
type Outcome = Awaited<ReturnType<RunLedger["takeQuota"]>>;

export type QuotaAsking = Pick<RunLedger, "takeQuota"> & { settled(): Promise<void> };

/**
 * Quota of claimed runs: a run writes down which day it asks, then asks, then writes down that it was granted. Whatever is cut off or said
 * twice in between, the next who asks for the run asks the same day under the same name, and the day's counter knows it.
 */
export function createQuotaAsking(calls: Calls, { runs }: Pick<Collections, "runs">, counter: QuotaCounter): QuotaAsking {
  // One batch after the other: of two who ask for the same run, the second sees what the first wrote down.
  const batches = createBatches(takeAll);

  async function takeAll(batch: readonly Taking[]): Promise<readonly Answer<Outcome>[]> {
    await writeAsking(batch);
    const documents = await holding(batch);
    const askings = new Map<Taking, Asking>();
    for (const taking of batch) {
      const document = documents.get(taking);
      if (document && document.quotaDay === null) askings.set(taking, askingOf(document, taking.quota));
    }
    const granted = await counter.take([...askings.values()]);
    const [, exceeded] = await together([
      writeGranted(batch.flatMap((taking) => (isGranted(taking) ? (documents.get(taking) ?? []) : []))),
      writeExceeded(batch.filter((taking) => askings.has(taking) && !isGranted(taking))),
    ]);
    counter.recorded([...granted]);
    return batch.map((taking) => ({ value: outcomeOf(taking) }));

    function isGranted(taking: Taking): boolean {
      const asking = askings.get(taking);
      return asking !== undefined && granted.has(asking);
    }
    function outcomeOf(taking: Taking): Outcome {
      if (!documents.has(taking)) return "lost";
      if (!askings.has(taking) || isGranted(taking)) return "granted";
      return exceeded.has(taking) ? "exceeded" : "lost";
    }
  }

  async function writeAsking(batch: readonly Taking[]): Promise<void> {
    const alike = groupBy(batch, ({ claim: { token }, quota: { day } }) => `${token} ${day}`);
    const statements = [...alike.values()].flatMap(toAsk);
    await calls("write down the day asked", () => runs.bulkWrite(statements, { ordered: false }));
  }

  async function holding(batch: readonly Taking[]): Promise<ReadonlyMap<Taking, RunDocument>> {
    const keys = batch.map(({ claim }) => keyById(claim));
    const found = await calls("find asking runs", () => runs.find({ _id: { $in: keys }, status: "running" }).toArray());
    const byKey = new Map(found.map((document) => [document._id, document]));
    return new Map(
      batch.flatMap((taking, i) => {
        const document = byKey.get(keys[i] ?? "");
        return document && document.token === taking.claim.token ? [[taking, document] as const] : [];
      }),
    );
  }

  async function writeGranted(documents: readonly RunDocument[]): Promise<void> {
    if (documents.length === 0) return;
    // Whoever holds it by now: the grant is the run's, unless a person has asked for it anew since.
    const alike = groupBy(documents, ({ again, askedDay }) => `${again} ${askedDay}`);
    const statements = [...alike.values()].flatMap(toGrant);
    await calls("write down granted quota", () => runs.bulkWrite(statements, { ordered: false }));
  }

  async function writeExceeded(batch: readonly Taking[]): Promise<ReadonlySet<Taking>> {
    if (batch.length === 0) return new Set();
    const mark = newMark();
    const statements = batch.map(({ claim, quota: { deferUntil }, now }) => {
      const status = deferUntil === null ? ("skipped" as const) : ("scheduled" as const);
      const { $set, $unset } = toPlace(placementOf({ status, dueAt: deferUntil, waits: false }));
      const change =
        deferUntil === null
          ? { ...$set, status, reason: "quotaExceeded", finishedAt: now }
          : { ...$set, status, reason: null, dueAt: deferUntil };
      return { updateOne: { filter: held(claim), update: { $set: { ...change, askedDay: null, mark }, $unset } } };
    });
    await calls("write down exceeded quota", () => runs.bulkWrite(statements, { ordered: false }));
    const keys = batch.map(({ claim }) => keyById(claim));
    const found = await calls("find exceeded runs", () => runs.find({ _id: { $in: keys }, mark }, { projection: { _id: 1 } }).toArray());
    const written = new Set(found.map(({ _id }) => _id));
    return new Set(batch.filter(({ claim }) => written.has(keyById(claim))));
  }

  return { takeQuota: (claim, quota, now) => batches.add({ claim, quota, now }), settled: batches.settled };
}

/** Claims of one token that ask for the same day. */
function toAsk(alike: readonly Taking[]): readonly AnyBulkWriteOperation<RunDocument>[] {
  const [first] = alike;
  if (!first) return [];
  const _id = { $in: alike.map(({ claim }) => keyById(claim)) };
  const filter = { _id, token: first.claim.token, status: "running" as const, askedDay: null };
  return [{ updateMany: { filter, update: { $set: { askedDay: first.quota.day } } } }];
}

/** Runs that are as often asked for anew, and were granted the same day. */
function toGrant(alike: readonly RunDocument[]): readonly AnyBulkWriteOperation<RunDocument>[] {
  const [first] = alike;
  if (!first) return [];
  const { again, askedDay } = first;
  const filter = { _id: { $in: alike.map(({ _id }) => _id) }, again, askedDay, quotaDay: null };
  return [{ updateMany: { filter, update: { $set: { quotaDay: askedDay } } } }];
}

function askingOf({ organization, id, again, askedDay }: RunDocument, quota: QuotaRequest): Asking {
  return { organization, asker: again === 0 ? id : `${id}.${again}`, quota: { ...quota, day: askedDay ?? quota.day } };
}

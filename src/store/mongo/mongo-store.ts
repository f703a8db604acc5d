import type { Db } from "mongodb";
import type { Store } from "../store.ts";
import { createCalls, type Calls, type Intercept } from "./calls.ts";
import { createChangeHints } from "./change-hints.ts";
import { connect } from "./connect.ts";
import { createDateIndex } from "./dates.ts";
import { createDefinitionStore } from "./definitions.ts";
import { collectionsOf, type EventDocument } from "./documents.ts";
import { createEndings } from "./runs/endings.ts";
import { createTakeCarefully } from "./events/careful-intake.ts";
import { createDecidedByAnother } from "./events/decided-by-another.ts";
import { createFindEarlier } from "./events/earlier-events.ts";
import { createEventLedger } from "./events/events.ts";
import { createWriteExpected } from "./events/expected-records.ts";
import { createFinishedEvents } from "./events/finished-events.ts";
import { createFirstTimes } from "./events/first-times.ts";
import { createFollow } from "./events/follow.ts";
import { createFollowUps } from "./events/follow-up.ts";
import { createGrants } from "./runs/grants.ts";
import { createPlaces } from "./ids.ts";
import { createFindInputs } from "./events/inputs.ts";
import { createIntakes } from "./events/intake.ts";
import { createPlanLate } from "./events/late-plans.ts";
import { createFinishLeft } from "./events/left-events.ts";
import { createWriteNewRuns } from "./events/new-runs.ts";
import { createAwaitOthers } from "./events/others.ts";
import { createTakePlain } from "./events/plain-intake.ts";
import { createStand } from "./events/stand.ts";
import { createDecideForGood } from "./events/tentative.ts";
import { createUnderWay } from "./events/under-way.ts";
import { createKeyStore } from "./keys.ts";
import { createMarkStore } from "./marks.ts";
import { createNotificationStore } from "./notifications.ts";
import { createQuotaCounter } from "./runs/quota.ts";
import { createRecordWrites } from "./record-writes.ts";
import { createRecordStore } from "./records.ts";
import { accessError } from "./refusals.ts";
import { createRetentionStore } from "./retention.ts";
import { createRunLedger } from "./runs/runs.ts";
import { prepareSchema, requireSchema } from "./schema.ts";
import { followServerClock } from "./server-clock.ts";
import { createTurns } from "./turns.ts";
import { createMoves } from "./runs/moves.ts";
import { createUnanswered } from "./runs/unanswered.ts";
import { createPendingRuns } from "./runs/pending-runs.ts";

export type MongoStoreOptions = {
  /** Tests put faults around the driver's calls. */
  readonly intercept?: Intercept;
  /** For who only looks: no collection is made, and a database without a store is refused. */
  readonly looks?: boolean;
};

/** The ledger, and what else may be kept in its database goes by: its connections, and how calls are made that must not be lost. */
export type OpenMongo = { readonly store: Store; readonly db: Db; readonly calls: Calls };

/** The store alone, of `openMongo`. */
export async function openMongoStore(url: string, options: MongoStoreOptions = {}): Promise<Store> {
  return (await openMongo(url, options)).store;
}

/**
 * The store that several machines share: a MongoDB standalone, replica set or sharded cluster. Nothing here needs a transaction: every
 * write names one document by a derived key (or a set of such), says what it expects to find, and may be said again.
 * @param url mongodb:// or mongodb+srv://; it names the database.
 * @throws RulewrightError validation_failed where nothing answers there, a newer version wrote the database, or
 *   who only looks finds no store in it.
 */
export async function openMongo(url: string, { intercept, looks = false }: MongoStoreOptions = {}): Promise<OpenMongo> {
  const { client, db } = await connect(url);
  const calls = createCalls(intercept);
  const collections = collectionsOf(db);
  try {
    await (looks ? requireSchema : prepareSchema)(calls, db, collections);
    const clock = await followServerClock(calls, db);
    const hints = await createChangeHints(db, collections);

    const places = createPlaces();
    const turns = createTurns();
    const underWay = createUnderWay();
    const unanswered = createUnanswered();
    const quota = createQuotaCounter(calls, collections);
    const endings = createEndings(calls, collections);
    const firstTimes = createFirstTimes(calls, collections);
    const records = createRecordWrites(calls, collections);
    const grants = createGrants(quota);
    const writeRuns = createWriteNewRuns({ calls, collections, quota, grants, endings });
    const pendingRuns = createPendingRuns(calls, collections);
    const moves = createMoves(calls, collections);
    const following = { calls, collections, writeRuns, records, moves, unanswered };
    const followUps = createFollowUps(following);
    // Apart from those of events that come in: one that is refused again and again is to hold up none of them.
    const leftFollowUps = createFollowUps(following);
    const decideForGood = createDecideForGood({
      firstTimes,
      pendingRuns,
      writeExpected: createWriteExpected(calls, collections, records),
      stand: createStand(calls, collections),
      decidedByAnother: createDecidedByAnother({ calls, collections, records, firstTimes }),
    });
    const planLate = createPlanLate({ calls, collections, records, pendingRuns });
    const finishedEvents = createFinishedEvents(calls, collections);
    const finished = finishedEvents.add;
    const follow = createFollow(followUps, finished);
    const earlier = createFindEarlier(calls, collections);
    // Where another process has it under way, its sender may have sent it here too.
    const isOurs = ({ _id, place }: Pick<EventDocument, "_id" | "place">): boolean =>
      finishedEvents.has(_id) || (underWay.has(_id) && places.isOurs(place));
    const awaitOthers = createAwaitOthers({ calls, collections, isOurs });
    const intakes = createIntakes({
      findInputs: createFindInputs({ records, firstTimes, pendingRuns }),
      takePlain: createTakePlain({ calls, collections, places, earlier, follow }),
      takeCarefully: createTakeCarefully({ calls, collections, places, earlier, decideForGood, follow }),
      followUps,
      awaitOthers,
      turns,
      underWay,
    });
    const finishLeft = createFinishLeft({ firstTimes, followUps: leftFollowUps, decideForGood, planLate, turns, finished });
    const events = createEventLedger({
      calls,
      collections,
      intakes,
      underWay,
      finishLeft,
      awaitOthers,
      firstTimes,
      finishEndings: endings.finish,
    });
    const runs = createRunLedger({ calls, collections, quota, grants, endings, unanswered, pendingRuns, moves });
    let closing: Promise<void> | null = null;

    async function close(): Promise<void> {
      clock.stop();
      await Promise.all([events.settled(), leftFollowUps.settled(), runs.settled()]);
      // What these still hold back loses nothing if it is not written.
      await Promise.allSettled([finishedEvents.flush(), quota.flush(), hints.close()]);
      await client.close();
    }

    const store: Store = {
      events,
      runs,
      records: createRecordStore(calls, collections, turns),
      dates: createDateIndex(calls, collections),
      marks: createMarkStore(calls, collections),
      definitions: createDefinitionStore(calls, collections, hints.onChange),
      keys: createKeyStore(calls, collections),
      notifications: createNotificationStore(calls, collections, places),
      retention: createRetentionStore(calls, collections, finishedEvents),
      clockOffset: clock.offset,
      async ping() {
        await calls("ping", () => db.command({ ping: 1, maxTimeMS: 1000 }));
      },
      close: () => (closing ??= close()),
    };
    return { store, db, calls };
  } catch (error) {
    await client.close();
    throw accessError(error, client);
  }
}

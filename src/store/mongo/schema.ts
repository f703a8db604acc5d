import type { Db, IndexDescription } from "mongodb";
import { RulewrightError } from "../../model/errors.ts";
import type { Calls } from "./calls.ts";
import { isDuplicateKey } from "./calls.ts";
import type { Collections } from "./documents.ts";

/** Grows when older versions could not work with what this one writes. */
const VERSION = 1;

/**
 * One index for each way in which something is looked for (docs/operations.md names them beside the shard keys). Partial ones hold only what
 * is of interest: an event that is finished, a run that is over or a record without an edit to take in is in none of those.
 */
export const INDEXES = {
  events: {
    place: { organization: 1, place: 1 },
    record: { record: 1, organization: 1, place: 1 },
    kind: { organization: 1, module: 1, type: 1, place: 1 },
    fieldUpdate: { organization: 1, place: 1, origin: 1 },
    left: { leftAt: 1 },
    open: { record: 1, organization: 1 },
  },
  runs: {
    place: { organization: 1, place: 1 },
    record: { record: 1, organization: 1, place: 1 },
    rule: { "rule.id": 1, organization: 1, place: 1 },
    kind: { organization: 1, module: 1, type: 1, place: 1 },
    listed: { organization: 1, listed: 1, place: 1 },
    due: { organization: 1, due: 1, place: 1 },
    pending: { "rule.id": 1, organization: 1, pending: 1, place: 1 },
    wake: { type: 1, wakeAt: 1, place: 1 },
    wakeByOrganization: { type: 1, organization: 1, wakeAt: 1, place: 1 },
    lease: { leaseUntil: 1 },
    waitsFor: { waitsFor: 1 },
    ending: { ending: 1 },
    dated: { dated: 1, place: 1 },
    wallZone: { organization: 1, wallZone: 1 },
  },
  records: {
    outbox: { outboxAt: 1, _id: 1 },
    // By whatever stands there. A list in which each date names its field could be searched, and never read in the order of the dates.
    dates: { "dates.$**": 1 },
  },
  generations: { number: { organization: 1, number: -1 }, made: { organization: 1, made: 1 } },
  quota: { day: { day: 1 } },
  keys: { organization: { organization: 1, createdAt: 1 } },
  notifications: {
    place: { organization: 1, place: 1 },
    user: { user: 1, organization: 1, place: 1 },
    unread: { organization: 1, unread: 1, place: 1 },
    unreadOfUser: { user: 1, organization: 1, unread: 1, place: 1 },
  },
} as const satisfies Partial<Record<keyof Collections, Readonly<Record<string, Readonly<Record<string, 1 | -1>>>>>>;

/** Of the indexes that hold a part only: of what. */
const PARTS: Readonly<Record<string, object>> = {
  "events.fieldUpdate": { origin: "fieldUpdate" },
  "events.left": { leftAt: { $exists: true } },
  "events.open": { stage: "open" },
  "runs.listed": { listed: { $exists: true } },
  "runs.due": { due: { $exists: true } },
  "runs.pending": { pending: true },
  "runs.wake": { wakeAt: { $exists: true } },
  "runs.wakeByOrganization": { wakeAt: { $exists: true } },
  "runs.lease": { leaseUntil: { $exists: true } },
  "runs.waitsFor": { waitsFor: { $exists: true } },
  "runs.ending": { ending: true },
  // By the status itself, so that whatever changes that, of whatever version, need not know of them.
  "runs.dated": { dated: { $exists: true }, status: "scheduled" },
  "runs.wallZone": { wallZone: { $exists: true }, status: "scheduled" },
  "records.outbox": { outboxAt: { $exists: true } },
  "notifications.unread": { unread: true },
  "notifications.unreadOfUser": { unread: true },
};

/**
 * Makes the collections' indexes where they are not there yet. Several processes may do so at the same instant.
 * @throws RulewrightError validation_failed where a newer version of Rulewright wrote this database.
 */
export async function prepareSchema(calls: Calls, db: Db, collections: Collections): Promise<void> {
  await writeVersion(calls, collections);
  await refuseNewer(calls, db, collections);
  for (const [of, indexes] of Object.entries(INDEXES)) {
    const descriptions: IndexDescription[] = Object.entries(indexes).map(([name, key]) => {
      const part = PARTS[`${of}.${name}`];
      return { name, key, ...(part ? { partialFilterExpression: part } : {}) };
    });
    // The keys of INDEXES are those of the collections.
    const collection = collections[of as keyof typeof INDEXES];
    await calls(`indexes of ${of}`, () => collection.createIndexes(descriptions));
  }
}

/** Leaves the database as it is. @throws RulewrightError validation_failed where there is no store in it, or a newer version wrote it. */
export async function requireSchema(calls: Calls, db: Db, collections: Collections): Promise<void> {
  if (!(await refuseNewer(calls, db, collections)))
    throw new RulewrightError(
      "validation_failed",
      `There is no store in the database ${db.databaseName}: name the one that \`rulewright serve\` uses with --store or RULEWRIGHT_STORE`,
    );
}

async function writeVersion(calls: Calls, { meta }: Collections): Promise<void> {
  try {
    await calls("write the schema version", () => meta.insertOne({ _id: "schema", version: VERSION }));
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** Is there a store? */
async function refuseNewer(calls: Calls, db: Db, { meta }: Collections): Promise<boolean> {
  const found = await calls("schema version", () => meta.findOne({ _id: "schema" }));
  if (found?.version !== undefined && found.version > VERSION)
    throw new RulewrightError(
      "validation_failed",
      `The database ${db.databaseName} was written by a newer version of Rulewright (schema ${found.version}, this one knows ${VERSION}). Upgrade, or restore a backup.`,
    );
  return found !== null;
}

import type { Db, Collection } from "mongodb";
import type { RunTiming } from "../../model/run.ts";

/*
 * What the collections hold. `_id` is always made from the organization and the thing's own id (`ids.ts`), so that writing a thing again
 * finds it there, and so that every write names its shard key. What users bring (records, documents, answers of receivers) is kept as JSON
 * text: any key and any number comes back as it came, and nothing of it can be taken for an operator. Instants are ms.
 */

export type EventDocument = {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  /** Its place in the order of the log; unique to the intake that wrote it. */
  readonly place: string;
  readonly fingerprint: string | null;
  readonly module: string;
  readonly type: string;
  readonly record: string;
  readonly origin: string;
  readonly occurredAt: number;
  readonly storedAt: number;
  /** JSON of what is not a column. */
  readonly body: string;
  /** JSON of the decision; null while it is tentative. */
  readonly decision: string | null;
  /** Ids of its runs in the order planned. */
  readonly runs: readonly string[];
  /** Of what it was asked about once for each record: what it is remembered for. Absent of an event that nobody asked so. */
  readonly remembers?: readonly string[];
  /**
   * What is left to do: `tentative`, stored and not decided for good; `open`, decided, and its runs and its record may not be written yet.
   * Absent: nothing, as of almost all. What else is needed to finish it is there as long as this is.
   */
  readonly stage?: "tentative" | "open";
  readonly left?: string;
  /** When it was written. */
  readonly leftAt?: number;
};

export type RunDocument = {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly place: string;
  readonly event: string;
  /** Null where it is of none. */
  readonly execution: string | null;
  /** Absent of what a rule planned. */
  readonly planner?: "schedule";
  readonly rule: { readonly id: string; readonly name: string; readonly version: number };
  readonly module: string;
  readonly record: string;
  readonly condition: number;
  readonly n: number;
  readonly type: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string | null;
  readonly dueAt: number | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  /** JSON of each. */
  readonly attempts: readonly string[];
  readonly timed: boolean;
  readonly recheck: boolean;
  readonly outlivesRecord: boolean;
  /** Key of the field update that must settle first. */
  readonly waitsFor?: string;
  readonly quotaDay: string | null;
  /** The day whose quota it asks for: written down before it asks, so that it asks the same day again after a crash. */
  readonly askedDay: string | null;
  /** How often a person asked for it again: each time counts against the quota for itself. */
  readonly again: number;
  /** JSON of what the first attempt froze. */
  readonly frozen: string | null;
  readonly token: number;
  readonly claimedAt: number | null;
  /** Of the write that claimed it, of the one that settled it. */
  readonly claim?: string;
  readonly mark?: string;
  /** A field update that is over and whose end the others have not been told yet. */
  readonly ending?: true;
  /** What its due time is reckoned from; absent of a run that is due once and for all. */
  readonly timing?: RunTiming;
  /** Of one that counts from a date field: the key of its record. */
  readonly dated?: string;
  /** Of the same: as of which event it is due then (`as-of.ts`). */
  readonly asOf?: string;
  /** Of one whose due time depends on a zone: by which it was reckoned. */
  readonly wallZone?: string;
} & Placement;

/** Where the indexes have a run (`placement.ts`): each is absent where the run has no business there. */
export type Placement = {
  /** Waiting to be claimed: from when. */
  readonly wakeAt?: number;
  /** Running: until when its worker's word counts. */
  readonly leaseUntil?: number;
  /** Its status, of those that are listed by it: everything but `running` and `succeeded`. */
  readonly listed?: string;
  /** Scheduled: the due time to sort by. */
  readonly due?: number;
  /** Scheduled or retrying. */
  readonly pending?: true;
};

export type RecordDocument = {
  readonly _id: string;
  readonly organization: string;
  readonly module: string;
  readonly id: string;
  readonly revision: number;
  readonly occurredAt: number;
  /** Of the event that wrote it last: with `occurredAt` it orders events, so that one that is written again changes nothing. */
  readonly place: string;
  readonly deleted: boolean;
  /** JSON. */
  readonly body: string;
  /** Field updates that changed it and have not ended. */
  readonly appliedRuns?: readonly string[];
  readonly outbox?: readonly { readonly id: string; readonly event: string }[];
  /** Since when something is in the outbox. */
  readonly outboxAt?: number;
  /** Its dates, each by cycle and field, as text that sorts (`date-texts.ts`); absent where there is none. */
  readonly dates?: Readonly<Record<string, string>>;
  /** Since when it has had each of them. */
  readonly since?: Readonly<Record<string, number>>;
};

export type FirstTimeDocument = { readonly _id: string; readonly event: string };

export type QuotaDocument = {
  readonly _id: string;
  readonly day: string;
  readonly used: number;
  /** Runs that were granted and may not have it written down yet: whoever asks again for one of them is not counted again. */
  readonly takers: readonly string[];
};

export type GenerationDocument = {
  readonly _id: string;
  readonly organization: string;
  readonly number: number;
  /** JSON. */
  readonly entries: string;
  /** Keys of the versions that it made, and their documents. */
  readonly made: readonly string[];
  readonly versions: readonly VersionDocument[];
  readonly mark: string;
};

export type VersionDocument = {
  readonly _id: string;
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  /** JSON, as are the conditions. */
  readonly document: string;
  readonly conditions: string;
  readonly createdAt: number;
};

export type KeyDocument = {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly hash: string;
  readonly createdAt: number;
};

export type NotificationDocument = {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly place: string;
  readonly user: string;
  readonly title: string;
  readonly message: string;
  readonly module: string;
  readonly record: string;
  readonly createdAt: number;
  /** Absent once it is read. */
  readonly unread?: true;
};

export type MarkDocument = {
  readonly _id: string;
  readonly revision: number;
  /** JSON. */
  readonly value: string;
  /** Marks of the last writes. */
  readonly writes: readonly string[];
};

/** Of the database as a whole: `schema` has the version, `seal` what the key of the stored secrets has sealed. */
export type MetaDocument = { readonly _id: string; readonly version?: number; readonly sealed?: string };

export type Collections = {
  readonly events: Collection<EventDocument>;
  readonly runs: Collection<RunDocument>;
  readonly records: Collection<RecordDocument>;
  readonly firstTime: Collection<FirstTimeDocument>;
  readonly quota: Collection<QuotaDocument>;
  readonly generations: Collection<GenerationDocument>;
  readonly versions: Collection<VersionDocument>;
  readonly keys: Collection<KeyDocument>;
  readonly notifications: Collection<NotificationDocument>;
  readonly marks: Collection<MarkDocument>;
  readonly meta: Collection<MetaDocument>;
};

export function collectionsOf(db: Db): Collections {
  return {
    events: db.collection("events"),
    runs: db.collection("runs"),
    records: db.collection("records"),
    firstTime: db.collection("first_time"),
    quota: db.collection("quota"),
    generations: db.collection("generations"),
    versions: db.collection("versions"),
    keys: db.collection("api_keys"),
    notifications: db.collection("notifications"),
    marks: db.collection("marks"),
    meta: db.collection("meta"),
  };
}

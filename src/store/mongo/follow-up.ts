import type { RecordEvent } from "../../model/event.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { ActionRun } from "../../model/run.ts";
import type { NewRun } from "../events.ts";
import type { QuotaRequest } from "../runs.ts";
import type { Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf, newMark, placeOfRun } from "./ids.ts";
import { insertNew } from "./insert.ts";
import { placementOf, toPlace } from "./placement.ts";
import type { Asking, QuotaCounter } from "./quota.ts";
import type { RecordWrite, RecordWrites } from "./record-writes.ts";
import { toDocument, toRun } from "./run-document.ts";
import type { Unanswered } from "./unanswered.ts";

/** A decided and stored event with what follows from it. */
export type Following = {
  readonly event: RecordEvent;
  readonly place: string;
  readonly runs: readonly (NewRun & { readonly askedDay: string | null })[];
  /** Null where the record is written already. */
  readonly write: RecordWrite | null;
  readonly ends: boolean;
};

export type Followed = { readonly runs: readonly ActionRun[]; readonly record: StoredRecord | null };

/** What follows from a decided event: its runs, its record, and the end of what was planned on a record that is gone. Repeatable. */
export type FollowUp = (all: readonly Following[]) => Promise<readonly Followed[]>;

export type FollowUpParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly quota: QuotaCounter;
  readonly records: RecordWrites;
  readonly unanswered: Unanswered;
};

export function createFollowUp({ calls, collections: { runs }, quota, records, unanswered }: FollowUpParts): FollowUp {
  async function writeRuns(all: readonly Following[], claim: string): Promise<readonly (readonly ActionRun[])[]> {
    const askings = new Map<NewRun, Asking>();
    for (const planned of all.flatMap((one) => one.runs)) {
      const { run } = planned;
      if (run.status === "running" && planned.quota)
        askings.set(planned, { organization: run.organization, asker: run.id, quota: planned.quota });
    }
    const granted = askings.size === 0 ? NONE : await quota.take([...askings.values()]);
    const written = all.flatMap((one) =>
      one.runs.map((planned, i) => {
        const asking = askings.get(planned);
        const run = asking ? withQuota(planned.run, asking.quota as QuotaRequest, granted.has(asking)) : planned.run;
        const running = run.status === "running";
        const extras = { place: placeOfRun(one.place, i), leaseUntil: planned.leaseUntil, claim: running ? claim : null };
        return { run, asking, document: toDocument(run, { ...extras, askedDay: run.quotaDay ?? planned.askedDay }) };
      }),
    );
    const there = await insertNew(
      calls,
      "insert runs",
      runs,
      written.map(({ document }) => document),
    );
    const kept =
      there.size === 0
        ? new Map<string, ActionRun>()
        : await keptOf(
            written.flatMap(({ document }, i) => (there.has(i) ? [document._id] : [])),
            claim,
          );
    // What was there before asks for itself; only what is written down with this write may be forgotten.
    quota.recorded(
      written.flatMap(({ asking, document }, i) =>
        asking && (!there.has(i) || kept.get(document._id)?.status === "running") ? [asking] : [],
      ),
    );
    let next = 0;
    return all.map((one) =>
      one.runs.map(() => {
        const { run, document } = written[next++] ?? unreachable();
        return kept.get(document._id) ?? run;
      }),
    );
  }

  /** Runs that were there: this very call's, said twice, or those of whoever finished the event meanwhile, which are not ours to start. */
  async function keptOf(keys: readonly string[], claim: string): Promise<Map<string, ActionRun>> {
    const found = await calls("find runs", () => runs.find({ _id: { $in: [...keys] } }).toArray());
    return new Map(
      found.map((document) => {
        const run = toRun(document);
        const others = run.status === "running" && document.claim !== claim;
        return [document._id, others ? { ...run, status: "scheduled" } : run];
      }),
    );
  }

  async function writeRecords(all: readonly Following[]): Promise<ReadonlyMap<RecordWrite, StoredRecord>> {
    const writes = all.flatMap(({ write }) => write ?? []);
    if (writes.length === 0) return new Map();
    const stored = await records.replace(writes);
    return new Map(writes.map((write, i) => [write, stored[i] ?? unreachable()]));
  }

  /** What a rule planned for later on a record that is gone has nothing to look at any more (DESIGN, section 5). */
  async function skipPlanned({ event, place }: Following): Promise<void> {
    const { organization, module, recordId: record, storedAt } = event;
    const planned = { record, organization, module, timed: true, outlivesRecord: false, pending: true as const, place: { $lt: place } };
    const { $set, $unset } = toPlace(placementOf({ status: "skipped", dueAt: null, waits: false }));
    const change = { $set: { ...$set, status: "skipped", reason: "recordDeleted", finishedAt: storedAt }, $unset };
    await calls("skip the runs of a deleted record", () => runs.updateMany(planned, change));
  }

  async function together(all: readonly Following[], claim: string) {
    try {
      // Each to its end, also where another fails: whoever goes on must find nothing of this under way.
      const [written, stored] = await Promise.allSettled([writeRuns(all, claim), writeRecords(all)]);
      if (written.status === "rejected") throw written.reason;
      if (stored.status === "rejected") throw stored.reason;
      await Promise.all(all.filter(({ ends }) => ends).map(skipPlanned));
      return [written.value, stored.value] as const;
    } catch (error) {
      // Nobody will start these but whoever claims next.
      const keys = all.flatMap((one) => one.runs.map(({ run }) => keyOf(run.organization, run.id)));
      unanswered.add({ mark: claim, keys, lost: new Set() });
      throw error;
    }
  }

  return async (all) => {
    const claim = newMark();
    const [written, stored] = await together(all, claim);
    return all.map(({ write }, i) => ({ runs: written[i] ?? [], record: write && (stored.get(write) ?? null) }));
  };
}

const NONE: ReadonlySet<Asking> = new Set();

function withQuota(run: ActionRun, { day, deferUntil }: QuotaRequest, granted: boolean): ActionRun {
  if (granted) return { ...run, quotaDay: day };
  return deferUntil === null
    ? { ...run, status: "skipped", reason: "quotaExceeded", finishedAt: run.createdAt, token: 0 }
    : { ...run, status: "scheduled", dueAt: deferUntil, token: 0 };
}

function unreachable(): never {
  throw new Error("expected a result for each");
}

/** The record write of an event. @param found revision before it, 0 where there was none or nobody knows */
export function recordWriteOf(event: RecordEvent, place: string, body: string, found: number): RecordWrite {
  const { organization, module, recordId: id, occurredAt, record } = event;
  return { organization, module, id, occurredAt, place, deleted: event.type === "deleted", record, body, found };
}

export function eventKey({ organization, id }: Pick<RecordEvent, "organization" | "id">): string {
  return keyOf(organization, id);
}

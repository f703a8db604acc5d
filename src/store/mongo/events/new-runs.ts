import type { ActionRun } from "../../../model/run.ts";
import type { NewRun } from "../../events.ts";
import type { QuotaRequest } from "../../runs.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import type { Endings } from "../runs/endings.ts";
import type { Grants } from "../runs/grants.ts";
import { keyById, placeOfRun } from "../ids.ts";
import { insertNew } from "../insert.ts";
import { placementOf, toPlace } from "../runs/placement.ts";
import type { Asking, QuotaCounter } from "../runs/quota.ts";
import { toDocument, toRun, type RunExtras } from "../runs/run-document.ts";
import { together } from "../together.ts";

/** A planned run; `askedDay`: whose quota somebody may have asked for it before a crash. */
export type PlannedRun = NewRun & { readonly askedDay: string | null };

type EventRuns = { readonly place: string; readonly asOf: string; readonly runs: readonly PlannedRun[] };

export type NewRunParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "runs">;
  readonly quota: QuotaCounter;
  readonly grants: Grants;
  readonly endings: Endings;
};

/**
 * Writes the runs of decided events, those that start at once under this mark, while their quota is asked for: they start once both are
 * known. Answers them as they are written.
 */
export type WriteNewRuns = (all: readonly EventRuns[], mark: string) => Promise<readonly (readonly ActionRun[])[]>;

type Written = { readonly planned: PlannedRun; readonly document: RunDocument; readonly asking: Asking | null };

export function createWriteNewRuns({ calls, collections: { runs }, quota, grants, endings }: NewRunParts): WriteNewRuns {
  return async (all, mark) => {
    const written = all.map((one) =>
      one.runs.map((planned, i) => toWritten(planned, { place: placeOfRun(one.place, i), asOf: one.asOf }, mark)),
    );
    const flat = written.flat();
    const askings = flat.flatMap(({ asking }) => asking ?? []);
    const [there, granted] = await together([
      insertNew(
        calls,
        "insert runs",
        runs,
        flat.map(({ document }) => document),
      ),
      askings.length === 0 ? Promise.resolve(NONE) : quota.take(askings),
    ]);
    // Of an insert that was cut in half, what one waits for may have ended before it was there to be told.
    if (there.size > 0) await endings.tellOver(flat.flatMap(({ document: { waitsFor } }) => waitsFor ?? []));
    await writeExceeded(
      flat.filter(({ asking }) => asking && !granted.has(asking)),
      mark,
    );
    const kept = await keptOf(
      flat.flatMap(({ document }, i) => (there.has(i) ? [document._id] : [])),
      mark,
    );
    return written.map((some) =>
      some.map((one) => {
        const run = kept.get(one.document._id) ?? asGranted(one, granted);
        if (one.asking && granted.has(one.asking) && run.status === "running") grants.add(one.document._id, one.asking);
        return run;
      }),
    );
  };

  /** Over quota: they have never started, and stand as if nobody had claimed them. */
  async function writeExceeded(exceeded: readonly Written[], claim: string): Promise<void> {
    if (exceeded.length === 0) return;
    const statements = exceeded.map(({ planned, document: { _id } }) => {
      const { status, reason, dueAt, finishedAt } = withoutQuota(planned);
      const { $set, $unset } = toPlace(placementOf({ status, dueAt, waits: false }));
      const change = { ...$set, status, reason, dueAt, finishedAt, askedDay: null, token: 0, claimedAt: null };
      return { updateOne: { filter: { _id, claim, token: 1, status: "running" }, update: { $set: change, $unset } } };
    });
    await calls("write down exceeded quota", () => runs.bulkWrite(statements, { ordered: false }));
  }

  /** Runs that were there: this very call's, said twice, or those of whoever finished the event meanwhile, which are not ours to start. */
  async function keptOf(keys: readonly string[], mark: string): Promise<ReadonlyMap<string, ActionRun>> {
    if (keys.length === 0) return new Map();
    const found = await calls("find runs", () => runs.find({ _id: { $in: [...keys] } }).toArray());
    return new Map(
      found.map((document) => {
        const run = toRun(document);
        if (run.status === "running" && document.claim !== mark) return [document._id, { ...run, status: "scheduled" }];
        return [document._id, run.status === "running" ? { ...run, quotaDay: document.askedDay } : run];
      }),
    );
  }
}

const NONE: ReadonlySet<Asking> = new Set();

function toWritten(planned: PlannedRun, of: Pick<RunExtras, "place" | "asOf">, mark: string): Written {
  const { run, quota, leaseUntil } = planned;
  const running = run.status === "running";
  const asking = running && quota ? { organization: run.organization, asker: run.id, quota } : null;
  const askedDay = asking ? asking.quota.day : planned.askedDay;
  const document = toDocument(run, { ...of, leaseUntil, askedDay, claim: running ? mark : null });
  return { planned, document, asking };
}

function asGranted({ planned, asking }: Written, granted: ReadonlySet<Asking>): ActionRun {
  if (!asking) return planned.run;
  return granted.has(asking) ? { ...planned.run, quotaDay: asking.quota.day } : withoutQuota(planned);
}

function withoutQuota({ run, quota }: PlannedRun): ActionRun {
  const { deferUntil }: Pick<QuotaRequest, "deferUntil"> = quota ?? { deferUntil: null };
  return deferUntil === null
    ? { ...run, status: "skipped", reason: "quotaExceeded", finishedAt: run.createdAt, token: 0 }
    : { ...run, status: "scheduled", dueAt: deferUntil, token: 0 };
}

export function keysOfRuns(runs: readonly PlannedRun[]): readonly string[] {
  return runs.map(({ run }) => keyById(run));
}

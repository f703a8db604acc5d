import type { Decided, DecisionInputs, NewEvent } from "../../events.ts";
import type { RecordDocument, RunDocument } from "../documents.ts";
import { keyOf } from "../ids.ts";
import { toStored, type RecordWrites } from "../record-writes.ts";
import { toRun } from "../runs/run-document.ts";
import type { PendingRuns } from "../runs/pending-runs.ts";
import type { FirstTimes } from "./first-times.ts";

/** An event to take in, and how it is decided. */
export type Arriving = {
  readonly event: NewEvent;
  readonly decide: (inputs: DecisionInputs) => Decided;
  /** When it came, by `performance.now()`. */
  readonly since: number;
  /** It is stored and decided for good; what follows is not written yet. */
  readonly onDurable: (() => void) | undefined;
};

/** What the store knows that an event's decision depends on. */
export type Found = {
  readonly arriving: Arriving;
  readonly inputs: DecisionInputs;
  readonly record: RecordDocument | null;
  /** `inputs.pending` as they are stored. */
  readonly pending: readonly RunDocument[];
};

/** Events of different records, all at once. */
export type FindInputs = (round: readonly Arriving[]) => Promise<readonly Found[]>;

export type FindInputsParts = { readonly records: RecordWrites; readonly firstTimes: FirstTimes; readonly pendingRuns: PendingRuns };

export function createFindInputs({ records, firstTimes, pendingRuns }: FindInputsParts): FindInputs {
  /** A record that is not there has no runs, so what is new costs no look at them. */
  async function findRecords(keys: readonly string[]) {
    const stored = await records.find(keys);
    return { stored, pending: await pendingRuns.ofRecords([...stored.keys()]) };
  }

  return async (round) => {
    const [{ stored, pending }, fired] = await Promise.all([
      findRecords(round.map(recordKey)),
      firstTimes.firedBefore(round.map(({ event }) => event)),
    ]);
    return round.map((arriving, i) => {
      const key = recordKey(arriving);
      const record = stored.get(key) ?? null;
      const runs = pending.get(key) ?? [];
      const inputs = { stored: record && toStored(record), alreadyFired: fired[i] ?? new Set<string>(), pending: runs.map(toRun) };
      return { arriving, record, inputs, pending: runs };
    });
  };
}

export function recordKey({ event: { organization, module, recordId } }: Pick<Arriving, "event">): string {
  return keyOf(organization, module, recordId);
}

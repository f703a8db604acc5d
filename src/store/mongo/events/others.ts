import { setTimeout as pause } from "node:timers/promises";
import type { RecordEvent } from "../../../model/event.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import { groupBy } from "../group.ts";
import { keyOf } from "../ids.ts";

/**
 * Resolves once what follows from the events of the same record that are stored by now is written, whoever writes it: who sends an edit after
 * another event was accepted has it compared with the record as that one left it, and what waits for the record's dates is known. What a crash
 * left is finished later than anybody waits here, by whoever looks at what came since (`late-plans.ts`).
 */
export type AwaitOthers = (record: RecordOfEvents) => Promise<void>;

type RecordOfEvents = Pick<RecordEvent, "organization" | "module" | "recordId">;

export type OthersParts = {
  readonly calls: Calls;
  readonly collections: Pick<Collections, "events">;
  /** Is this event on its way in here, or written here and only not marked so? */
  isOurs(event: Pick<EventDocument, "_id" | "place">): boolean;
};

/** A process that goes on is done within milliseconds; what an outage left is finished by the next sweep. */
const LONGEST_MS = 2000;
const PAUSE_MS = 10;
/** Events that are waited for no more: as many as a crash leaves, many times over. */
const MOST_ABANDONED = 10_000;

export function createAwaitOthers({ calls, collections: { events }, isOurs }: OthersParts): AwaitOthers {
  const abandoned = new Set<string>();
  const looks = createBatches(lookForAll);

  /** Of each the keys of earlier events of its record that somebody is still at. */
  async function lookForAll(all: readonly RecordOfEvents[]): Promise<readonly Answer<readonly string[]>[]> {
    const found = await calls("find what others write", () =>
      events
        .find(
          {
            record: { $in: [...new Set(all.map(({ recordId }) => recordId))] },
            organization: { $in: [...new Set(all.map(({ organization }) => organization))] },
            stage: "open",
          },
          { hint: "open", projection: { organization: 1, module: 1, record: 1, place: 1 } },
        )
        .toArray(),
    );
    const open = groupBy(
      found.filter((one) => !abandoned.has(one._id) && !isOurs(one)),
      ({ organization, module, record }) => keyOf(organization, module, record),
    );
    return all.map(({ organization, module, recordId }) => ({
      value: (open.get(keyOf(organization, module, recordId)) ?? []).map(({ _id }) => _id),
    }));
  }

  function abandon(keys: readonly string[]): void {
    if (abandoned.size > MOST_ABANDONED) abandoned.clear();
    for (const key of keys) abandoned.add(key);
  }

  return async (record) => {
    const until = performance.now() + LONGEST_MS;
    let left = await looks.add(record);
    while (left.length > 0) {
      if (performance.now() > until) return abandon(left);
      await pause(PAUSE_MS);
      // Those that come meanwhile were accepted after this one was sent.
      const open = new Set(await looks.add(record));
      left = left.filter((key) => open.has(key));
    }
  };
}

import { setTimeout as pause } from "node:timers/promises";
import { writesRecord } from "../../../model/event.ts";
import type { NewEvent } from "../../events.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { instantPart, keyOf, type Places } from "../ids.ts";
import { recordKey } from "./inputs.ts";

/**
 * Resolves once no other process is still writing what follows from an earlier event of the same record: who sends an edit here after that one
 * was accepted there has it compared with the record as that one left it, and what waits for the record's dates is known. What a crash left is
 * not waited for: whoever finishes it looks at what came since (`late-plans.ts`).
 */
export type AwaitOthers = (event: NewEvent) => Promise<void>;

/** What was stored longer ago is left by a crash. */
const RECENT_MS = 5000;
/** A process that goes on writes what follows within milliseconds, and says so a tenth of a second later. */
const LONGEST_MS = 1000;
const PAUSE_MS = 10;

export function createAwaitOthers(calls: Calls, { events }: Pick<Collections, "events">, places: Places): AwaitOthers {
  const looks = createBatches(lookForAll);

  /** Is somebody else still at an event of its record? */
  async function lookForAll(all: readonly NewEvent[]): Promise<readonly Answer<boolean>[]> {
    const since = Math.min(...all.map(({ storedAt }) => storedAt)) - RECENT_MS;
    const found = await calls("find events that others write", () =>
      events
        .find(
          {
            record: { $in: [...new Set(all.map(({ recordId }) => recordId))] },
            organization: { $in: [...new Set(all.map(({ organization }) => organization))] },
            place: { $gt: instantPart(since) },
            stage: "open",
          },
          { hint: "record", projection: { organization: 1, module: 1, record: 1, place: 1 } },
        )
        .toArray(),
    );
    const busy = new Set(
      found.flatMap(({ organization, module, record, place }) => (places.isOurs(place) ? [] : [keyOf(organization, module, record)])),
    );
    return all.map((event) => ({ value: busy.has(recordKey({ event })) }));
  }

  return async (event) => {
    // Nothing of the record was accepted before it was created, and what rules and dates make of one follows from what is written.
    if (event.type === "created" || !writesRecord(event)) return;
    const until = performance.now() + LONGEST_MS;
    while ((await looks.add(event)) && performance.now() < until) await pause(PAUSE_MS);
  };
}

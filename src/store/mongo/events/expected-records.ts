import type { RecordEvent } from "../../../model/event.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import type { ExpectedWrite, RecordWrites } from "../record-writes.ts";
import { isNewest, recordWriteOf } from "./following.ts";
import type { LeftTentative } from "./left.ts";

/** Writes the record of a tentative event where it is as the event expects; then the event says so, and nobody asks again. */
export type WriteExpected = (document: EventDocument, event: RecordEvent, left: LeftTentative, revision: number) => Promise<ExpectedWrite>;

export function createWriteExpected(calls: Calls, { events }: Pick<Collections, "events">, records: RecordWrites): WriteExpected {
  async function writeOrSee(place: string, event: RecordEvent, left: LeftTentative, revision: number): Promise<ExpectedWrite> {
    const { found, dates = null } = left;
    const write = recordWriteOf(event, { place, dates }, 0);
    if (write && isNewest(event, found)) return records.replaceExpected(write, revision);
    // Older than the record that was found, so it writes nothing; what it expected counts all the same.
    const there = found && !found.deleted ? found.revision : 0;
    return found && there === revision ? { status: "written", record: found } : { status: "stale", revision: there };
  }

  return async ({ _id, place }, event, left, revision) => {
    const written = await writeOrSee(place, event, left, revision);
    const mine = { _id, place, stage: "tentative" as const };
    if (written.status === "stale") await calls("take a stale event back", () => events.deleteOne(mine));
    else {
      const noted: LeftTentative = { ...left, expectRevision: null };
      await calls("note a written record", () => events.updateOne(mine, { $set: { left: JSON.stringify(noted) } }));
    }
    return written;
  };
}

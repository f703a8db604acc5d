import { toCursor } from "../cursor.ts";
import type { Page, PageRequest } from "../page.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { RecordStore } from "../records.ts";
import type { Calls } from "./calls.ts";
import type { Collections } from "./documents.ts";
import { keyOf } from "./ids.ts";
import { createLiveRecords } from "./live-records.ts";
import { createOutbox } from "./outbox.ts";
import { createRead } from "./reads.ts";
import { createRecordUpdates } from "./record-updates.ts";
import { toStored } from "./record-writes.ts";
import type { Turns } from "./turns.ts";

export function createRecordStore(calls: Calls, collections: Pick<Collections, "records" | "runs" | "events">, turns: Turns): RecordStore {
  const read = createRead(calls, "find a record", collections.records);
  const live = createLiveRecords(calls, collections);

  async function list(organization: string, module: string, { limit, cursor }: PageRequest): Promise<Page<StoredRecord>> {
    const found = await live({ organization, module }, cursor, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return { data: shown.map(toStored), nextCursor: found.length > limit && last ? toCursor([last.id]) : null };
  }

  return {
    async record({ organization, module, id }) {
      const document = await read(keyOf(organization, module, id));
      return document && toStored(document);
    },
    records: list,
    update: createRecordUpdates(calls, collections, read, turns),
    ...createOutbox(calls, collections),
  };
}

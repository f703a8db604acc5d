// A process of its own that takes events in as fast as it can and says on stdout which are durable, and where the log ended then.
// node writing-process.js <file> <prefix> <events, 0 for ever>
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { makeDecided, makeEvent, makeRunning, makeQuota } from "../../support/make.ts";
import { openIndex } from "./wal.ts";

const [path = "", prefix = "", events = "0"] = process.argv.slice(2);
const store = openSqliteStore(path);
const index = openIndex(path);
const most = Number(events) || Number.POSITIVE_INFINITY;
let next = 0;

async function lane(): Promise<void> {
  while (next < most) {
    const event = makeEvent({ id: `${prefix}${next++}`, recordId: "shared" });
    const intake = await store.events.intake(event, () => makeDecided({ runs: [makeRunning(event, {}, makeQuota({ limit: 1e9 }))] }));
    const { salt, frames } = index.position();
    process.stdout.write(`${event.id} ${intake.status} ${salt} ${frames} .\n`);
  }
}

await Promise.all(Array.from({ length: 10 }, lane));
index.close();
await store.close();

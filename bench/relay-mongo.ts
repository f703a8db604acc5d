import { createHmac } from "node:crypto";
import http, { type ServerResponse } from "node:http";
import { MongoClient } from "mongodb";
import { createBatches } from "../src/store/mongo/batches.ts";

// The yardstick on MongoDB: events, runs that are born running, a day's count and settlements, each of them many in one command, and a signed
// webhook. Nothing is checked, decided, compared, leased, retried or found again after a crash. Its batches are the store's own, but wait for nobody.
const [url = "", target = ""] = process.argv.slice(2);
const client = await MongoClient.connect(url, { writeConcern: { w: "majority", journal: true } });
const [events, runs, days] = [
  client.db().collection<Text>("events"),
  client.db().collection<Run>("runs"),
  client.db().collection<Day>("days"),
];
await runs.createIndexes([
  { key: { event: 1 } },
  { key: { record: 1 } },
  { key: { leaseUntil: 1 }, name: "lease", partialFilterExpression: { leaseUntil: { $exists: true } } },
]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

type Text = { readonly _id: string; readonly body: string };
type Run = { readonly _id: string; readonly event: string; readonly record: string; readonly token: number; readonly leaseUntil?: number };
type Day = { readonly _id: string; readonly used: number };
type Arriving = { readonly id: string; readonly text: string };

let n = 0;
const intake = createBatches<Arriving, void>(async (batch) => {
  await events.insertMany(
    batch.map(({ id, text }) => ({ _id: id, body: text })),
    { ordered: false },
  );
  const leaseUntil = Date.now() + 8000;
  await Promise.all([
    runs.insertMany(
      batch.map(({ id, text }) => ({ _id: `${id}0`, event: id, record: recordOf(text), token: 1, leaseUntil, status: "running" })),
      { ordered: false },
    ),
    days.updateOne({ _id: "today" }, { $inc: { used: batch.length } }, { upsert: true }),
  ]);
  return batch.map(() => ({ value: undefined }));
});

const settle = createBatches<string, void>(async (ids) => {
  const over = { $set: { status: "succeeded", finishedAt: Date.now(), answer: "ok" }, $unset: { leaseUntil: "" } } as const;
  await runs.updateMany({ _id: { $in: [...ids] }, token: 1 }, over);
  return ids.map(() => ({ value: undefined }));
});

function recordOf(text: string): string {
  return (JSON.parse(text) as { record: { invoice_id: string } }).record.invoice_id;
}

function deliver(arriving: Arriving): void {
  const { id, text } = arriving;
  const run = `${id}0`;
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", "benchmarkSecret12345").update(`${run}.${at}.${text}`).digest("base64");
  const signed = { "webhook-id": run, "webhook-timestamp": at, "webhook-signature": `v1,${signature}` };
  const request = http.request(
    target,
    { method: "POST", agent, headers: { "content-type": "application/json", ...signed } },
    (response) => {
      response.resume();
      response.on("end", () => void settle.addSoon(run));
    },
  );
  // The receiver may close an idle connection in the moment it is used again.
  request.on("error", () => setTimeout(deliver, 10, arriving));
  request.end(text);
}

async function take(text: string, response: ServerResponse): Promise<void> {
  const arriving = { id: `${Date.now().toString(36)}${(n++).toString(36).padStart(6, "0")}`, text };
  await intake.add(arriving);
  response.writeHead(202).end(JSON.stringify({ id: arriving.id }));
  deliver(arriving);
}

const server = http.createServer((request, response) => {
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString()));
  request.on("end", () => void take(text, response));
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as { port: number }).port }));

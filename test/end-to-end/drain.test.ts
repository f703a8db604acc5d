import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listenHttp } from "../outbound/listener.ts";
import { KEY, serve, type Served } from "../support/serve.ts";
import { webhook, type Receiver } from "./application.ts";

let folder: string;
let receiver: Receiver;
let served: Served | null = null;
/** Lets the receiver answer what it holds back, and everything after. */
let release: () => void;
/** Resolves when the first webhook has arrived. */
let arrived: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-drain-"));
  const released = new Promise<void>((resolve) => (release = resolve));
  let seen: () => void;
  arrived = new Promise((resolve) => (seen = resolve));
  receiver = await listenHttp((_received, response) => {
    seen();
    void released.then(() => response.writeHead(200).end("late"));
  });
});
afterEach(async () => {
  release();
  await served?.kill("SIGKILL");
  served = null;
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Served> {
  const rules = join(folder, "rules");
  mkdirSync(rules, { recursive: true });
  writeFileSync(join(rules, "rules.yaml"), webhook("tell", `url: http://127.0.0.1:${receiver.port}/`));
  return (served = await serve(["--store", `sqlite:${join(folder, "drain.db")}`, "--rules", rules], {
    RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
    RULEWRIGHT_OUTBOUND_PORTS: String(receiver.port),
  }));
}

/** Sends an event on a connection of its own, so that a refusal means that nobody has read it; null where the connection was refused. */
function send({ url }: Served, id: string, wait = false): Promise<{ readonly status: number; readonly body: string } | null> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/v1/events${wait ? "?wait=true" : ""}`, {
      method: "POST",
      agent: false,
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    });
    request.on("response", (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    request.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNREFUSED" || error.code === "ECONNRESET" ? resolve(null) : reject(error),
    );
    request.end(JSON.stringify({ id, module: "invoices", type: "created", record: { invoice_id: id } }));
  });
}

/** Sends events until one is refused; answers the ids by what became of them. */
async function sendUntilRefused(to: Served): Promise<{ readonly acknowledged: string[]; readonly refused: string }> {
  const acknowledged: string[] = [];
  for (let n = 1; ; n++) {
    const id = `after-${n}`;
    const answer = await send(to, id);
    if (answer === null || answer.status === 503) return { acknowledged, refused: id };
    expect(answer.status).toBe(202);
    acknowledged.push(id);
  }
}

type Row = { readonly event: string; readonly status: string; readonly attempts: string };

/** Ids of the stored events and the runs, as they are once the process has gone. */
function ledger(): { readonly events: readonly string[]; readonly runs: readonly Row[] } {
  const db = new Database(join(folder, "drain.db"), { readonly: true });
  // The columns named are those of the types.
  const events = db.prepare("select id from events").pluck().all() as string[];
  const runs = db
    .prepare("select events.id as event, runs.status, runs.attempts from runs join events on events.seq = runs.event_seq")
    .all() as Row[];
  db.close();
  return { events, runs };
}

it("SIGTERM waits for the webhook in flight and settles its run; what is refused afterwards is not stored", async () => {
  const own = await start();
  expect(await send(own, "before")).toMatchObject({ status: 202 });
  await arrived;
  const exited = once(own.child, "exit");
  own.child.kill("SIGTERM");
  const { acknowledged, refused } = await sendUntilRefused(own);
  expect(own.child.exitCode).toBeNull();
  release();
  expect(await exited).toEqual([0, null]);

  const { events, runs } = ledger();
  expect(events.toSorted()).toEqual(["before", ...acknowledged].toSorted());
  expect(events).not.toContain(refused);
  const before = runs.filter(({ event }) => event === "before");
  expect(before.map(({ status }) => status)).toEqual(["succeeded"]);
  expect(JSON.parse(before[0]?.attempts ?? "")).toMatchObject([
    { number: 1, outcome: "succeeded", response: { status: 200, body: "late" } },
  ]);
  // Each acknowledged event has its run: done, or still to be done by the next process.
  expect(runs.map(({ event }) => event).toSorted()).toEqual(events.toSorted());
  for (const { status } of runs) expect(["succeeded", "scheduled"]).toContain(status);
});

it("SIGTERM lets a request that waits for its actions have its answer", async () => {
  const own = await start();
  const answer = send(own, "waiting", true);
  await arrived;
  const exited = once(own.child, "exit");
  own.child.kill("SIGTERM");
  await sendUntilRefused(own);
  release();
  const { status, body } = (await answer) ?? { status: 0, body: "{}" };
  expect(status).toBe(202);
  expect(JSON.parse(body)).toMatchObject({ data: [{ id: "waiting", executions: [{ runs: [{ status: "succeeded" }] }] }] });
  expect(await exited).toEqual([0, null]);
});

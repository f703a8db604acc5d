import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { seededRandom } from "../support/random.ts";
import { KEY, serve, type Served } from "../support/serve.ts";

const EVENTS = Number(process.env["EVENTS"] ?? 2000);
const KILLS = Number(process.env["KILLS"] ?? 50);
const QUOTA = EVENTS * 0.75;
const CALLERS = 20;

const rules = (receiver: string): string => `
kind: Organization
timeZone: ${zoneFarFromMidnight()}
limits: { webhooksPerDay: ${QUOTA} }
---
kind: Webhook
name: tell
module: invoices
url: ${receiver}
---
kind: FieldUpdate
name: one-day-more
module: invoices
field: due_date
value: { days: 1, of: due_date }
---
kind: WorkflowRule
name: both
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: fieldUpdate, name: one-day-more }, { type: webhook, name: tell }]
`;

/** The day's quota is looked at as one day's. */
function zoneFarFromMidnight(): string {
  return new Date().getUTCHours() < 12 ? "Etc/GMT-6" : "Etc/GMT+6";
}

it(`${KILLS} x kill -9 during ${EVENTS} events: nothing acknowledged is lost and nothing is done twice`, { timeout: 240_000 }, async () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed} (SEED=${seed} repeats the kills)`);
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), "rulewright-kill-"));
  const arrived = new Map<string, number>();
  const receiver = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
    request.resume();
    request.on("end", () => response.writeHead(200).end());
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const address = receiver.address();
  const port = typeof address === "object" && address ? address.port : 0;
  writeFileSync(join(folder, "rules.yaml"), rules(`http://127.0.0.1:${port}/hook`));

  const file = join(folder, "kill.db");
  const start = (): Promise<Served> =>
    serve(["--store", `sqlite:${file}`, "--rules", folder], {
      RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
      RULEWRIGHT_OUTBOUND_PORTS: String(port),
    });
  let served = await start();
  let next = 0;
  let acknowledged = 0;

  /** One caller: sends each of its events until it is acknowledged, whatever happens to the server. */
  async function caller(): Promise<void> {
    for (let n = next++; n < EVENTS; n = next++) {
      const body = JSON.stringify({
        id: `evt-${n}`,
        module: "invoices",
        type: "created",
        record: { invoice_id: String(n), due_date: "2026-01-01" },
      });
      for (;;) {
        const answer = await fetch(`${served.url}/v1/events`, {
          method: "POST",
          headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
          body,
        }).catch(() => null);
        if (answer?.status === 202) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      acknowledged += 1;
    }
  }

  async function killer(): Promise<void> {
    for (let kill = 1; kill <= KILLS; kill++) {
      const at = Math.round((kill * EVENTS) / (KILLS + 1));
      // The instant is random after a share of the events has been acknowledged.
      while (acknowledged < at) await pause(1);
      await pause(random() * 30);
      await served.kill("SIGKILL");
      served = await start();
    }
  }

  try {
    await Promise.all([...Array.from({ length: CALLERS }, caller), killer()]);
    await allTerminal(file);
    await served.kill("SIGTERM");
    expect(acknowledged).toBe(EVENTS);
    check(file, arrived);
  } finally {
    await served.kill("SIGKILL");
    receiver.closeAllConnections();
    receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function allTerminal(file: string): Promise<void> {
  const db = new Database(file, { readonly: true });
  const open = db.prepare("select count(*) from runs where status in ('scheduled', 'running', 'retrying')").pluck();
  while (open.get() !== 0) await pause(50);
  db.close();
}

function check(file: string, arrived: ReadonlyMap<string, number>): void {
  const db = new Database(file, { readonly: true });
  const one = (sql: string): unknown => db.prepare(sql).pluck().get();
  expect(one("pragma integrity_check")).toBe("ok");
  expect(one("select count(*) from events where origin = 'api' and json_array_length(decision, '$.executions') = 1")).toBe(EVENTS);
  expect(db.prepare("select action_type, record, attempts from runs where status = 'failed' limit 3").all()).toEqual([]);
  expect(one("select count(*) from runs where status in ('succeeded', 'skipped')")).toBe(2 * EVENTS);
  expect(one("select count(*) from runs where action_type = 'fieldUpdate' and status = 'succeeded'")).toBe(EVENTS);
  expect(one("select count(*) from records where json_extract(body, '$.due_date') = '2026-01-02'")).toBe(EVENTS);
  expect(one("select count(*) from events where origin = 'fieldUpdate'")).toBe(EVENTS);
  expect(one("select count(*) from records where outbox <> '[]' or applied_runs <> '[]'")).toBe(0);

  const started = db.prepare("select id from runs where action_type = 'webhook' and status = 'succeeded'").pluck().all();
  expect(started).toHaveLength(QUOTA);
  expect(one("select count(*) from runs where reason = 'quotaExceeded'")).toBe(EVENTS - QUOTA);
  expect(one("select used from quota where type = 'webhook'")).toBe(QUOTA);
  expect(new Set(started)).toEqual(new Set(arrived.keys()));
  const lost = one("select count(*) from runs, json_each(attempts) where json_extract(value, '$.outcome') = 'lost'");
  const repeats = [...arrived.values()].reduce((sum, times) => sum + times - 1, 0);
  console.log(`${QUOTA} webhooks arrived, ${repeats} of them again; ${String(lost)} attempts were lost to kills`);
  db.close();
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { compose, DEFAULT_ORGANIZATION as organization, type Application } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { applyFolder } from "../../src/files/check-rule-files.ts";
import { openMongo } from "../../src/store/mongo/mongo-store.ts";
import { openSqlite } from "../../src/store/sqlite/sqlite-store.ts";
import { describeMongo } from "../support/mongod-shared.ts";

const RULES = `
kind: CustomFunction
name: remind
module: invoices
language: host
---
kind: WorkflowRule
name: reminded
module: invoices
trigger: { type: event, on: [created] }
conditions: [{ timeBasedActions: [{ execute: { after: { minutes: 1 } }, actions: [{ type: customFunction, name: remind }] }] }]
`;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** What was asked for. */
const LATE = 2 * SECOND;

type Jobs = () => Promise<readonly { readonly name: string; readonly at: number | null }[]>;
type Place = { readonly url: string; readonly jobs: Jobs; close(): Promise<void> };

/** The composed application on a real store and the machine's own time. */
function laterRuns(open: () => Promise<Place>): void {
  let place: Place;
  let folder: string;
  let app: Application;
  let reminded: number[];
  beforeEach(async () => {
    place = await open();
    folder = await mkdtemp(join(tmpdir(), "rulewright-wake-ups-"));
    reminded = [];
    app = await start();
  });
  afterEach(async () => {
    await app.close(1000);
    await place.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Application> {
    const config = readConfig({ RULEWRIGHT_SECRET_KEY: "k".repeat(32) }, { store: place.url });
    const started = await compose(config, {
      log: pino({ level: "silent" }),
      functions: { remind: () => void reminded.push(Date.now()) },
    });
    const file = join(folder, "rules.yaml");
    await writeFile(file, RULES);
    await applyFolder(started.engine, organization, file);
    started.engine.start();
    return started;
  }

  it("begin within two seconds of their instants", { timeout: 30_000 }, async () => {
    const due = [3, 3.4, 4.5, 6].map((seconds) => Date.now() + seconds * SECOND);
    for (const [n, at] of due.entries()) {
      const event = {
        module: "invoices",
        type: "created",
        record: { invoice_id: String(n) },
        occurredAt: new Date(at - MINUTE).toISOString(),
      };
      await app.engine.emitOne(event, { organization, wait: false });
    }
    await vi.waitFor(async () => expect((await place.jobs()).map(({ name }) => name)).toContain("wake"), { timeout: 10_000 });
    await vi.waitFor(() => expect(reminded).toHaveLength(due.length), { timeout: 20_000 });
    for (const [n, at] of due.entries()) expect((reminded[n] ?? 0) - at).toSatisfy((late: number) => late >= 0 && late < LATE);
  });

  it("begin in another process where the one that planned them is gone", { timeout: 30_000 }, async () => {
    const due = Date.now() + 4 * SECOND;
    const event = { module: "invoices", type: "created", record: { invoice_id: "1" }, occurredAt: new Date(due - MINUTE).toISOString() };
    await app.engine.emitOne(event, { organization, wait: false });
    await vi.waitFor(async () => expect((await place.jobs()).map(({ at }) => at)).toContain(Math.ceil(due / SECOND) * SECOND), {
      timeout: 10_000,
    });
    await app.close(1000);
    app = await start();
    await vi.waitFor(() => expect(reminded).toHaveLength(1), { timeout: 20_000 });
    expect((reminded[0] ?? 0) - due).toSatisfy((late: number) => late >= 0 && late < LATE);
  });
}

describe("SQLite: runs that are due later", () => {
  laterRuns(async () => {
    const folder = await mkdtemp(join(tmpdir(), "rulewright-wake-ups-"));
    const path = join(folder, "rulewright.db");
    const { store, db } = openSqlite(path);
    const jobs = db.prepare<[], { name: string; at: number | null }>("select name, json_extract(data, '$.at') as at from agenda_jobs");
    return {
      url: `sqlite:${path}`,
      jobs: async () => jobs.all(),
      async close() {
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
});

await describeMongo((_kind, database) => {
  laterRuns(async () => {
    const own = database();
    const { store, db } = await openMongo(own.url);
    return {
      url: own.url,
      async jobs() {
        const jobs = await db.collection<{ name: string; data?: { at?: number } }>("agenda_jobs").find().toArray();
        return jobs.map(({ name, data }) => ({ name, at: data?.at ?? null }));
      },
      async close() {
        await store.close();
        await own.drop();
      },
    };
  });
});

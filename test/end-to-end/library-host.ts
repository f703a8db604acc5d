import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { HostFunction } from "../../src/actions/custom-function/handler.ts";
import { startMailServer, type MailServer } from "../../src/cli/demo/mail-server.ts";
import { compose, DEFAULT_ORGANIZATION as organization, type Application } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import type { DateQuery, HostRecords } from "../../src/engine/host-records.ts";
import { eventView, type ActionRunView, type EventView, runView } from "../../src/engine/views.ts";
import { applyFolder } from "../../src/files/check-rule-files.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Store } from "../../src/store/store.ts";
import { manualClock, type ManualClock } from "../support/manual-clock.ts";

/** A host's database: records by `module/id`, and what its functions were called with. */
export type Database = HostRecords & {
  readonly rows: Map<string, JsonObject>;
  readonly calls: (readonly [string, ...unknown[]])[];
  /** Thrown by the next calls of a function, in turn. */
  readonly failures: { readonly get: Error[]; readonly update: Error[] };
};

export function database(rows: Readonly<Record<string, JsonObject>>): Database {
  const kept = new Map(Object.entries(rows));
  const calls: (readonly [string, ...unknown[]])[] = [];
  const failures = { get: [] as Error[], update: [] as Error[] };
  return {
    rows: kept,
    calls,
    failures,
    async get(module, id) {
      calls.push(["get", module, id]);
      const failure = failures.get.shift();
      if (failure) throw failure;
      return kept.get(`${module}/${id}`);
    },
    async update(module, id, changes, { runId }) {
      calls.push(["update", module, id, changes, runId]);
      const failure = failures.update.shift();
      if (failure) throw failure;
      kept.set(`${module}/${id}`, { ...kept.get(`${module}/${id}`), ...changes });
    },
  };
}

/** One that finds its records by their dates as well: of a cycle it gives every record that has one, and leaves the rest to whoever asks. */
export function datedDatabase(rows: Readonly<Record<string, JsonObject>>): Database & { readonly asked: readonly DateQuery[] } {
  const kept = database(rows);
  const asked: DateQuery[] = [];
  return {
    ...kept,
    asked,
    findByDate(query) {
      asked.push(query);
      const { module, field, from, to, cycle } = query;
      const all = [...kept.rows].flatMap(([key, row]) => (key.startsWith(`${module}/`) ? [row] : []));
      return all.filter(({ [field]: date }) => typeof date === "string" && (cycle !== "once" || (date >= from && date < to)));
    },
  };
}

export type HostApplication = {
  readonly clock: ManualClock;
  readonly mail: MailServer;
  /** Takes one event in; resolves when everything that is due is settled. */
  emit(event: object): Promise<void>;
  /** Moves the clock; resolves when what came due is settled. */
  moveBy(ms: number): Promise<void>;
  moveTo(instant: string): Promise<void>;
  /** Every run, newest first. */
  runs(): Promise<readonly ActionRunView[]>;
  /** Every event of an origin, newest first. */
  events(origin: string): Promise<readonly EventView[]>;
  close(): Promise<void>;
};

type Options = {
  readonly rules: string;
  readonly records: HostRecords;
  readonly functions?: Readonly<Record<string, HostFunction>>;
  /** Puts something between the engine and its store. */
  readonly wrap?: (store: Store) => Store;
};

/** The composed application on a real SQLite file and a real mail server, with a host's records; only its time stands still. */
export async function hostApplication({ rules, records, functions = {}, wrap = (store) => store }: Options): Promise<HostApplication> {
  const folder = mkdtempSync(join(tmpdir(), "rulewright-host-"));
  const mail = await startMailServer();
  const clock = manualClock();
  const config = readConfig(
    { RULEWRIGHT_SMTP_URL: mail.url, RULEWRIGHT_MAIL_FROM: "engine@zylker.example" },
    { store: `sqlite:${join(folder, "host.db")}` },
  );
  const log = pino({ level: "silent" });
  const app = await compose(config, { log, clock, wakeUps: clock.wakeUps, wrapStore: wrap, functions, hostRecords: records });
  writeFileSync(join(folder, "rules.yaml"), rules);
  const { mistakes } = await applyFolder(app.engine, organization, join(folder, "rules.yaml"));
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
  app.engine.start();
  return {
    clock,
    mail,
    async emit(event) {
      await app.engine.emitOne(event, { organization, wait: false });
      await app.engine.idle();
    },
    async moveBy(ms) {
      clock.moveBy(ms);
      await app.engine.idle();
    },
    async moveTo(instant) {
      clock.moveTo(instant);
      await app.engine.idle();
    },
    runs: async () => (await app.engine.reading.runs({ organization }, PAGE)).data.map(runView),
    events: async (origin) => (await app.engine.reading.events({ organization, origin }, PAGE)).data.map(eventView),
    close: () => closeAll(app, mail, folder),
  };
}

const PAGE = { limit: 200, cursor: null };

async function closeAll(app: Application, mail: MailServer, folder: string): Promise<void> {
  await app.close(1000);
  await mail.close();
  rmSync(folder, { recursive: true, force: true });
}

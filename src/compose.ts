import { randomBytes } from "node:crypto";
import type { ActionHandlers } from "./actions/action.ts";
import { createCustomFunctionHandler, type HostFunction } from "./actions/custom-function/handler.ts";
import { createEmailAlertHandler } from "./actions/email-alert/handler.ts";
import { createFieldUpdateHandler } from "./actions/field-update/handler.ts";
import { createInAppNotificationHandler } from "./actions/in-app-notification/handler.ts";
import { compileTemplate } from "./actions/placeholders/placeholders.ts";
import { createWebhookHandler } from "./actions/webhook/handler.ts";
import { createTemplates } from "./actions/templates/templates.ts";
import type { Clock, WakeUps } from "./clock/clock.ts";
import { createAgendaWakeUps } from "./clock/agenda/agenda-wake-ups.ts";
import type { JobStore } from "./clock/agenda/job-store.ts";
import { systemClock } from "./clock/system/system-clock.ts";
import type { Config } from "./config.ts";
import { createEngine, type Engine } from "./engine/engine.ts";
import type { HostRecords } from "./engine/host-records.ts";
import type { Logger } from "./engine/log.ts";
import { createHttpClient, type HttpClient } from "./outbound/http.ts";
import { loadOrMakeKey } from "./outbound/key-file.ts";
import { createMailer, type Mailer } from "./outbound/mail.ts";
import { createSecretBox, type SecretBox } from "./outbound/secrets.ts";
import { RulewrightError } from "./model/errors.ts";
import type { Store } from "./store/store.ts";
import { isKept, outboxOf, type StoreLocation } from "./store-location.ts";
import { VERSION } from "./version.ts";

/** Every key of every table carries an organization; a store made without saying more has this one. */
export const DEFAULT_ORGANIZATION = "default";

export type ComposeOptions = {
  readonly log: Logger;
  /** Functions of the embedding program, by the name that a `host` custom function has. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  /** The embedding program's own records, where it keeps them itself. */
  readonly hostRecords?: HostRecords | undefined;
  /** Tests move their own. */
  readonly clock?: Clock;
  readonly wakeUps?: WakeUps;
  /** Tests put something between the engine and its store. */
  readonly wrapStore?: (store: Store) => Store;
  /** Nothing is written, sealed or opened: the store is taken as it is, with whatever key. */
  readonly looks?: boolean;
};

export type Application = {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  /** Stops taking work, gives runs under way so many ms, lets go of everything. Idempotent. */
  close(drainMs: number): Promise<void>;
};

/** Puts the parts together: the one place that knows every one of them. */
export async function compose(config: Config, options: ComposeOptions): Promise<Application> {
  // First what may refuse the configuration without having opened anything.
  const http = createHttpClient({
    allow: config.outboundAllow,
    ports: config.outboundPorts,
    userAgent: `Rulewright/${VERSION}`,
  });
  const mailer = createMailer({ url: config.smtpUrl, from: config.mailFrom, outbox: outboxOf(config.store) });
  if (config.store.kind === "mongodb" && config.secretKey === null) throw noSharedKey();
  const opened = await openStore(config.store, options.looks);
  const store = options.wrapStore?.(opened.store) ?? opened.store;
  // Due times and leases are compared by every process that shares the store, so all go by its clock.
  const clock = options.clock ?? systemClock(() => store.clockOffset());
  const wakeUps = options.wakeUps ?? createAgendaWakeUps({ clock, openJobs: opened.openJobs });
  try {
    return await connect(config, options, { clock, wakeUps, store, http, mailer });
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Parts = {
  readonly clock: Clock;
  readonly wakeUps: WakeUps;
  readonly store: Store;
  readonly http: HttpClient;
  readonly mailer: Mailer;
};

async function connect(config: Config, options: ComposeOptions, { clock, wakeUps, store, http, mailer }: Parts): Promise<Application> {
  const { log } = options;
  const secrets = createSecretBox(config.secretKey ?? (await storedKey(config.store)));
  // A store that is gone with the process has no other, and who only looks opens no secret.
  if (isKept(config.store) && !options.looks) await refuseAnotherKey(store, secrets, config);
  const templates = createTemplates();
  const handlers: ActionHandlers = {
    emailAlert: createEmailAlertHandler({ mailer, templates }),
    inAppNotification: createInAppNotificationHandler({ templates }),
    fieldUpdate: createFieldUpdateHandler(),
    webhook: createWebhookHandler({ http, secrets, env: (name) => process.env[name] }),
    customFunction: createCustomFunctionHandler({ functions: options.functions ?? {}, http, mailer, log, expand: compileTemplate }),
  };
  const engine = await createEngine({
    store,
    handlers,
    clock,
    wakeUps,
    secrets,
    log,
    retentionDays: config.retentionDays,
    hostRecords: options.hostRecords,
    checkTemplate: templates.check,
  });
  let closed: Promise<void> | null = null;

  async function close(drainMs: number): Promise<void> {
    await engine.stop(drainMs);
    http.close();
    await mailer.close();
    await store.close();
  }

  return {
    engine,
    store,
    clock,
    close: (drainMs) => (closed ??= close(drainMs)),
  };
}

type Opened = { readonly store: Store; openJobs(): Promise<JobStore> };

/** The ledger, and where Agenda keeps its jobs beside it. What takes long to load is loaded by whoever needs it. */
async function openStore(location: StoreLocation, looks = false): Promise<Opened> {
  if (location.kind === "sqlite") {
    const { openSqlite } = await import("./store/sqlite/sqlite-store.ts");
    const opened = openSqlite(location.path);
    const openJobs = async () => (await import("./clock/agenda/sqlite-backend/sqlite-jobs.ts")).sqliteJobs(opened);
    return { store: opened.store, openJobs };
  }
  const { openMongo } = await import("./store/mongo/mongo-store.ts");
  const opened = await openMongo(location.url, { looks });
  const openJobs = async () => (await import("./clock/agenda/mongo-jobs.ts")).mongoJobs(opened);
  return { store: opened.store, openJobs };
}

/** The key that encrypts stored secrets: beside the file, or for as long as the process where the store is in memory. */
async function storedKey(location: StoreLocation): Promise<string> {
  if (location.kind === "mongodb") throw noSharedKey();
  return isKept(location) ? loadOrMakeKey(`${location.path}.key`) : randomBytes(32).toString("base64url");
}

/**
 * The first process seals a word, and whoever comes later must be able to open it: with another key it would seal secrets that nobody else
 * can open. @throws RulewrightError validation_failed
 */
async function refuseAnotherKey(store: Store, secrets: SecretBox, { secretKey, store: location }: Config): Promise<void> {
  const sealed = await store.keys.seal(secrets.seal("rulewright"));
  try {
    secrets.open(sealed);
  } catch (cause) {
    const issue = location.kind === "sqlite" && secretKey === null ? anotherKeyFile(`${location.path}.key`) : ANOTHER_KEY;
    throw new RulewrightError("validation_failed", issue.message, { issues: [issue], cause });
  }
}

const ANOTHER_KEY = {
  path: "RULEWRIGHT_SECRET_KEY",
  message: "another RULEWRIGHT_SECRET_KEY than the one this store was made with",
  hint: "every process on a store needs the same one; where it is lost for good, docs/reference.md says how to begin with another",
};

function anotherKeyFile(file: string) {
  const message = `the key in ${file} is another than the one this store was made with`;
  const hint = `put back the ${file} of before, or set RULEWRIGHT_SECRET_KEY where the store was made with that; where it is lost for good, docs/reference.md says how to begin with another`;
  return { path: "RULEWRIGHT_SECRET_KEY", message, hint };
}

function noSharedKey(): RulewrightError {
  const issue = {
    path: "RULEWRIGHT_SECRET_KEY",
    message: "expected a key of 32 characters or more: with MongoDB every process that shares the store needs the same one",
    hint: "make one, and keep it: openssl rand -base64 32",
  };
  return new RulewrightError("validation_failed", `${issue.path}: ${issue.message}`, { issues: [issue] });
}

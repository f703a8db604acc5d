import { z } from "zod";
import type { HostFunction } from "../actions/custom-function/host-function.ts";
import { LOG_LEVELS, MOST_DAYS, readConfig, type Config, type LogLevel } from "../config.ts";
import type { HostRecords } from "../engine/host-records.ts";
import { RulewrightError } from "../model/errors.ts";
import { parseWith, validationError } from "../model/issues.ts";
import { createAddressPolicy } from "../outbound/addresses.ts";
import { readStore } from "../store-location.ts";

/** Options of an embedded engine; each defaults to what its environment variable says, as for the command line. */
export type RulewrightOptions = {
  /** `sqlite:<file>`, `sqlite::memory:` or `mongodb://<host>/<database>`. Default: `RULEWRIGHT_STORE`, else `sqlite:./data/rulewright.db`. */
  readonly store?: string | undefined;
  /** A folder of rule files, applied as one unit. Default: `RULEWRIGHT_RULES`; where neither is given, what the store has stays as it is. */
  readonly rules?: string | undefined;
  /** Without a URL mails are written as `.eml` files into `outbox/` beside the store's file; in the working directory where it has none. */
  readonly mail?:
    | {
        /** `smtp://host:587` or `smtps://user:password@host`. Default: `RULEWRIGHT_SMTP_URL`. */
        readonly url?: string | undefined;
        /** The sender of alerts that name none. Default: `RULEWRIGHT_MAIL_FROM`. */
        readonly from?: string | undefined;
      }
    | undefined;
  readonly outbound?:
    | {
        /** CIDRs that outgoing calls may reach beside the public internet. Default: `RULEWRIGHT_OUTBOUND_ALLOW`. */
        readonly allow?: readonly string[] | undefined;
        /** Default: `RULEWRIGHT_OUTBOUND_PORTS`, else 80 and 443. */
        readonly ports?: readonly number[] | undefined;
      }
    | undefined;
  /** The host's own records, where it keeps them itself: what delayed actions, lookups and functions see and field updates change. */
  readonly records?: HostRecords | undefined;
  /** Functions that custom functions of `language: host` name. They are trusted: they run in this process. */
  readonly functions?: Readonly<Record<string, HostFunction>> | undefined;
  /** Days that the log is kept of what is over; 0 keeps everything. Default: `RULEWRIGHT_RETENTION_DAYS`, else 60. */
  readonly retentionDays?: number | undefined;
  /** JSON lines on stderr. Default: `RULEWRIGHT_LOG_LEVEL`, else `warn`. */
  readonly logLevel?: LogLevel | undefined;
  /** Encrypts stored secrets: 32 characters or more. Default: `RULEWRIGHT_SECRET_KEY`, else a key made beside the SQLite file; with MongoDB it is required. */
  readonly secretKey?: string | undefined;
};

const functionLike = <F>() => z.custom<F>((value) => typeof value === "function", "expected a function");

const Options = z.strictObject({
  store: z.string().min(1).optional(),
  rules: z.string().min(1).optional(),
  mail: z.strictObject({ url: z.string().optional(), from: z.string().optional() }).optional(),
  outbound: z.strictObject({ allow: z.array(z.string()).optional(), ports: z.array(z.int().min(1).max(65_535)).optional() }).optional(),
  // Not a schema of an object: a class's instance has its methods from its prototype, and they need their `this`.
  records: z
    .custom<HostRecords>((value) => typeof value === "object" && value !== null, "expected { get, update, findByDate? }")
    .superRefine((records, context) => {
      for (const key of ["get", "update", "findByDate"] as const)
        if (typeof records[key] !== "function" && !(key === "findByDate" && records[key] === undefined))
          context.addIssue({ code: "custom", path: [key], message: "expected a function" });
    })
    .optional(),
  functions: z.record(z.string(), functionLike<HostFunction>()).optional(),
  retentionDays: z.int().min(0).max(MOST_DAYS).optional(),
  logLevel: z.enum(LOG_LEVELS).optional(),
  secretKey: z.string().min(32, "expected 32 characters or more").optional(),
});

export type OpenConfig = {
  readonly config: Config;
  readonly rules: string | null;
  readonly functions: Readonly<Record<string, HostFunction>>;
  readonly records: HostRecords | undefined;
};

/** @throws RulewrightError validation_failed whose issues name the options */
export function readOptions(given: RulewrightOptions, env: NodeJS.ProcessEnv): OpenConfig {
  const { data: options, issues } = parseWith(Options, given);
  if (issues)
    throw validationError(issues.map((issue) => (issue.path === "secretKey" ? { path: issue.path, message: LONGER_KEY } : issue)));
  const { mail = {}, outbound = {}, functions = {}, records } = options;
  const base = readConfig(env, options.store === undefined ? {} : { store: "sqlite::memory:" });
  const config: Config = {
    ...base,
    store: options.store === undefined ? base.store : readStore(options.store, "store"),
    smtpUrl: mail.url ?? base.smtpUrl,
    mailFrom: mail.from ?? base.mailFrom,
    outboundAllow: outbound.allow ?? base.outboundAllow,
    outboundPorts: outbound.ports ?? base.outboundPorts,
    secretKey: options.secretKey ?? base.secretKey,
    retentionDays: options.retentionDays ?? base.retentionDays,
    logLevel: options.logLevel ?? (env["RULEWRIGHT_LOG_LEVEL"] ? base.logLevel : "warn"),
  };
  if (outbound.allow) checkNetworks(outbound.allow);
  return { config, rules: options.rules ?? (base.rules.asked ? base.rules.path : null), functions, records };
}

/** Not the key itself: messages are logged. */
const LONGER_KEY = "expected 32 characters or more";

function checkNetworks(allow: readonly string[]): void {
  try {
    createAddressPolicy({ allow });
  } catch (error) {
    if (!(error instanceof RulewrightError)) throw error;
    throw validationError(error.issues.map((issue) => ({ ...issue, path: `outbound.${issue.path}` })));
  }
}

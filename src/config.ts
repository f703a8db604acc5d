import { z } from "zod";
import { RulewrightError } from "./model/errors.ts";
import { readStore, type StoreLocation } from "./store-location.ts";

/** Everything the environment and the command line decide, read once. */
export type Config = {
  readonly store: StoreLocation;
  readonly host: string;
  readonly port: number;
  /** The folder of rule files; `asked` where somebody named it, so that a missing one is a mistake. */
  readonly rules: { readonly path: string; readonly asked: boolean };
  readonly apiKey: string | null;
  readonly secretKey: string | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  readonly outboundAllow: readonly string[];
  readonly outboundPorts: readonly number[];
  /** Days that history is kept which is over; 0: for ever. */
  readonly retentionDays: number;
  readonly logLevel: LogLevel;
};

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Options as commander gives them; each wins over its environment variable. */
export type Flags = {
  readonly store?: string;
  readonly host?: string;
  readonly port?: string;
  readonly rules?: string;
  readonly logLevel?: string;
};

const key = (variable: string) => z.string().min(32, `${variable}: expected 32 characters or more`).nullable();

const list = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** @throws RulewrightError validation_failed naming the variable or option, what was expected and what stands there. */
export function readConfig(env: NodeJS.ProcessEnv, flags: Flags = {}): Config {
  const pick = (flag: string | undefined, variable: string): string | undefined => flag ?? (env[variable] || undefined);
  const rules = pick(flags.rules, "RULEWRIGHT_RULES");
  return Object.freeze({
    store: readStore(pick(flags.store, "RULEWRIGHT_STORE") ?? "sqlite:./data/rulewright.db"),
    host: pick(flags.host, "RULEWRIGHT_HOST") ?? "127.0.0.1",
    port: readPort(pick(flags.port, "RULEWRIGHT_PORT") ?? "8080", "RULEWRIGHT_PORT / --port", 0),
    rules: { path: rules ?? "./rules", asked: rules !== undefined },
    apiKey: check(key("RULEWRIGHT_API_KEY"), env["RULEWRIGHT_API_KEY"] || null),
    secretKey: check(key("RULEWRIGHT_SECRET_KEY"), env["RULEWRIGHT_SECRET_KEY"] || null),
    smtpUrl: check(
      z
        .url({ protocol: /^smtps?$/, error: "RULEWRIGHT_SMTP_URL: expected smtp://host:port or smtps://user:password@host:port" })
        .nullable(),
      env["RULEWRIGHT_SMTP_URL"] || null,
    ),
    mailFrom: check(
      z.email("RULEWRIGHT_MAIL_FROM: expected one address such as billing@example.com").nullable(),
      env["RULEWRIGHT_MAIL_FROM"] || null,
    ),
    outboundAllow: list(env["RULEWRIGHT_OUTBOUND_ALLOW"]),
    outboundPorts: list(env["RULEWRIGHT_OUTBOUND_PORTS"] ?? "80,443").map((port) => readPort(port, "RULEWRIGHT_OUTBOUND_PORTS", 1)),
    retentionDays: readDays(env["RULEWRIGHT_RETENTION_DAYS"] || "60"),
    logLevel: check(
      z.enum(LOG_LEVELS, `RULEWRIGHT_LOG_LEVEL / --log-level: expected one of ${LOG_LEVELS.join(", ")}`),
      pick(flags.logLevel, "RULEWRIGHT_LOG_LEVEL") ?? "info",
    ),
  });
}

function readPort(text: string, name: string, least: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= least && port <= 65_535) return port;
  throw mistake(`${name}: expected a port from ${least} to 65535, got "${text}"`);
}

/** A hundred years: longer is a mistake of units. */
export const MOST_DAYS = 36_500;

function readDays(text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (days <= MOST_DAYS) return days;
  throw mistake(`RULEWRIGHT_RETENTION_DAYS: expected whole days from 1 to ${MOST_DAYS}, or 0 to keep everything, got "${text}"`);
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw mistake(parsed.error.issues[0]?.message ?? "not a configuration");
}

function mistake(message: string): RulewrightError {
  return new RulewrightError("validation_failed", message);
}

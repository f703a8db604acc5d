import { pino } from "pino";
import type { HostFunction } from "./actions/custom-function/handler.ts";
import { compose, DEFAULT_ORGANIZATION } from "./compose.ts";
import { readConfig, type LogLevel } from "./config.ts";
import type { Emitted } from "./engine/emit.ts";
import { checkRuleFiles } from "./files/check-rule-files.ts";
import { formatMistake } from "./files/mistake.ts";
import { RulewrightError } from "./model/errors.ts";
import type { EventInput } from "./model/event.ts";

export { RulewrightError } from "./model/errors.ts";
export type { ErrorCode, Issue } from "./model/errors.ts";
export type { EventInput } from "./model/event.ts";
export type { Emitted } from "./engine/emit.ts";
export type { ActionRunView, AttemptView, ExecutionView } from "./engine/views.ts";
export type { HostFunction } from "./actions/custom-function/handler.ts";

/** Options of an embedded engine; each defaults to what its environment variable says, as for the command line. */
export type RulewrightOptions = {
  /** `sqlite:<file>` or `sqlite::memory:`. */
  readonly store?: string;
  /** A folder of rule files, applied as one unit. */
  readonly rules?: string;
  /** Without `url` mails are written as `.eml` files beside the store. */
  readonly mail?: { readonly url?: string; readonly from?: string };
  /** CIDRs that outgoing calls may reach beside the public internet, and ports (80 and 443). */
  readonly outbound?: { readonly allow?: readonly string[]; readonly ports?: readonly number[] };
  /** Functions that `host` custom functions name. They are trusted: they run in this process. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  readonly logLevel?: LogLevel;
};

export type Rulewright = {
  /**
   * Takes one event in: resolves when it is durable, or with `wait` when its immediate actions have settled (10 s at most, then as they stand).
   * @throws RulewrightError validation_failed, idempotency_conflict, overloaded; conflict once it is closed
   */
  emit(event: EventInput, options?: { readonly wait?: boolean }): Promise<Emitted>;
  /** Resolves when everything that is due now is settled. */
  idle(): Promise<void>;
  /** Lets what runs come to an end (20 s at most) and lets go of the store. Idempotent. */
  close(): Promise<void>;
};

const DRAIN_MS = 20_000;

/**
 * Opens an engine in this process.
 * @throws RulewrightError validation_failed for options or rule files that are wrong; nothing is applied then.
 */
export async function openRulewright(options: RulewrightOptions = {}): Promise<Rulewright> {
  checkOptions(options);
  const base = readConfig(process.env, {
    ...(options.store === undefined ? {} : { store: options.store }),
    logLevel: options.logLevel ?? "warn",
  });
  const config = {
    ...base,
    smtpUrl: options.mail?.url ?? base.smtpUrl,
    mailFrom: options.mail?.from ?? base.mailFrom,
    outboundAllow: options.outbound?.allow ?? base.outboundAllow,
    outboundPorts: options.outbound?.ports ?? base.outboundPorts,
  };
  const app = await compose(config, { log: pino({ level: config.logLevel }, pino.destination(2)), functions: options.functions ?? {} });
  try {
    if (options.rules !== undefined) await applyFolder(app.engine, options.rules);
  } catch (error) {
    await app.close(0);
    throw error;
  }
  app.engine.start();
  let closed = false;
  return {
    async emit(event, { wait = false } = {}) {
      if (closed) throw new RulewrightError("conflict", "This Rulewright was closed; the event was not stored");
      return app.engine.emitOne(asJson(event), { organization: DEFAULT_ORGANIZATION, wait });
    },
    idle: () => app.engine.idle(),
    close() {
      closed = true;
      return app.close(DRAIN_MS);
    },
  };
}

/** The event as JSON holds it, and a copy: what the caller does with its objects afterwards changes nothing here. */
function asJson(event: unknown): unknown {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(event));
    if (isDeeper(copy, MOST_DEEP)) throw new RangeError(`it is nested deeper than ${MOST_DEEP} levels`);
    return copy;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RulewrightError("validation_failed", `Expected an event that JSON can hold: ${reason}`, { cause });
  }
}

/** As deep as a request's body may be. */
const MOST_DEEP = 32;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

const OPTIONS = ["store", "rules", "mail", "outbound", "functions", "logLevel"] satisfies (keyof RulewrightOptions)[];

/** For callers without types: an option that does nothing would be a rule that silently does less. */
function checkOptions(options: object): void {
  const unknown = Object.keys(options).filter((key) => !OPTIONS.some((known) => known === key));
  if (unknown.length === 0) return;
  throw new RulewrightError("validation_failed", `Unknown or not yet supported options of openRulewright: ${unknown.join(", ")}`, {
    issues: unknown.map((path) => ({ path, message: `not supported; expected ${OPTIONS.join(", ")}` })),
  });
}

async function applyFolder(engine: Awaited<ReturnType<typeof compose>>["engine"], folder: string): Promise<void> {
  const { documents, mistakes } = await checkRuleFiles(engine, [folder]);
  const [first] = mistakes;
  if (first)
    throw new RulewrightError("validation_failed", `${mistakes.length} mistakes in ${folder}:\n${mistakes.map(formatMistake).join("\n")}`, {
      issues: mistakes.map(({ file, line, column, message, hint }) => ({
        path: `${file}:${line}:${column}`,
        message,
        ...(hint === null ? {} : { hint }),
      })),
    });
  await engine.applyFiles(DEFAULT_ORGANIZATION, documents);
}

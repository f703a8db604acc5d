import { readFile } from "node:fs/promises";
import { compose, DEFAULT_ORGANIZATION } from "../compose.ts";
import { readConfig, type Flags } from "../config.ts";
import type { Emitted } from "../engine/emit.ts";
import type { ActionRunView } from "../engine/views.ts";
import { RulewrightError } from "../model/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";
import { applyRules } from "./rules.ts";

const DRAIN_MS = 20_000;

/** `rulewright emit`: takes one event in, waits for its immediate actions and prints what they came to. */
export async function emitCommand(
  module: string,
  event: string,
  file: string,
  { json, ...flags }: Flags & { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const content = await readInput(file, io);
  const config = readConfig(io.env, { logLevel: "warn", ...flags });
  const app = await compose(config, { log: createLog(config.logLevel) });
  try {
    if (!(await applyRules(app.engine, config, io))) return 1;
    app.engine.start();
    const emitted = await app.engine.emitOne({ module, type: event, ...content }, { organization: DEFAULT_ORGANIZATION, wait: true });
    io.out(json ? `${JSON.stringify({ data: [emitted] })}\n` : inWords(emitted));
    return 0;
  } finally {
    await app.close(DRAIN_MS);
  }
}

async function readInput(file: string, io: Io): Promise<{ record: JsonObject; previous?: Json }> {
  const name = file === "-" ? "standard input" : file;
  const text =
    file === "-"
      ? await io.stdin()
      : await readFile(file, "utf8").catch((error: unknown) => refuse(`${file} cannot be read: ${String(error)}`));
  const value = parse(text, name);
  if (!isJsonObject(value)) return refuse(`${name}: expected a JSON object, got ${text.trim().slice(0, 40)}`);
  // `{ record, previous }` and nothing else is the long form; a record may well have a field called `record`.
  const { record, previous, ...rest } = value;
  if (!isJsonObject(record) || Object.keys(rest).length > 0) return { record: value };
  // Whatever it is: the event's schema says what it should be.
  return previous === undefined ? { record } : { record, previous };
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuse(message: string): never {
  throw new RulewrightError("validation_failed", message);
}

function inWords({ id, status, executions = [] }: Emitted): string {
  if (status !== "accepted") return `event ${id}: ${status}\n`;
  if (executions.length === 0) return `event ${id}: no rule fired\n`;
  const lines = executions.flatMap(({ rule, condition, runs }) => [
    `rule "${rule.name}" (version ${rule.version}) fired by condition ${condition}`,
    ...runs.map((run) => `  ${runInWords(run)}`),
  ]);
  return [`event ${id}`, ...lines, ""].join("\n");
}

function runInWords({ action, status, reason, dueAt, attempts }: ActionRunView): string {
  const error = attempts.at(-1)?.error;
  const why = reason ? ` (${reason})` : error ? ` (${error})` : "";
  const due = (status === "scheduled" || status === "retrying") && dueAt ? `, due ${dueAt}` : "";
  return `${action.type} "${action.name}": ${status}${why}${due}`;
}

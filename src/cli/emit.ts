import { compose, DEFAULT_ORGANIZATION } from "../compose.ts";
import { readConfig, type Flags } from "../config.ts";
import type { Emitted } from "../engine/emit.ts";
import type { ActionRunView } from "../engine/views.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";
import { readInput } from "./read-input.ts";
import { loadRules } from "./rules.ts";

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
    await loadRules(app.engine, config);
    app.engine.start();
    const emitted = await app.engine.emitOne({ module, type: event, ...content }, { organization: DEFAULT_ORGANIZATION, wait: true });
    io.out(json ? `${JSON.stringify({ data: [emitted] })}\n` : inWords(emitted));
    return 0;
  } finally {
    await app.close(DRAIN_MS);
  }
}

function inWords({ id, status, executions = [] }: Emitted): string {
  if (status !== "accepted") return `event ${id}: ${status}\n`;
  if (executions.length === 0) return `event ${id}: no rule fired\n`;
  const lines = executions.flatMap(({ rule, condition, runs }) => [
    `rule "${rule?.name}" (version ${rule?.version}) fired by condition ${condition}`,
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

import { formatWithOptions } from "node:util";

const MAX_LINES = 100;
const MAX_LINE = 1_000;

type Level = "info" | "warn" | "error";

/** What a function logs with; each call is a line. */
export type FunctionLog = { readonly [L in Level]: (...values: readonly unknown[]) => void };
export type FunctionLogger = { readonly [L in Level]: (details: object, message: string) => void };

/** Sends what a function logs to the process's log, and keeps it for the run up to a readable size; warnings and errors say so. */
export function functionLog(logger: FunctionLogger, details: object): { readonly lines: readonly string[]; readonly log: FunctionLog } {
  const lines: string[] = [];
  const at =
    (level: Level) =>
    (...values: readonly unknown[]): void => {
      const line = textOf(values);
      logger[level](details, line);
      if (lines.length < MAX_LINES) lines.push(level === "info" ? line : `${level}: ${line}`);
      else if (lines.length === MAX_LINES) lines.push("... more lines are not kept");
    };
  return { lines, log: { info: at("info"), warn: at("warn"), error: at("error") } };
}

function textOf(values: readonly unknown[]): string {
  return formatWithOptions({ depth: 4, maxArrayLength: 100, maxStringLength: MAX_LINE, breakLength: Infinity }, ...values).slice(
    0,
    MAX_LINE,
  );
}

import { pino } from "pino";
import type { LogLevel } from "../config.ts";
import type { Logger } from "../engine/log.ts";

/** JSON lines on stderr, so that stdout stays the command's own. Secrets never reach a log call; the headers are left out all the same. */
export function createLog(level: LogLevel): Logger {
  return pino({ level, redact: ["req.headers.authorization"] }, pino.destination({ dest: 2, sync: false }));
}

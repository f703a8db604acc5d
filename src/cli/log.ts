import { pino } from "pino";
import type { LogLevel } from "../config.ts";
import type { Logger } from "../engine/log.ts";

/** As pino's own, but what a chain of errors says again and again is said once: the driver's wrap each other word for word. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const serialized = pino.stdSerializers.err(error);
  return { ...serialized, message: messageOnce(error) };
}

function messageOnce(error: Error): string {
  let message = error.message;
  const seen = new Set<Error>([error]);
  for (let cause = error.cause; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause);
    if (!message.includes(cause.message)) message += `: ${cause.message}`;
  }
  return message;
}

/** JSON lines on stderr, so that stdout stays the command's own. Secrets never reach a log call; the headers are left out all the same. */
export function createLog(level: LogLevel): Logger {
  return pino(
    { level, redact: ["req.headers.authorization"], serializers: { err: loggedError } },
    pino.destination({ dest: 2, sync: false }),
  );
}

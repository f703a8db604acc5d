import { setTimeout as pause } from "node:timers/promises";
import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from "mongodb";
import { RulewrightError } from "../../model/errors.ts";

/** One call of the driver, by the name of what it is for. Tests put faults around it. */
export type Intercept = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * Calls the driver. Whatever is given here may be done twice: where an answer is lost (the connection broke, a primary stepped down), nobody
 * knows whether the server did it, so it is said again, on a standalone too, which has no retryable writes.
 * @throws RulewrightError overloaded where the server cannot be reached within the tries.
 */
export type Calls = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** ms before each further try: an election or a restart takes longer than this, and then the caller is told to come again. */
const PAUSES = [20, 100, 400];

/**
 * Nothing is said again after this long: leases are about to end, and what is right now may be wrong then.
 */
const LATEST_MS = 5000;

/** Codes of a server that is going away, coming up or no primary any more (retryable writes specification), and of a timed out write concern. */
const TRANSIENT = new Set([6, 7, 64, 89, 91, 112, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
/** By name, because the driver does not export all of them. */
const CLOSED = new Set([
  "MongoServerClosedError",
  "MongoClientClosedError",
  "MongoNotConnectedError",
  "MongoPoolClosedError",
  "MongoExpiredSessionError",
]);
export const DUPLICATE_KEY = 11000;

export function createCalls(intercept: Intercept = (_name, work) => work()): Calls {
  return async (name, work) => {
    const started = performance.now();
    for (let tries = 0; ; tries++)
      try {
        return await inTime(name, intercept(name, work));
      } catch (caught) {
        const error = unwrapped(caught);
        if (!isTransient(error)) throw error;
        const wait = performance.now() - started > LATEST_MS ? undefined : PAUSES[tries];
        // Waiting for a server took its time already; everything else is worth another try.
        if (wait === undefined || isAway(error)) throw unreachable(error);
        await pause(wait);
      }
  };
}

/** Longer than every time-out of the driver's own: with this nothing that goes wrong in it can hold up the work for ever. */
const HUNG_MS = 30_000;

async function inTime<T>(name: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unreachable(new Error(`${name}: no answer within ${HUNG_MS / 1000} s`))), HUNG_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What goes wrong with a bulk write as a whole, a broken connection too, the driver wraps in an error that looks like the server's answer,
 * with no document in it that was refused.
 */
function unwrapped(error: unknown): unknown {
  return error instanceof MongoBulkWriteError && error.errorResponse instanceof Error ? error.errorResponse : error;
}

function isTransient(error: unknown): error is MongoError {
  if (!(error instanceof MongoError)) return false;
  if (error instanceof MongoNetworkError || isAway(error)) return true;
  if (error.hasErrorLabel("RetryableWriteError") || error.hasErrorLabel("TransientTransactionError")) return true;
  // Of a batch, what the server says of the whole counts; duplicates among its documents are answers.
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError()) return true;
  return error instanceof MongoServerError && TRANSIENT.has(Number(error.code));
}

/** No server was found in time, or this process lets go of it: to ask once more at once is in vain. */
function isAway(error: MongoError): boolean {
  return error instanceof MongoServerSelectionError || error instanceof MongoTopologyClosedError || CLOSED.has(error.name);
}

function unreachable(cause: Error): RulewrightError {
  return new RulewrightError("overloaded", `The store cannot be reached: ${cause.message}`, { cause, retryAfter: 1 });
}

/** Was a document there before? */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

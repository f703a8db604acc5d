import { ERRORS, RulewrightError, type ErrorCode } from "../model/errors.ts";
import { toProblem } from "../rest/errors.ts";

/** What hooks of a host refuse with its own errors, told by their status. */
const REFUSED: readonly ErrorCode[] = ["unauthenticated", "forbidden", "not_found", "rate_limited", "overloaded"];

/** An error on a mounted route: ours as it is, a host's refusal under our code of the same status, anything else as it came. */
export function hostProblem(error: unknown): unknown {
  if (toProblem(error).code !== "internal_error") return error;
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : null;
  const code = REFUSED.find((one) => ERRORS[one] === status);
  return code && error instanceof Error ? new RulewrightError(code, error.message, { cause: error }) : error;
}

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../engine/log.ts";
import { ERRORS, RulewrightError, type ErrorCode } from "../model/errors.ts";

/** What fastify and Node refuse on their own, as our codes and words. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["payload_too_large", "The body is larger than this server takes; send fewer events at a time"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported_media_type", "Expected `Content-Type: application/json`"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["malformed_json", "The body is not as long as its Content-Length says"],
  FST_ERR_BAD_URL: ["validation_failed", "The path is not a valid URL: a % must be followed by two hexadecimal digits of UTF-8"],
  FST_ERR_MAX_PARAM_LENGTH: ["not_found", "Nothing has an id as long as this"],
  ECONNRESET: ["malformed_json", "The connection was closed before the body was complete"],
  HPE_HEADER_OVERFLOW: ["validation_failed", "The headers are larger than 16 KB"],
  ERR_HTTP_REQUEST_TIMEOUT: ["validation_failed", "The request took too long to arrive"],
};

/** When to come back where nobody knows better: a store that is away may be there again at any moment. */
const SOON_S = 1;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Anything that was thrown as what the caller is told; what is no mistake of theirs says nothing about itself. */
export function toProblem(error: unknown): RulewrightError {
  if (error instanceof RulewrightError) return error;
  const refusal = REFUSALS[codeOf(error)];
  if (refusal) return new RulewrightError(...refusal);
  return new RulewrightError("internal_error", "Something went wrong on our side; the log has it under this requestId");
}

/** Answers an error in the contract's shape (section 3); the log gets what the caller does not. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const problem = toProblem(error);
  if (problem.code === "internal_error")
    log.error({ err: error, requestId: request.id, method: request.method, url: request.url }, "a request failed unexpectedly");
  const retryAfter = problem.retryAfter ?? (problem.code === "overloaded" ? SOON_S : undefined);
  if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
  reply
    .code(ERRORS[problem.code])
    .header("content-type", "application/json; charset=utf-8")
    .send(JSON.stringify(bodyOf(problem, request.id)));
}

function bodyOf({ code, message, issues }: RulewrightError, requestId: string): object {
  return { code, message, ...(issues.length > 0 && { issues }), requestId };
}

/** Answers what is not HTTP, or came too slowly to become a request, on the bare connection, and ends it. */
export function refuseConnection(error: Error, socket: Socket, requestId: string): void {
  if (codeOf(error) === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const known = codeOf(error) in REFUSALS;
  const problem = known ? toProblem(error) : new RulewrightError("validation_failed", "This is not a valid HTTP request");
  const body = JSON.stringify(bodyOf(problem, requestId));
  const status = ERRORS[problem.code];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

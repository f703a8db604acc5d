import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import { StringDecoder } from "node:string_decoder";
import { closedEarly, OutboundError, toOutboundError } from "./outbound-error.ts";
import type { Target } from "./target.ts";

export type Exchange = {
  readonly target: Target;
  readonly agent: http.Agent;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer | undefined;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** Registers how to give up; answers how to unregister. */
  onAbort(stop: () => void): () => void;
};

/** What the other side said, whatever its status; redirects are answers like any other. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body was longer than `maxBodyBytes`; this is its beginning. */
  readonly cut: boolean;
};

const MAX_HEADER_BYTES = 16 * 1024;
/** Nobody needs more 1xx answers before the real one; a flood of them would keep the parser busy until the deadline. */
const MAX_INFORMATIONAL = 16;

/**
 * One request and its answer, by callback; exactly one of the two is called, once.
 * @throws what node:http throws for a malformed method, path or header; then none is called.
 */
export function exchange(call: Exchange, answered: (answer: HttpAnswer) => void, failed: (error: OutboundError) => void): void {
  const { target } = call;
  const request = (target.secure ? https : http).request({
    agent: call.agent,
    hostname: target.hostname,
    port: target.port,
    path: target.path,
    method: call.method,
    headers: call.headers,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  let settled = false;
  let informational = 0;

  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    clearTimeout(deadline);
    leave();
    return true;
  };
  const fail = (cause: unknown): void => {
    if (!settle()) return;
    request.destroy();
    failed(toOutboundError(cause, target.host));
  };
  const deadline = setTimeout(() => fail(timedOut(call)), call.timeoutMs);
  const leave = call.onAbort(() => fail(new OutboundError("aborted", `the call of ${target.host} was given up: this process is stopping`)));

  request.on("error", fail);
  // Without an answer there is not always an error: an answer of 101 only closes.
  request.on("close", () => {
    if (!settled) fail(closedEarly(target.host));
  });
  request.on("information", () => {
    if (++informational > MAX_INFORMATIONAL) fail(new OutboundError("protocol", `${target.host} sent 1xx answers without end`));
  });
  request.on("response", (response) => {
    collect(response, call.maxBodyBytes, fail, (body, cut) => {
      if (!settle()) return;
      if (cut) request.destroy();
      answered({ status: response.statusCode ?? 0, headers: response.headers, body, cut });
    });
  });
  request.end(call.body);
}

/** Reads a body up to a limit. */
function collect(
  response: IncomingMessage,
  maxBytes: number,
  fail: (cause: unknown) => void,
  done: (body: string, cut: boolean) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    // A decoder leaves out the character that the cut goes through.
    if (bytes > maxBytes) done(new StringDecoder("utf8").write(Buffer.concat(chunks, bytes).subarray(0, maxBytes)), true);
  });
  response.on("error", fail);
  response.on("end", () => done(chunks.length === 1 && chunks[0] ? chunks[0].toString() : Buffer.concat(chunks, bytes).toString(), false));
}

function timedOut({ target, timeoutMs }: Exchange): OutboundError {
  return new OutboundError("timeout", `${target.host} gave no complete answer within ${timeoutMs / 1000} s`);
}

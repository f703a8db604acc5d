import { createAbortGroups } from "./abort-groups.ts";
import { createAddressPolicy } from "./addresses.ts";
import { exchange, type HttpAnswer } from "./exchange.ts";
import { guardedAgents, type ResolveName } from "./guarded-agents.ts";
import { isConnectionHeader } from "./connection-headers.ts";
import { OutboundError, toOutboundError } from "./outbound-error.ts";
import { targetOf } from "./target.ts";

export type { HttpAnswer } from "./exchange.ts";

export type HttpCall = {
  readonly method: string;
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** For all of it: waiting for a connection, DNS, connecting, the whole answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** What is kept of the answer's body, 64 KB by default; what is over is not read. */
  readonly maxBodyBytes?: number;
};

export type HttpClient = {
  /** Rejects with an OutboundError where there is no answer. */
  request(call: HttpCall): Promise<HttpAnswer>;
  /** Closes every connection; calls in flight fail. */
  close(): void;
};

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The one way out by HTTP. It reaches the public internet and the `allow` CIDRs, on the ports given (80 and 443 by default), follows no redirect,
 * asks for no compression and makes each call once: a connection lost before the answer may have been lost after the work.
 * @throws RulewrightError validation_failed for what is not a CIDR in `allow`.
 */
export function createHttpClient(options: {
  readonly allow?: readonly string[];
  readonly ports?: readonly number[];
  /** Sent unless the call has its own. */
  readonly userAgent: string;
  readonly resolve?: ResolveName;
}): HttpClient {
  const addresses = createAddressPolicy({ allow: options.allow ?? [] });
  const rules = { addresses, ports: new Set(options.ports ?? [80, 443]) };
  const agents = guardedAgents(addresses, options.resolve);
  const aborts = createAbortGroups();

  function start(call: HttpCall, answered: (answer: HttpAnswer) => void, failed: (error: OutboundError) => void): void {
    const target = targetOf(call.url, rules);
    const { signal } = call;
    if (signal?.aborted) throw new OutboundError("aborted", "this process is stopping");
    exchange(
      {
        target,
        agent: target.secure ? agents.secure : agents.plain,
        method: call.method,
        headers: headersOf(call, options.userAgent),
        body: call.body,
        timeoutMs: call.timeoutMs,
        maxBodyBytes: call.maxBodyBytes ?? MAX_BODY_BYTES,
        onAbort: (stop) => aborts.join(signal, stop),
      },
      answered,
      failed,
    );
  }

  return {
    request: (call) =>
      new Promise((resolve, reject) => {
        try {
          start(call, resolve, reject);
        } catch (cause) {
          reject(toOutboundError(cause, "the receiver"));
        }
      }),
    close() {
      agents.plain.destroy();
      agents.secure.destroy();
    },
  };
}

function headersOf({ headers, body }: HttpCall, userAgent: string): Record<string, string | number> {
  const sent: Record<string, string | number> = { "User-Agent": userAgent };
  for (const name in headers) {
    if (isConnectionHeader(name)) throw new OutboundError("refused", `the header ${name} cannot be set: it belongs to the connection`);
    const value = headers[name];
    if (value !== undefined) sent[name] = value;
  }
  // Node sends none with a DELETE, and the body would then be read as the next request.
  if (body !== undefined) sent["Content-Length"] = Buffer.byteLength(body);
  return sent;
}

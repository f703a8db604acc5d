/**
 * Why a call had no answer: `refused` by our own guard or as malformed (trying again cannot help); everything else may pass.
 * `aborted`: this process gave up, the other side did nothing wrong.
 */
export type OutboundReason = "refused" | "dns" | "connection" | "tls" | "timeout" | "protocol" | "aborted";

/** A call that brought no answer. The message is for an operator and never holds more of the URL than its host. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  readonly reason: OutboundReason;
  /** Can the same call, made later, succeed? */
  readonly retry: boolean;

  constructor(reason: OutboundReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.retry = reason !== "refused";
  }
}

/** What Node threw or emitted, as one of ours. */
export function toOutboundError(cause: unknown, host: string): OutboundError {
  if (cause instanceof OutboundError) return cause;
  const code = codeOf(cause);
  if (code === "ERR_INVALID_CHAR" || code === "ERR_INVALID_HTTP_TOKEN" || code === "ERR_UNESCAPED_CHARACTERS")
    return new OutboundError("refused", "a header or the path holds characters that HTTP does not allow", cause);
  if (code.startsWith("HPE_"))
    return new OutboundError(
      "protocol",
      code === "HPE_HEADER_OVERFLOW" ? `${host} sent more than 16 KB of headers` : `${host} does not answer in HTTP (${code})`,
      cause,
    );
  if (CERTIFICATE.test(code)) return new OutboundError("tls", `the certificate of ${host} is not valid (${code})`, cause);
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return new OutboundError("tls", `no secure connection to ${host} (${code})`, cause);
  if (/^(ENOTFOUND|EAI_|ENODATA)/.test(code)) return new OutboundError("dns", `the name ${host} could not be looked up (${code})`, cause);
  if (code === "ECONNREFUSED") return new OutboundError("connection", `${host} does not accept connections`, cause);
  if (code === "ECONNRESET" || code === "EPIPE") return closedEarly(host, cause);
  return new OutboundError("connection", `no connection to ${host}${code === "" ? "" : ` (${code})`}`, cause);
}

/** The other side hung up, whether or not it did what was asked. */
export function closedEarly(host: string, cause?: unknown): OutboundError {
  return new OutboundError("connection", `${host} closed the connection before its answer was complete`, cause);
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH|ALTNAME/;

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
}

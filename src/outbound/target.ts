import { isIP } from "node:net";
import type { AddressPolicy } from "./addresses.ts";
import { OutboundError } from "./outbound-error.ts";

/** A URL that may be called, taken apart as node:http wants it. */
export type Target = {
  readonly secure: boolean;
  /** As it is dialled: IPv6 without brackets. */
  readonly hostname: string;
  /** As the Host header has it. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
};

export type TargetRules = { readonly addresses: AddressPolicy; readonly ports: ReadonlySet<number> };

/**
 * Checks all of a URL that can be checked before a connection: scheme, userinfo, port, and the address where the host is one
 * (net.connect asks no lookup for those). WHATWG parsing has already turned `0x7f.1`, `2130706433` and full-width digits into addresses.
 * @throws OutboundError refused
 */
export function targetOf(url: string | URL, { addresses, ports }: TargetRules): Target {
  const parsed = typeof url === "string" ? parse(url) : url;
  const { protocol, hostname: bracketed, host } = parsed;
  const secure = protocol === "https:";
  if (!secure && protocol !== "http:") throw new OutboundError("refused", "only http and https URLs can be called");
  if (parsed.username !== "" || parsed.password !== "")
    throw new OutboundError("refused", `the URL of ${host} holds a user name or password: send them in a header`);
  const port = parsed.port === "" ? (secure ? 443 : 80) : Number(parsed.port);
  if (!ports.has(port)) throw new OutboundError("refused", `port ${port} of ${bracketed} may not be called (RULEWRIGHT_OUTBOUND_PORTS)`);
  const hostname = bracketed.startsWith("[") ? bracketed.slice(1, -1) : bracketed;
  if (isIP(hostname) !== 0 && !addresses.permits(hostname)) throw forbidden(hostname);
  return { secure, hostname, host, port, path: parsed.pathname + parsed.search };
}

/** The refusal of an address; it names the host as it was asked for, not what it resolved to, which is nobody's business outside. */
export function forbidden(host: string): OutboundError {
  return new OutboundError("refused", `${host} leads to an address that outgoing calls may not reach (RULEWRIGHT_OUTBOUND_ALLOW)`);
}

function parse(url: string): URL {
  // The URL parser drops these silently, so that what is called would not be what was written.
  if (/[\t\r\n]/.test(url)) throw new OutboundError("refused", "the URL holds a line break or a tab");
  try {
    return new URL(url);
  } catch {
    throw new OutboundError("refused", "this is not a URL");
  }
}

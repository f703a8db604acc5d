import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from "node:dns";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import type { AddressPolicy } from "./addresses.ts";
import { forbidden } from "./target.ts";

/** Resolves a name to every address it has; `dns.lookup` but for tests. */
export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Shorter than the 5 s after which Node's own servers close an idle connection, so that we seldom write into one that is closing. */
const IDLE_MS = 4_000;
/** Node's 250 ms would give up on a far receiver that has both IPv6 and IPv4. */
const ATTEMPT_MS = 1_000;

/** Keep-alive agents that connect to permitted addresses only. They are our own, so no proxy of the environment stands between. */
export function guardedAgents(addresses: AddressPolicy, resolve: ResolveName = systemLookup) {
  const options = {
    keepAlive: true,
    maxSockets: 256,
    maxFreeSockets: 64,
    scheduling: "lifo",
    timeout: IDLE_MS,
    lookup: guardedLookup(addresses, resolve),
    autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
  } as const;
  return {
    plain: guard(new http.Agent(options), addresses),
    // Said outright, because NODE_TLS_REJECT_UNAUTHORIZED=0 changes the default.
    secure: guard(new https.Agent({ ...options, rejectUnauthorized: true }), addresses),
  };
}

/** Refuses a name of which any address is forbidden: one that mixes a public and a private address is an attack, not a configuration. */
function guardedLookup(addresses: AddressPolicy, resolve: ResolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const first = found[0];
      if (!first || !found.every(({ address }) => addresses.permits(address))) return callback(forbidden(hostname), []);
      return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

/** The last check, on the address the socket really has, before a byte of the request is written. */
function guard<A extends http.Agent>(agent: A, addresses: AddressPolicy): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    socket?.once("connect", () => {
      const address = "remoteAddress" in socket && typeof socket.remoteAddress === "string" ? socket.remoteAddress : "";
      if (!addresses.permits(address)) socket.destroy(forbidden(options.host ?? address));
    });
    return socket;
  };
  return agent;
}

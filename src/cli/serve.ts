import { compose, DEFAULT_ORGANIZATION } from "../compose.ts";
import { readConfig, type Config, type Flags } from "../config.ts";
import { openApiKeys } from "../engine/api-keys.ts";
import { RulewrightError } from "../model/errors.ts";
import { createServer } from "../rest/server.ts";
import { isKept, isThere } from "../store-location.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";
import { loadRules } from "./rules.ts";
import { welcomeAsJson, welcomeInWords } from "./welcome.ts";

/** How long runs under way may take to end once the process is asked to stop; a webhook's own deadline is 15 s. */
const DRAIN_MS = 20_000;

export type ServeFlags = Flags & { readonly watch?: boolean; readonly json?: boolean };

/** `rulewright serve`: listens until SIGTERM or SIGINT, then drains. */
export async function serve({ watch = false, json = false, ...flags }: ServeFlags, io: Io): Promise<number> {
  const config = readConfig(io.env, flags);
  const isNew = !isThere(config.store);
  const log = createLog(config.logLevel);
  const app = await compose(config, { log });
  const { engine } = app;
  try {
    const rules = await loadRules(engine, config);
    const keys = await openApiKeys(app.store, DEFAULT_ORGANIZATION, config.apiKey, app.clock.now());
    const { isValid: authenticate, made: key } = keys;
    const server = createServer({ engine, organization: DEFAULT_ORGANIZATION, authenticate, log, version: VERSION });
    const address = await server.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
      // It is stored from here on, and must not become one that nobody has seen.
      if (key !== null && isKept(config.store)) io.err(`Admin key, shown only now: ${key}\n`);
      throw listenError(error, config);
    });
    engine.start();
    // Listened for before anybody is told that we are up.
    const stopped = io.stopped();
    const notRunYet = engine.notRunYet(DEFAULT_ORGANIZATION);
    io.out((json ? welcomeAsJson : welcomeInWords)({ address, config, isNew, rules, key, notRunYet }));
    const watching = watch ? await (await import("./watch.ts")).watchRules({ engine, config, loaded: rules, log, io, json }) : null;
    await stopped;
    log.info({}, "stopping: no new requests, waiting for runs under way");
    await watching?.close();
    await server.close();
    return 0;
  } finally {
    await app.close(DRAIN_MS);
  }
}

/** A port that is taken or a host that is not here is the user's mistake. */
function listenError(error: unknown, { host, port }: Pick<Config, "host" | "port">): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const advice: Partial<Record<string, string>> = {
    EADDRINUSE: `something else listens on port ${port} already; stop it, or choose another with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine; --host 127.0.0.1 is reached from here alone, 0.0.0.0 from everywhere`,
    EACCES: `port ${port} may not be used by this user; choose one above 1023 with --port`,
    ENOTFOUND: `the name ${host} is not known; give an address of this machine with --host`,
  };
  const message = advice[code];
  if (message === undefined) return error;
  return new RulewrightError("validation_failed", `cannot listen on ${host}:${port} (${code}): ${message}`, { cause: error });
}

import { compose, DEFAULT_ORGANIZATION } from "../compose.ts";
import { readConfig, type Flags } from "../config.ts";
import { openApiKeys } from "../engine/api-keys.ts";
import { RulewrightError } from "../model/errors.ts";
import { createServer } from "../rest/server.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";
import { applyRules } from "./rules.ts";
import { createLog } from "./log.ts";

/** How long runs under way may take to end once the process is asked to stop; a webhook's own deadline is 15 s. */
const DRAIN_MS = 20_000;

/** `rulewright serve`: listens until SIGTERM or SIGINT, then drains. */
export async function serve(flags: Flags, io: Io): Promise<number> {
  const config = readConfig(io.env, flags);
  const log = createLog(config.logLevel);
  const app = await compose(config, { log });
  try {
    const rules = await applyRules(app.engine, config, io);
    if (!rules) return 1;
    const keys = await openApiKeys(app.store, DEFAULT_ORGANIZATION, config.apiKey, app.clock.now());
    // At once: it is stored from here on, and whatever goes wrong next must not make it one that nobody has seen.
    if (keys.made) io.out(`Admin key, shown only now: ${keys.made}\n  Send it as "Authorization: Bearer <key>".\n`);
    const server = createServer({
      engine: app.engine,
      organization: DEFAULT_ORGANIZATION,
      authenticate: keys.isValid,
      log,
      version: VERSION,
    });
    const address = await server.listen({ host: config.host, port: config.port }).catch(cannotListen);
    app.engine.start();
    welcome(io, address, rules, config.store.path);
    await io.stopped();
    log.info({}, "stopping: no new requests, waiting for runs under way");
    await server.close();
    return 0;
  } finally {
    await app.close(DRAIN_MS);
  }
}

function welcome(io: Io, address: string, rules: string, store: string): void {
  io.out(`Rulewright ${VERSION} listens on ${address}\n`);
  io.out(`  store   ${store}\n  rules   ${rules}\n  api     ${address}/openapi.json\n`);
}

/** A port that is taken or a host that is not here is the user's mistake. */
function cannotListen(error: unknown): never {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE" || code === "EADDRNOTAVAIL" || code === "EACCES" || code === "ENOTFOUND")
    throw new RulewrightError(
      "validation_failed",
      `RULEWRIGHT_PORT / --port, RULEWRIGHT_HOST / --host: cannot listen there (${String(error)})`,
      {
        cause: error,
      },
    );
  throw error;
}

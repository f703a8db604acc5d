import { compose } from "../compose.ts";
import { readConfig, type Flags } from "../config.ts";
import { RulewrightError } from "../model/errors.ts";
import { isKept, shownStore } from "../store-location.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";
import { requireStore } from "./open-store.ts";
import { workerAsJson, workerInWords } from "./welcome.ts";

/** How long runs under way may take to end once the process is asked to stop; as in `serve`. */
const DRAIN_MS = 20_000;

export type WorkerFlags = Pick<Flags, "store" | "logLevel"> & { readonly json?: boolean };

/** `rulewright worker`: does what is due in a store that others take events into, until SIGTERM or SIGINT, then drains. */
export async function worker({ json = false, ...flags }: WorkerFlags, io: Io): Promise<number> {
  const config = readConfig(io.env, flags);
  if (!isKept(config.store))
    throw new RulewrightError(
      "validation_failed",
      `A worker shares its store with other processes, and nobody else can see ${shownStore(config.store)}: name a file or a MongoDB with --store`,
    );
  // A file that nobody takes events into is a slip of the name. In a cluster a worker may be the first to start, and makes the collections.
  requireStore(config);
  const log = createLog(config.logLevel);
  const app = await compose(config, { log });
  try {
    app.engine.start();
    // Listened for before anybody is told that we are up.
    const stopped = io.stopped();
    io.out((json ? workerAsJson : workerInWords)(config));
    await stopped;
    log.info({}, "stopping: waiting for runs under way");
    return 0;
  } finally {
    await app.close(DRAIN_MS);
  }
}

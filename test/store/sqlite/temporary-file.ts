import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path for a database in a folder of its own. */
export type TemporaryFile = { readonly path: string; remove(): Promise<void> };

export async function temporaryFile(): Promise<TemporaryFile> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-sqlite-"));
  return { path: join(folder, "ledger.db"), remove: () => rm(folder, { recursive: true, force: true }) };
}
